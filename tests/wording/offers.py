"""All that can be said about what comes with each unit of a drop, to proof-read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.announcing import NewsKind
from bot.domain.drops import Drop
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.time import DAY
from bot.wording.announcing import card, chat_line, live_card
from bot.wording.catalogue import Wording
from bot.wording.drops import board_card, board_line
from tests.wording.saying import ANNOUNCED, NOW, OPEN, about, drawn

SONG = PassOffer(PassKind.CUSTOM, title="Pick the next song")
OFFERS = (
    (PassOffer(PassKind.MOD_VOTE),),
    (PassOffer(PassKind.MOD_VOTE, 2, 30 * DAY, True), PassOffer(PassKind.GAME_NIGHT), SONG),
    (SONG, PassOffer(PassKind.CUSTOM)),
)


def every_offer(words: Wording) -> Iterator[str]:
    """For each: the line and the card that announce it and say that it is open, then what is on."""
    for offers in OFFERS:
        coming, open_now = _with(ANNOUNCED, offers), _with(OPEN, offers)
        yield chat_line(words, NewsKind.ANNOUNCED, about(coming), NOW)
        yield drawn(card(words, NewsKind.ANNOUNCED, about(coming), NOW))
        yield chat_line(words, NewsKind.OPENED, about(open_now), NOW)
        yield drawn(live_card(words, about(open_now), NOW))
        yield board_line(words, [open_now, coming], NOW)
        yield drawn(board_card(words, [open_now, coming], NOW))


def _with(drop: Drop, offers: tuple[PassOffer, ...]) -> Drop:
    return replace(drop, plan=replace(drop.plan, passes=offers))
