"""All that Discord's calendar can say of a drop, to proof-read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.time import MINUTE
from bot.wording.calendar import calendar_refused_card, event_of
from bot.wording.catalogue import Wording
from tests.wording.saying import ANNOUNCED, CUE, OPEN, PLAN, drawn

EARLY = replace(ANNOUNCED, plan=replace(PLAN, early="subscriber or vip", early_for=10 * MINUTE, early_units=24))
PLACE = "https://twitch.tv/teapot"


def every_event(words: Wording) -> Iterator[str]:
    """The events of drops, with and without a Twitch chat; then what moderators read where they are refused."""
    for drop in (ANNOUNCED, EARLY, OPEN):
        for in_chat in (False, True):
            event = event_of(words, drop, PLACE, in_chat=in_chat)
            assert event is not None
            yield f"[{event.name}] {event.description}"
    assert event_of(words, CUE, PLACE, in_chat=True) is None
    yield drawn(calendar_refused_card(words, "the server's calendar: the bot may not do that there (50013)"))
