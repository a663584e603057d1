"""What moderators read when the ledger does not hold."""

from __future__ import annotations

from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import board_text

_FAULT_CHARACTERS_MAX = 300


def not_verified_card(words: Wording, fault: str, more: int) -> Card:
    """For moderators: what disagrees, of how many things, and what to do."""
    key = "not-verified-more" if more else "not-verified"
    told = board_text(fault, characters_max=_FAULT_CHARACTERS_MAX)
    text = words.say(key, discord=True, fault=told, **({"count": more} if more else {}))
    return Card(words.say("not-verified-title", discord=True), text)
