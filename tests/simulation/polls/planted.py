"""Bugs of polls, votes, passes and early windows, planted one at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from bot.domain import claims, poll_control, voting
from bot.domain.answers import Answer
from bot.domain.clock_set import ClockSet
from bot.domain.passes import Pass
from bot.domain.poll_box import Box
from bot.domain.polls import Poll
from bot.domain.time import SECOND
from bot.domain.verdicts import Accepted, Refused, Unknown
from bot.domain.voting import VoteAccepted
from bot.services import kept_cards
from bot.services import polls as polls_service
from bot.storage import participation
from bot.storage import polls as polls_in_the_ledger
from bot.storage import voting as votes_in_the_lane
from bot.storage.ballots import Ballots
from bot.storage.even_time import EvenTime
from bot.storage.lane import Lane
from bot.wording import polls as wording
from tests.simulation.planting import Bug, put, without_backstops


def _linked_count_twice(stack: ExitStack) -> None:
    put(stack, Box, "counted", lambda box: tuple(sorted(box.votes)))
    standing = votes_in_the_lane._standing

    def alone(batch: Any, poll: Poll, person: Any, *its: Any) -> Any:
        whole = standing(batch, poll, person, *its)
        mine = tuple(vote for vote in whole.votes if vote.person_id == person.id)
        return whole._replace(votes=mine)

    put(stack, votes_in_the_lane, "_standing", alone)


def _change_counts_twice(stack: ExitStack) -> None:
    """The result that is told has the ballot of before as well."""
    counted = Box.counted
    put_in = Ballots.put
    before: dict[str, Any] = {}

    def keep(box: Ballots, vote: Any, replaced: Any) -> None:
        for voter in replaced:
            (old,) = box.of((box._persons[voter],))
            before[voter] = old._replace(person_id=-old.person_id - 1)
        put_in(box, vote, replaced)

    def doubled(box: Box) -> Any:
        voters = {vote.voter for vote in box.votes}
        return (*counted(box), *(vote for voter, vote in before.items() if voter in voters))

    put(stack, Ballots, "put", keep)
    put(stack, Box, "counted", doubled)


def _closed_late(stack: ExitStack) -> None:
    """What was due at the close is done a second later, and people go on voting."""
    due, next_due = participation.due_in_poll, participation.next_due_in_poll

    def late(poll: Poll, stream: Any, pace: Any, moment: int) -> Any:
        return due(poll, stream, pace, moment if poll.paused else moment - SECOND)

    def later(poll: Poll, stream: Any, pace: Any) -> Any:
        at = next_due(poll, stream, pace)
        return at if at is None or poll.paused else at + SECOND

    put(stack, participation, "due_in_poll", late)
    put(stack, participation, "next_due_in_poll", later)


def _passes_kept(stack: ExitStack) -> None:
    put(stack, poll_control, "cancelling_facts", lambda _poll, cancelled, _votes: (cancelled,))


def _never_used_up(stack: ExitStack) -> None:
    without_backstops(stack)
    put(stack, Pass, "uses_left", property(lambda held: held.terms.uses))


def _ballots_forgotten(stack: ExitStack) -> None:
    """Whoever has voted before the process died is not in the box any more: the first of all of them."""
    begin = Ballots.__init__

    def forgetful(box: Ballots, *its: Any) -> None:
        begin(box, *its)
        for person in list(box._by_person)[:1]:
            del box._persons[box._by_person.pop(person).voter]

    put(stack, Ballots, "__init__", forgetful)


def _change_not_kept(stack: ExitStack) -> None:
    decide = votes_in_the_lane.decide_vote

    def careless(*its: Any) -> Any:
        decision, facts = decide(*its)
        changed = isinstance(decision, VoteAccepted) and decision.changed
        return (decision, ()) if changed else (decision, facts)

    put(stack, votes_in_the_lane, "decide_vote", careless)


def _verdicts_of_the_unknown(stack: ExitStack, where: Any, instead: Any) -> None:
    evaluate = where.evaluate

    def sure(*its: Any) -> Any:
        verdict = evaluate(*its)
        return instead if isinstance(verdict, Unknown) else verdict

    put(stack, where, "evaluate", sure)


def _unknown_lets_in(stack: ExitStack) -> None:
    _verdicts_of_the_unknown(stack, claims, Accepted())


def _unknown_keeps_out(stack: ExitStack) -> None:
    _verdicts_of_the_unknown(stack, claims, Refused())


def _everybody_decides(stack: ExitStack) -> None:
    put(stack, voting, "_verdict", lambda _standing, _moment: Accepted())


def _hidden_is_shown(stack: ExitStack) -> None:
    about = wording.poll_about_of
    put(stack, wording, "poll_about_of", lambda values: replace(about(values), hidden=False))
    so_far = polls_in_the_ledger.so_far

    async def counted(reads: Any, channel_id: int, poll: Poll) -> Any:
        found = await so_far(reads, channel_id, replace(poll, plan=replace(poll.plan, hidden=False)))
        return found._replace(poll=replace(found.poll, plan=poll.plan))

    for where in (kept_cards, polls_service):
        put(stack, where, "so_far", counted)


def _clock_closes(stack: ExitStack) -> None:
    put(stack, EvenTime, "taken_forward", lambda _time: 0)


def _clock_told_once(stack: ExitStack) -> None:
    refuse = Lane._refuse

    def let_go(lane: Lane, taken: Any, error: Any) -> Any:
        results, committed = refuse(lane, taken, error)
        clock_sets = [isinstance(asked.command, ClockSet) for asked in taken]
        kept = [Answer("", None, 0) if clock else result for clock, result in zip(clock_sets, results, strict=True)]
        return kept, committed

    put(stack, Lane, "_refuse", let_go)


def _bug(name: str, plant: Callable[[ExitStack], None], first: int, *, rare: bool = False) -> Bug:
    return Bug(name, plant, rare, first, about_polls=True)


# The seeds show them at once. A story that is told in another order needs others: `make simulate ARGS='--planted'`
# goes on from here until it has found them.
POLL_BUGS = (
    _bug("two accounts of one person are two votes", _linked_count_twice, 18),
    _bug("a change of mind counts twice", _change_counts_twice, 26),
    _bug("a vote within a second of the close counts", _closed_late, 9),
    _bug("a cancelled poll keeps the passes", _passes_kept, 24),
    _bug("a pass is never used up", _never_used_up, 26, rare=True),
    _bug("ballots are forgotten when they are read anew", _ballots_forgotten, 12),
    _bug("a change of mind is answered and not kept", _change_not_kept, 26, rare=True),
    _bug("missing evidence lets in early", _unknown_lets_in, 12),
    _bug("missing evidence keeps out", _unknown_keeps_out, 24, rare=True),
    _bug("everybody decides a mod vote", _everybody_decides, 24, rare=True),
    _bug("a hidden poll shows its counts", _hidden_is_shown, 24),
    _bug("a clock that is set closes a poll", _clock_closes, 9),
    _bug("a clock that is set is told once, whatever the disk does", _clock_told_once, 9, rare=True),
)
