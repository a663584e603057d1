"""Bugs that were really made somewhere, planted one at a time: a simulation that misses them proves nothing."""

from __future__ import annotations

import builtins
import heapq
import sqlite3
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from rich.console import Console
from rich.table import Table
from sqlalchemy import delete, update

from bot.domain.claims import ClaimGranted
from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop
from bot.domain.stream import Stream
from bot.domain.telling import NoteAttempt
from bot.domain.time import SECOND
from bot.services import announcing
from bot.services.announcing import Announcing
from bot.services.telling import Telling
from bot.storage import batch, claims, drops, lane, outcomes, tables, units
from bot.storage.handlers import HANDLERS
from bot.storage.lane import Lane
from tests.simulation.acts import Act
from tests.simulation.disk import SimConnection, Workbench
from tests.simulation.evening import Evening
from tests.simulation.happenings import Happenings
from tests.simulation.planting import Bug, put, without_backstops
from tests.simulation.polls.planted import POLL_BUGS
from tests.simulation.runs import clear_away, new_bench, play

SEEDS_MAX = 300


@dataclass(frozen=True, slots=True)
class Caught:
    """How a bug was found: in the how-manieth seed, by which promise, after how many seconds. None: never. Of polls
    only the seeds that have any count."""

    bug: Bug
    seeds: int
    seconds: float
    invariant: str | None


def _one_too_many(stack: ExitStack) -> None:
    left = Drop.units_left.fget
    assert left is not None
    without_backstops(stack)
    put(stack, Drop, "units_left", property(lambda drop: left(drop) + (drop.units_out >= 1)))
    put(stack, DropPlan, "has_unit", lambda _plan, _number: True)


def _requests_forgotten(stack: ExitStack) -> None:
    store = outcomes.store

    def overwrite(its: Any, request_id: str, *others: Any) -> None:
        its.write_rows()
        where = tables.outcome.c.request_id == request_id
        its.connection.execute(delete(tables.outcome).where(where))
        store(its, request_id, *others)

    put(stack, outcomes, "load", lambda *_: {})
    put(stack, outcomes, "store", overwrite)


def _answered_before_the_commit(stack: ExitStack) -> None:
    commit = SimConnection.commit

    def hopeful(connection: SimConnection) -> None:
        try:
            commit(connection)
        except sqlite3.OperationalError:
            connection.rollback()

    put(stack, SimConnection, "commit", hopeful)


def _books_kept(stack: ExitStack) -> None:
    put(stack, Lane, "_forget", lambda _lane: None)


def _last_instant_included(stack: ExitStack) -> None:
    due_fact = batch.due_fact

    def late(drop: Drop, stream: Stream, pace: Any, moment: int) -> Any:
        return due_fact(drop, stream, pace, moment - 1 if drop.open and drop.closes_at == moment else moment)

    put(stack, batch, "due_fact", late)
    # By chance somebody asks in that very microsecond, of a drop that has a unit left, in one evening out of forty.
    put(stack, Happenings, "_claim_at_the_close", _claim_at_every_close)


def _claim_at_every_close(happenings: Happenings, act: Act) -> None:
    evening = happenings._evening
    now = evening.clock.now()
    for drop in evening.watcher.drops.values():
        if drop.state == "open" and drop.closes_at > now:
            claim = Act(act.at, "claim", act.who, ("",))
            evening.loop.call_in(drop.closes_at - now, evening.people.act, claim)


def _news_in_the_next_transaction(stack: ExitStack) -> None:
    news_of = batch.news_of
    waiting: list[Any] = []

    def later(*args: Any) -> tuple[Any, ...]:
        due = tuple(waiting)
        waiting[:] = news_of(*args)
        return due

    put(stack, batch, "news_of", later)


def _told_before_it_is_said(stack: ExitStack) -> None:
    send = Telling._send

    async def hasty(telling: Telling, line: Any) -> bool:
        await telling._note(line.requests)
        return await send(telling, line)

    put(stack, Telling, "_send", hasty)


def _refusal_repeated_as_grant(stack: ExitStack) -> None:
    from_bytes = outcomes.from_bytes

    def kind_hearted(kind: str, raw: bytes) -> Any:
        decision = from_bytes(kind, raw)
        if kind == "claim.refused" and decision.drop:
            return ClaimGranted(decision.drop, decision.title, 1, decision.supply, 0)
        return decision

    put(stack, outcomes, "from_bytes", kind_hearted)


