"""The rules: one pure function for every question, in every version that a receipt may name."""

from consent.rules.decision import Conditions, Decision, License, Matched
from consent.rules.shapes import decide_alike
from consent.rules.versions import LATEST, VERSIONS, decide

__all__ = [
    "LATEST",
    "VERSIONS",
    "Conditions",
    "Decision",
    "License",
    "Matched",
    "decide",
    "decide_alike",
]
