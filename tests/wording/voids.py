"""All that is said about taking a unit back, for whoever proof-reads it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.voiding import UnitVoided, VoidDecision, VoidNeedsYes, VoidRefusal, VoidRefused
from bot.wording.catalogue import Wording
from bot.wording.voiding import confirm_void_card, void_text, void_which_text
from tests.wording.saying import NOW, drawn

ASKED = VoidNeedsYes("mug", "Teal Mug", 17, "ann", 1)
VOIDS: tuple[VoidDecision, ...] = (
    UnitVoided("mug", "Teal Mug", 17),
    UnitVoided("mug", "Teal Mug", 17, 1),
    UnitVoided("mug", "Teal Mug", 17, 2),
    ASKED,
    VoidNeedsYes("mug", "Teal Mug", 17, ""),
    *(VoidRefused(because, "mug", 17, "Teal Mug", ("mug", "cap")) for because in VoidRefusal),
    VoidRefused(VoidRefusal.UNKNOWN_DROP, number=17, asked_for="mgu"),
)


def every_void(words: Wording) -> Iterator[str]:
    """In chat, on Discord, and the question before it."""
    for discord in (False, True):
        yield void_which_text(words, discord=discord)
        yield from (void_text(words, decision, NOW, discord=discord) for decision in VOIDS)
    yield drawn(confirm_void_card(words, ASKED, NOW))