def _limit_from_a_moment_ago(stack: ExitStack) -> None:
    decide_claim = claims.decide_claim
    seen: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}

    def from_cache(standing: Any, command: Any, moment: int) -> Any:
        key = (command.actor.user_id, standing.drop.key)
        at, held = seen.get(key, (0, ()))
        if not 0 <= moment - at < 10 * SECOND:
            at, held = seen[key] = (moment, standing.numbers_held)
        return decide_claim(standing._replace(numbers_held=held), command, moment)

    put(stack, claims, "decide_claim", from_cache)


def _number_freed_twice(stack: ExitStack) -> None:
    def twice(numbers: Any, number: int) -> None:
        heapq.heappush(numbers._free, number)
        heapq.heappush(numbers._free, number)

    put(stack, units.Numbers, "put_back", twice)


def _reminder_forgotten(stack: ExitStack) -> None:
    drop_of = drops.drop_of
    put(stack, drops, "drop_of", lambda row: replace(drop_of(row), soon_said=False))


def _moments_follow_the_clock(stack: ExitStack) -> None:
    def latest(*values: Any) -> Any:
        return values[1] if len(values) == 2 else builtins.max(*values)

    put(stack, lane, "max", latest)


def _unknown_is_live(stack: ExitStack) -> None:
    lets_run = property(lambda stream: not stream.watched or stream.live is not False)
    put(stack, Stream, "lets_run", lets_run)


def _looked_back_from_the_last_attempt(stack: ExitStack) -> None:
    def overwrite(its: Any, command: NoteAttempt, moment: int) -> None:
        where = tables.outbox.c.id == command.news_id
        its.connection.execute(update(tables.outbox).where(where), {"attempted_at": moment})

    stack.enter_context(mock.patch.dict(HANDLERS, {NoteAttempt: overwrite}))


def _another_card_counts(stack: ExitStack) -> None:
    async def never(*_: Any) -> bool:
        return False

    put(stack, announcing, "is_noted", never)


def _places_are_not_woken(stack: ExitStack) -> None:
    put(stack, Announcing, "committed", lambda _announcing, _committed: None)


BUGS = (
    Bug("the supply is off by one", _one_too_many),
    Bug("requests are not remembered", _requests_forgotten),
    Bug("answered though the COMMIT failed", _answered_before_the_commit),
    Bug("what a failed batch decided is kept in memory", _books_kept),
    Bug("the window's last instant is included", _last_instant_included, first=2),
    Bug("news is written in the next transaction", _news_in_the_next_transaction),
    Bug("noted as told before it is said", _told_before_it_is_said, rare=True),
    Bug("a refusal is repeated as a grant", _refusal_repeated_as_grant),
    Bug("the limit per person from a moment ago", _limit_from_a_moment_ago),
    Bug("an undo frees a number twice", _number_freed_twice, rare=True),
    Bug("a restart forgets that it has reminded", _reminder_forgotten),
    Bug("moments follow a clock that is set back", _moments_follow_the_clock, rare=True),
    Bug("an unknown stream counts as live", _unknown_is_live, rare=True),
    Bug("a card is looked for from the last attempt on", _looked_back_from_the_last_attempt, rare=True),
    Bug("another news' card counts as this one's", _another_card_counts, rare=True),
    Bug("a place is not told that there is news", _places_are_not_woken),
    *POLL_BUGS,
)


def catch(bug: Bug, *, seeds_max: int = SEEDS_MAX) -> Caught:
    """Play seeds with the bug planted until one breaks a promise."""
    began, played = time.monotonic(), 0
    with ExitStack() as stack:
        bug.plant(stack)
        bench = new_bench()
        stack.callback(clear_away, bench)
        for seed in range(bug.first, bug.first + seeds_max):
            keep = poll_acts(bench, seed) if bug.about_polls else None
            if bug.about_polls and not keep:
                continue
            played += 1
            violation = play(bench, seed, keep).violation
            if violation is not None:
                return Caught(bug, played, time.monotonic() - began, violation.invariant)
    return Caught(bug, played, time.monotonic() - began, None)


def poll_acts(bench: Workbench, seed: int) -> tuple[int, ...]:
    """The acts around polls of a seed's story, by their index, and what the stream does; () without any polls."""
    story = Evening(bench, seed).story
    if story.polls is None:
        return ()
    theirs = set(story.polls.acts)
    return tuple(n for n, act in enumerate(story.acts) if act in theirs or act.kind == "stream")


def table_of_all(console: Console) -> int:
    """Catch them all and print how; 1 when one got away."""
    shown = Table("planted", "caught by", "seeds", "seconds", box=None)
    escaped = 0
    for bug in BUGS:
        with console.status(bug.name):
            caught = catch(bug)
        escaped += caught.invariant is None
        shown.add_row(bug.name, caught.invariant or "[red]nothing[/]", str(caught.seeds), f"{caught.seconds:.1f}")
    console.print(shown)
    return 1 if escaped else 0
