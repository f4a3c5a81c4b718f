"""The rules: one pure function for every question, in every version that a receipt may name."""

from consent.rules.decision import Conditions, Decision, License, Matched
from consent.rules.shapes import WAITS, decide_alike
from consent.rules.versions import LATEST, VERSIONS, decide

__all__ = [
    "LATEST",
    "VERSIONS",
    "WAITS",
    "Conditions",
    "Decision",
    "License",
    "Matched",
    "decide",
    "decide_alike",
]
