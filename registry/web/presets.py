"""The four presets: one click for what most people want to say, and what each means per usage.

"No training" refuses mining too: training sets are gathered by mining, and a reservation of text
and data mining is what the law of the European Union looks for (directive 2019/790, article 4).
What a preset does not name is left unsaid, which counts as no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from registry.vocabulary import Choice, Usage

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ASK_FIRST = "ask-first"
UNSTATED = "unstated"  # of a usage that no choice is made for


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of choices with the words for it; `tone` is the choice whose colour it wears."""

    code: str
    label: StrPromise
    help: StrPromise
    tone: Choice
    choices: Mapping[Usage, Choice]

    @property
    def needs_terms(self) -> bool:
        """Say whether it asks for a way to reach the rightsholder."""
        return Choice.LICENSE in self.choices.values()


PRESETS = (
    Preset(
        "no-ai",
        _("No AI use"),
        _("No to every use that AI makes of works, training, AI answers and search included."),
        Choice.REFUSE,
        dict.fromkeys(Usage, Choice.REFUSE),
    ),
    Preset(
        "no-training",
        _("No training"),
        _("No AI may learn from it, and nobody may mine it. The rest is left unsaid: that is no."),
        Choice.REFUSE,
        {
            Usage.GENERATIVE_TRAINING: Choice.REFUSE,
            Usage.OTHER_TRAINING: Choice.REFUSE,
            Usage.MINING: Choice.REFUSE,
        },
    ),
    Preset(
        ASK_FIRST,
        _("Ask me first"),
        _("Any use by AI only after you two have agreed on terms. Until then it is no."),
        Choice.LICENSE,
        dict.fromkeys(Usage, Choice.LICENSE),
    ),
    Preset(
        "training-allowed",
        _("Training allowed"),
        _("AI may learn from it. A model that has learnt cannot forget, even if you say no later."),
        Choice.ALLOW,
        {
            Usage.GENERATIVE_TRAINING: Choice.ALLOW,
            Usage.OTHER_TRAINING: Choice.ALLOW,
        },
    ),
)

BY_CODE = {preset.code: preset for preset in PRESETS}


def preset_of(choices: Mapping[Usage, str]) -> Preset | None:
    """Give the preset that says exactly these choices, or None."""
    return next((preset for preset in PRESETS if preset.choices == dict(choices)), None)
