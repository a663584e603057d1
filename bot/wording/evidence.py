"""What moderators read when a platform does not let the bot find out what a gate asks."""

from __future__ import annotations

from bot.domain.entitlements import Source
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import as_sentence, board_text

_REASON_CHARACTERS_MAX = 300


def refused_card(words: Wording, source: Source, platform: str, reason: str) -> Card:
    """For moderators: what cannot be found out, where and why, what happens to claims, and what to do."""
    told = as_sentence(board_text(reason, characters_max=_REASON_CHARACTERS_MAX))
    what = words.say(f"evidence-{source}", discord=True)
    text = words.say("evidence-refused", discord=True, platform=platform.capitalize(), what=what, reason=told)
    return Card(words.say("evidence-refused-title", discord=True), text)
