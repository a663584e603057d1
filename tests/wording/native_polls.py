"""All that is said of Twitch's own poll, for whoever proof-reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.domain.announcing import NewsKind
from bot.domain.ballots import Method, fill_in
from bot.domain.native_polls import Native, NativeEnd, NativeFault
from bot.domain.poll_news import poll_snapshot
from bot.domain.polls import Poll, PollPlan, PollState
from bot.domain.tally import Cast, plain_result, tally
from bot.domain.time import SECOND
from bot.wording.catalogue import Wording
from bot.wording.native_polls import native_away_card, native_away_line
from bot.wording.polls import poll_card, poll_line
from tests.wording.saying import NOW, drawn

OPTIONS = ("teal", "plum", "sand")
REFUSED = "Twitch answers 400 (The broadcaster already has a poll that's running.)"


def closed(native: Native, *votes: int, **plan: Any) -> dict[str, object]:
    """The news of a poll with 12, 7 and 3 ballots of ours, and so many votes on Twitch."""
    rules = PollPlan("next-mug", "Colour of the next mug?", OPTIONS, Method.PLURALITY, 90 * SECOND, native=native)
    rules = replace(rules, **plan)
    counts = [12, 7, 3, *[0] * len(rules.options)][: len(rules.options)]
    ballots = [
        fill_in(Method.PLURALITY, len(counts), [number]) for number, n in enumerate(counts, 1) for _ in range(n)
    ]
    result = tally(Method.PLURALITY, map(Cast, ballots), range(1, len(counts) + 1))  # type: ignore[arg-type]  # filled in well
    poll = Poll(rules, "1a2b" * 16, opened_at=NOW, closes_at=NOW + 90 * SECOND)
    over = replace(poll, state=PollState.CLOSED, closed_at=poll.closes_at, closed_why="time", people=22)
    end = NativeEnd("t1", votes, "completed", NOW + 89 * SECOND)
    return {**poll_snapshot(replace(over, result=plain_result(result), native=end)), "at": poll.closes_at}


def opening(native: Native) -> dict[str, object]:
    plan = PollPlan("next-mug", "Colour of the next mug?", OPTIONS, Method.PLURALITY, 90 * SECOND, native=native)
    return poll_snapshot(Poll(plan, "1a2b" * 16, opened_at=NOW, closes_at=NOW + 90 * SECOND))


def longest(native: Native) -> dict[str, object]:
    """The longest texts that Twitch takes, all level, and a close that has to excuse itself."""
    options = tuple(chr(ord("a") + number) * 25 for number in range(5))
    votes = (1_200_000 - ours for ours in (12, 7, 3, 0, 0))
    return {**closed(native, *votes, question="x" * 59 + "?", options=options), "late": True}


NATIVE_NEWS: tuple[tuple[NewsKind, dict[str, object]], ...] = (
    (NewsKind.POLL_OPENED, opening(Native.ADDED)),
    *(
        (kind, about)
        for kind in (NewsKind.POLL_CLOSED, NewsKind.POLL_NATIVE)
        for about in (
            closed(Native.BESIDE, 5, 30, 2),
            closed(Native.ADDED, 5, 30, 2),
            closed(Native.ADDED, 0, 5, 2),
            closed(Native.BESIDE, 0, 1, 0),
            closed(Native.ADDED, 0, 0, 0),
        )
    ),
    (NewsKind.POLL_CLOSED, longest(Native.BESIDE)),
    (NewsKind.POLL_CLOSED, longest(Native.ADDED)),
)


def every_native_line(words: Wording) -> Iterator[str]:
    """What everybody hears of it with the result or afterwards, then what moderators read where there is none."""
    for kind, about in NATIVE_NEWS:
        yield poll_line(words, kind, about, NOW)
        yield drawn(poll_card(words, kind, about, NOW))
    for why in (*NativeFault, REFUSED, ""):
        yield drawn(native_away_card(words, "Colour of the next mug?", why))
    yield native_away_line(words)
