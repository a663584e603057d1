"""All that is said of polls and votes, for whoever proof-reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bot.domain.announcing import NewsKind
from bot.domain.ballots import Ballot, Method, fill_in
from bot.domain.poll_control import (
    OpenDecision,
    PollNeedsYes,
    PollRefusal,
    PollRefused,
    PollSteered,
    PollVerb,
    SteerPollDecision,
)
from bot.domain.poll_news import poll_snapshot
from bot.domain.poll_reading import read_poll
from bot.domain.poll_words import PollFault, PollMistake, PollMistakes, check_poll
from bot.domain.polls import PassRole, Poll, PollKind, PollPlan, PollState
from bot.domain.recounting import PollRecounted, RecountDecision
from bot.domain.tally import Cast, plain_result, tally
from bot.domain.time import DAY, MINUTE, SECOND
from bot.wording.catalogue import Wording
from bot.wording.polls import (
    confirm_poll_card,
    live_poll_card,
    mistakes_text,
    pass_vote_card,
    poll_card,
    poll_gap_line,
    poll_line,
    polls_on_line,
    recounted_text,
    steered_text,
)
from tests.wording.saying import NOW, Remembering, drawn

OPTIONS = ("teal", "plum", "sand")
QUESTION = "Colour of the next mug?"
PLAN = PollPlan("next-mug", QUESTION, OPTIONS, Method.PLURALITY, 90 * SECOND, last_call=15 * SECOND)
TIES = "1a2b3c4d5e6f7081" * 4
POLL = Poll(PLAN, TIES, opened_at=NOW, closes_at=NOW + 90 * SECOND)
MOD_VOTE = replace(
    POLL,
    plan=replace(
        PLAN,
        key="next-game",
        question="Next game",
        options=("Hades", "Celeste"),
        kind=PollKind.MOD_VOTE,
        electorate="moderator",
        pass_role=PassRole.ENTRY,
        goes_on_for=DAY,
        window=150 * SECOND,
    ),
    closes_at=NOW + 150 * SECOND,
)
_HEAVY = replace(PLAN, electorate="subscriber", pass_role=PassRole.WEIGHT, pass_weight=2)
WEIGHED = replace(POLL, plan=replace(_HEAVY, hidden=True, quorum=5))
CANCELLED = replace(POLL, state=PollState.CANCELLED, closed_at=NOW, closed_why="moderator")


def of_method(method: Method, poll: Poll = POLL) -> Poll:
    return replace(poll, plan=replace(poll.plan, method=method))


def said(poll: Poll, **more: object) -> dict[str, object]:
    """What news carry about a poll."""
    return {**poll_snapshot(poll), "at": NOW, **more}


def closed(
    ballots: Iterable[tuple[Any, ...]],
    method: Method = Method.PLURALITY,
    *,
    quorum: int = 0,
    first_weighs: int = 1,
    why: str = "time",
) -> Poll:
    """The poll with these ballots counted; teal is 1. The tie order is plum, teal, sand."""
    plan = replace(PLAN, method=method, quorum=quorum)
    cast = [Cast(ballot_of(method, ballot), first_weighs if not at else 1) for at, ballot in enumerate(ballots)]
    result = tally(method, cast, (2, 1, 3), quorum)
    people = result.people + result.abstained
    poll = replace(POLL, plan=plan, state=PollState.CLOSED, closed_at=POLL.closes_at, closed_why=why, people=people)
    return replace(poll, result=plain_result(result))


def ballot_of(method: Method, choices: tuple[Any, ...]) -> Ballot:
    scored = method is Method.SCORE
    numbers = [choice[0] for choice in choices] if scored else list(choices)
    scores = [choice[1] for choice in choices] if scored else []
    ballot = fill_in(method, len(OPTIONS), numbers, scores)
    assert isinstance(ballot, Ballot)
    return ballot


RANKED = [(1, 2)] * 5 + [(2, 1)] * 4 + [(3, 2, 1)] * 2 + [(3,)]
RESULTS = (
    closed([(1,)] * 12 + [(2,)] * 7 + [(3,)] * 3),
    closed([(1,)] * 2, why="stream"),
    closed([(1,)], quorum=5),
    closed([(1,), (2,), (1,), (2,), (3,), ()]),
    closed([(1,), (2,)], first_weighs=3),
    closed([]),
    closed([(), ()]),
    closed([(1, 3), (1,), (1, 2, 3)], Method.APPROVAL),
    closed([((1, 5), (2, 3)), ((1, 4),)], Method.SCORE),
    closed([((1, 0),)], Method.SCORE),
    closed(RANKED, Method.RANKED),
    closed([(1,), (1, 2), (2,)], Method.RANKED),
    closed([(1,), (2,), (3, 1), (1, 2)] + [(2,)] * 2 + [(3,)] * 2, Method.RANKED),
    closed([(1,), (1,), (2,), (3,), (1,), (2,), (3,)], Method.RANKED),
)
PAUSED = replace(POLL, paused_at=NOW, closes_at=NOW + 50 * SECOND)
POLL_NEWS: tuple[tuple[NewsKind, dict[str, object]], ...] = (
    *((NewsKind.POLL_OPENED, said(of_method(method))) for method in Method),
    (NewsKind.POLL_OPENED, said(MOD_VOTE)),
    (NewsKind.POLL_OPENED, said(replace(MOD_VOTE, plan=replace(MOD_VOTE.plan, pass_role=PassRole.NONE)))),
    (NewsKind.POLL_OPENED, said(WEIGHED)),
    (NewsKind.POLL_ENDING, said(replace(POLL, closes_at=NOW + 15 * SECOND, last_call_said=True))),
    (NewsKind.POLL_PAUSED, said(PAUSED)),
    (NewsKind.POLL_RESUMING, said(replace(PAUSED, resume_at=NOW + 30 * SECOND))),
    (NewsKind.POLL_RESUMED, said(replace(POLL, closes_at=NOW + 50 * SECOND))),
    (NewsKind.POLL_WENT_ON, said(replace(MOD_VOTE, goes_on=True, closes_at=NOW + DAY))),
    (NewsKind.POLL_EXTENDED, said(replace(POLL, closes_at=NOW + 75 * SECOND), added=60 * SECOND)),
    (NewsKind.POLL_CANCELLED, said(CANCELLED)),
    (NewsKind.POLL_CANCELLED, said(replace(CANCELLED, plan=replace(PLAN, pass_role=PassRole.ENTRY)))),
    *((NewsKind.POLL_CLOSED, said(poll, seed="ab" * 32)) for poll in RESULTS),
    (NewsKind.POLL_CLOSED, said(RESULTS[0], late=True, entry=57)),
)
STEERED: tuple[OpenDecision | SteerPollDecision, ...] = (
    *(
        PollSteered(verb, POLL, NOW + 2 * MINUTE, 60 * SECOND)
        for verb in PollVerb
        if verb not in (PollVerb.RECOUNT, PollVerb.SHOW)
    ),
    PollNeedsYes(PollVerb.CANCEL, "next-mug", "Colour of the next mug?", 7),
    *(
        PollRefused(because, PollVerb.EXTEND, "next-mug", "Colour of the next mug?", ("next-mug", "next-game"))
        for because in PollRefusal
    ),
    PollRefused(PollRefusal.UNKNOWN_POLL, PollVerb.CLOSE, asked_for="mgu"),
)
RECOUNTED: tuple[RecountDecision, ...] = (
    *(PollRecounted("next-mug", QUESTION, agrees, {}) for agrees in (True, False)),
    *(PollRefused(because, PollVerb.RECOUNT) for because in (PollRefusal.NOTHING_ON, PollRefusal.UNKNOWN_POLL)),
)
_FORM_FAULTS = (PollFault.DURATION_UNCLEAR, PollFault.ELECTORATE_UNCLEAR)
MISTAKEN: tuple[PollMistakes, ...] = tuple(
    found
    for found in (
        read_poll(""),
        read_poll("Next game? Hades"),
        read_poll("Next game?"),
        read_poll("Next game? " + ", ".join(f"game {number}" for number in range(1, 31))),
        read_poll("Next game? Hades, Ha\u200bdes"),
        read_poll("Next game? Hades, , Celeste 0s"),
        read_poll("Next game? Hades, Celeste 1 year"),
        read_poll("Next game? Hades, Celeste 1s"),
        read_poll("x" * 2_001),
        read_poll(f"{'Why ' * 30}? yes, no"),
        PollMistakes(tuple(PollMistake(fault, text="soon") for fault in _FORM_FAULTS)),
        check_poll("How many?", ("one", "1", "x" * 60, "@everyone", "/ban ann", "**a**", "evil.example/com.com")),
        check_poll("Really, @ann?", ("yes", "no")),
        check_poll("Q" * 90 + "?", [f"{number}{'o' * 35}" for number in range(9)]),
    )
    if isinstance(found, PollMistakes)
)
ON = ((), (POLL,), (of_method(Method.RANKED),), (PAUSED,), (POLL, MOD_VOTE))
COUNTS = [("teal", 12), ("plum", 7), ("sand", 0)]


def every_poll_sentence(words: Wording) -> Iterator[str]:
    """In chat, on cards, for moderators, and what is wrong with a poll."""
    yield from (poll_line(words, kind, about, NOW) for kind, about in POLL_NEWS)
    yield from _with_typed_votes(words)
    yield from (drawn(poll_card(words, kind, about, NOW)) for kind, about in POLL_NEWS)
    yield "# The card to vote with, as it changes"
    for poll in (replace(POLL, people=19), of_method(Method.SCORE, replace(POLL, people=1))):
        yield drawn(live_poll_card(words, said(poll), COUNTS, NOW))
    yield drawn(
        live_poll_card(words, said(of_method(Method.RANKED, MOD_VOTE)), [("Hades", 1), ("Celeste", 0)], NOW)
    )
    yield drawn(live_poll_card(words, said(replace(WEIGHED, people=9)), COUNTS, NOW))
    yield drawn(live_poll_card(words, said(PAUSED), COUNTS, NOW))
    yield drawn(live_poll_card(words, said(replace(PAUSED, resume_at=NOW + 30 * SECOND)), COUNTS, NOW))
    yield drawn(live_poll_card(words, said(CANCELLED), COUNTS, NOW))
    yield drawn(live_poll_card(words, said(RESULTS[0]), COUNTS, NOW))
    yield "# For whoever puts a poll"
    for discord in (False, True):
        yield from filter(None, (steered_text(words, decision, NOW, discord=discord) for decision in STEERED))
        yield from (mistakes_text(words, found, discord=discord) for found in MISTAKEN)
        yield from (recounted_text(words, decision, NOW, discord=discord) for decision in RECOUNTED)
    yield from (polls_on_line(words, [said(poll) for poll in polls], NOW) for polls in ON)
    yield from (poll_gap_line(words, QUESTION, again=again) for again in (False, True))
    yield drawn(pass_vote_card(words, said(MOD_VOTE)))
    yield drawn(confirm_poll_card(words, PollNeedsYes(PollVerb.CANCEL, "next-mug", PLAN.question, 7), NOW))


def _with_typed_votes(words: Wording) -> Iterator[str]:
    typed = replace(words, bare_votes=False)
    yield poll_line(typed, NewsKind.POLL_OPENED, said(POLL), NOW)
    if isinstance(words, Remembering) and isinstance(typed, Remembering):
        words.asked.update(typed.asked)
