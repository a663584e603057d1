"""All that can be said about moving a drop, to proof-read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.announcing import NewsKind
from bot.domain.control import Verb
from bot.domain.moved import REASONS, MoveReason
from bot.domain.moving import DropMoved, MoveDecision, MoveRefusal, MoveRefused
from bot.domain.time import DAY, HOUR, MINUTE
from bot.wording.announcing import card, chat_line
from bot.wording.catalogue import Wording
from bot.wording.control import steer_answer
from bot.wording.moving import move_answer, reason_text
from tests.wording.saying import ANNOUNCED, EIGHT, NOW, PLAN, about, steered

LATER = replace(ANNOUNCED, opens_at=EIGHT + HOUR)
EARLY = replace(LATER, plan=replace(PLAN, early="subscriber or vip", early_for=10 * MINUTE, early_units=24))
MOVES: tuple[MoveDecision, ...] = (
    DropMoved("mug", "Teal Mug", EIGHT, EIGHT + HOUR, 10 * MINUTE, MoveReason.ILL),
    *(MoveRefused(because, "mug", "Teal Mug", ("mug", "cap")) for because in MoveRefusal),
    MoveRefused(MoveRefusal.UNKNOWN_DROP),
    MoveRefused(MoveRefusal.PAST, "mug", "Teal Mug", early_for=10 * MINUTE),
)
NEWS = (
    *(about(LATER, why=str(why), was_opens_at=EIGHT, was_window=10 * MINUTE) for why in MoveReason),
    about(replace(LATER, opens_at=EIGHT + 2 * DAY), why="ill", was_opens_at=EIGHT),
    about(LATER, why="technical", was_opens_at=None),
    about(LATER, why="of a newer version"),
    about(ANNOUNCED, why="schedule", was_opens_at=EIGHT, was_window=20 * MINUTE),
    about(EARLY, why="ill", was_opens_at=EIGHT),
)


def every_move(words: Wording) -> Iterator[str]:
    """The news in chat and on Discord, then the answers in chat and on Discord, then the reasons to choose from."""
    for news in NEWS:
        yield chat_line(words, NewsKind.MOVED, news, NOW)
        shown = card(words, NewsKind.MOVED, news, NOW)
        yield f"[{shown.title}] {shown.text}"
    for decision in MOVES:
        yield move_answer(words, decision, NOW, discord=False)
        yield move_answer(words, decision, NOW, discord=True)
    yield steer_answer(words, steered(Verb.UNDO, undone="drop.moved>drop.moved", closes_at=None), NOW, discord=True)
    yield from (reason_text(words, reason) for reason in REASONS)
