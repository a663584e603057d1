"""Whatever people, time and the stream do in whatever order: the promises hold on a real ledger."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.answers import Answer
from bot.domain.bundle import check_bundle
from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.control import SteerDrop, Verb
from bot.domain.drop_plan import Opening, WhileOffline
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.people import BOT, Rank
from bot.domain.planning import ApplyPlans, PlanDrop
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.storage import tables
from bot.storage.book import ChannelSettings
from bot.storage.database import ledger_url, snapshot_engine, write_engine
from bot.storage.export import read_bundle
from bot.storage.lane import Lane
from bot.storage.rebuild import differences
from bot.storage.signing import verify_signature
from bot.storage.upgrade import upgrade
from tests.conftest import ALL_PLACES, CHANNEL, KEYS, NOON, plan, viewer

PEOPLE = [viewer(name) for name in ("ann", "bob", "cy", "dee")]
MODERATORS = [viewer(name, rank=Rank.MODERATOR) for name in ("mia", "noa")]
# What is usual comes often, so that stories get far; a cancelled drop ends its story.
NAMES = ["", "", "", "mug", "mug", "mug", "print", "Teal Print", "nothing"]
OFTEN = [Verb.GIVE, Verb.UNDO] * 2 + [Verb.PAUSE, Verb.RESUME, Verb.OPEN, Verb.EXTEND, Verb.CLOSE]
VERBS = OFTEN * 4 + [Verb.CANCEL]
SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

requests = st.integers(0, 40)
claims = st.builds(
    lambda who, request, drop: ClaimDrop(CHANNEL, f"twitch:m{request}", who, drop),
    st.sampled_from(PEOPLE),
    requests,
    st.sampled_from(NAMES),
)
deeds = st.builds(
    lambda who, request, verb, drop, minutes, receiver: SteerDrop(
        CHANNEL, f"twitch:d{request}", who, verb, drop, minutes, receiver, "by hand", confirmed=True
    ),
    st.sampled_from([*MODERATORS[:1] * 5, *MODERATORS, PEOPLE[0]]),
    requests,
    st.sampled_from(VERBS),
    st.sampled_from(["mug", "mug", "mug", "", "print"]),
    st.sampled_from([5, 1, 30, 0, -1]),
    st.sampled_from([*PEOPLE * 2, None]),
)
plans = st.builds(
    lambda key, supply, held_back, per_person, opening, waits, opens_in: plan(
        key,
        supply=supply,
        held_back=min(held_back, supply - 1),
        per_person=min(per_person, supply),
        opening=opening,
        while_offline=waits,
        announce_at=NOON - HOUR,
        opens_at=None if opening is Opening.CUE else NOON + opens_in * MINUTE,
    ),
    st.sampled_from(["print", "print", "mug"]),
    st.integers(1, 5),
    st.integers(0, 2),
    st.integers(1, 3),
    st.sampled_from(list(Opening)),
    st.sampled_from(list(WhileOffline)),
    st.integers(-5, 10),
)
planning = st.builds(
    lambda request, plan: PlanDrop(CHANNEL, f"discord:{request}", MODERATORS[0], plan), requests, plans
) | st.builds(lambda request, plan: ApplyPlans(CHANNEL, f"config:{request}", BOT, (plan,)), requests, plans)
world = st.sampled_from([Wake(CHANNEL), ReportStream(CHANNEL, True), ReportStream(CHANNEL, False)])
# A repair in the middle of the evening: frozen at once, thawed with a number that fits, or with one that cannot be.
thaws = st.builds(
    lambda drop, last: ThawDrop(CHANNEL, drop, last),
    st.sampled_from(["mug", "mug", "mug", "print"]),
    st.sampled_from([None, None, 3, 4, 5, 1, 6]),
)
repairs = st.sampled_from([thaws] * 4 + [st.just(FreezeDrops(CHANNEL))]).flatmap(lambda kind: kind)
kinds = [claims] * 8 + [deeds] * 6 + [world] * 2 + [repairs] * 2 + [planning]
commands = st.sampled_from(kinds).flatmap(lambda kind: kind)
# The clock stands, ticks, leaps over whole windows, and now and then goes back.
steps = st.sampled_from([0] * 12 + [1, SECOND, 30 * SECOND, MINUTE] * 2 + [3 * MINUTE, 21 * MINUTE, -SECOND, -HOUR])
stories = st.lists(st.tuples(steps, commands), min_size=10, max_size=60)


class Script:
    """A clock that is asked at the lane's start and once per command, and tells the command's own instant."""

    def __init__(self, instants: list[int]) -> None:
        self._instants: Iterator[int] = iter(instants)

    def now(self) -> int:
        return next(self._instants)


def deterministic_bytes() -> Any:
    """Salts and secrets that are the same in every telling of a story."""
    calls = count()
    return lambda size: hashlib.shake_128(str(next(calls)).encode()).digest(size)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a story: the answers in order, the rows, what the rebuild found wrong, and of each drop that was
    announced the bundle that strangers get."""

    answers: list[Answer[Any]]
    rows: dict[str, list[tuple[Any, ...]]]
    differences: list[str]
    bundles: dict[str, str]

    def of(self, table: str) -> list[Any]:
        return self.rows[table]


@pytest.fixture(scope="module")
def empty_ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "ledger.sqlite"
    upgrade(ledger_url(str(path)), now=lambda: NOON)
    return path


def tell(template: Path, story: list[tuple[int, Any]], pieces: list[int]) -> Told:
    """Run a story through the real lane, as many commands to a batch as `pieces` says, in turn; the story begins
    two minutes before a mug of five opens."""
    begin = ApplyPlans(CHANNEL, "config:begin", BOT, (plan(supply=5, per_person=2, held_back=1, window=HOUR),))
    steps_and_commands = [(0, begin), (2 * MINUTE, ReportStream(CHANNEL, True)), *story]
    at, instants = NOON - 2 * MINUTE, []
    for step, _ in steps_and_commands:
        at += step
        instants.append(at)
    with TemporaryDirectory() as folder:
        url = ledger_url(str(Path(folder, "ledger.sqlite")))
        shutil.copy(template, str(url.database))
        clock = Script([instants[0], *instants])
        answers = asyncio.run(_submit(url, [command for _, command in steps_and_commands], clock, pieces))
        engine = snapshot_engine(url)
        with engine.connect() as connection:
            names = ("entry", "checkpoint", "tile", "unit", "lost_unit", "drop", "outcome", "outbox", "action")
            rows = {
                name: list(connection.execute(select(table).order_by(*table.primary_key)))
                for name in names
                for table in [tables.metadata.tables[name]]
            }
            found = differences(connection, CHANNEL)
            announced = {row.drop_key for row in rows["entry"] if row.kind == "drop.announced"}
            bundles = {key: read_bundle(connection, CHANNEL, key) for key in sorted(announced)}
        engine.dispose()
    return Told(answers, rows, found, bundles)


async def _submit(url, story, clock, pieces):
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, stream_watched=True)
    engine = write_engine(url)
    lane = Lane(engine, [settings], clock, KEYS, random_bytes=deterministic_bytes())
    await lane.start()
    answers, begin = [], 0
    try:
        for turn in count():
            if begin >= len(story):
                return answers
            piece = story[begin : begin + pieces[turn % len(pieces)]]
            # All of a gathering are queued before the lane's thread gets its turn: one batch.
            answers += await asyncio.gather(*(lane.submit(command) for command in piece))
            begin += len(piece)
    finally:
        await lane.close()
        engine.dispose()


@settings(SETTINGS, max_examples=40)
@given(story=stories)
def test_whatever_happens_the_promises_hold(empty_ledger, story):
    told = tell(empty_ledger, story, pieces=[7, 1, 3])
    numbers_and_limits_hold(told)
    grants_fell_into_windows(told)
    requests_were_answered_the_same(story, told)
    assert told.differences == []
    strangers_are_told_the_same(told)


def numbers_and_limits_hold(told: Told) -> None:
    numbers = [row.number for row in told.of("entry")]
    assert numbers == list(range(1, len(numbers) + 1))
    for drop in told.of("drop"):
        units = [unit for unit in told.of("unit") if unit.drop_key == drop.key]
        assert sorted({unit.number for unit in units} - set(range(1, drop.supply + 1))) == []
        assert len({unit.number for unit in units}) == len(units) == drop.claimed + drop.given <= drop.supply
        lost = [unit.number for unit in told.of("lost_unit") if unit.drop_key == drop.key]
        out = sorted([*lost, *(unit.number for unit in units)])
        assert len(set(out)) == len(out) == drop.claimed + drop.given + drop.lost <= drop.supply
        assert drop.last_number >= max(out, default=0)
        for person in {unit.person_id for unit in units}:
            assert sum(unit.person_id == person for unit in units) <= drop.per_person
        # Without a unit that was taken back, the numbers are 1..n without a gap but for those written off.
        if not any(e.kind == "unit.voided" and e.drop_key == drop.key for e in told.of("entry")):
            assert out == list(range(1, len(out) + 1))


def grants_fell_into_windows(told: Told) -> None:
    """Claimed units only while the drop was open and not paused, before its end; given ones never of a cancelled
    drop. What a claim may take leaves what is held back."""
    drops: dict[str, Drop] = {}
    for entry in told.of("entry"):
        if not entry.drop_key:  # the log's own
            continue
        content = orjson.loads(entry.canonical)
        drop = drops.get(entry.drop_key)
        if entry.kind == "unit.granted":
            assert drop is not None
            assert not drop.frozen
            if content["public"]["how"] == "claim":
                assert drop.state is DropState.OPEN
                assert drop.paused_at is None
                assert drop.opened_at <= entry.at < drop.closes_at
                assert drop.claimed < drop.plan.supply - drop.plan.held_back - drop.lost
            assert drop.state is not DropState.CANCELLED
        drops[entry.drop_key] = evolve(drop, entry.kind, content["public"], entry.at)


def requests_were_answered_the_same(story: list[tuple[int, Any]], told: Told) -> None:
    decided: dict[str, Any] = {}
    granted = 0
    for (_, command), answer in zip(story, told.answers[2:], strict=True):
        request = getattr(command, "request_id", None)
        if request is None:
            continue
        assert answer.repeated == (request in decided)
        assert answer.decision == decided.setdefault(request, answer.decision)
        granted += isinstance(answer.decision, ClaimGranted) and not answer.repeated
    assert {row.request_id for row in told.of("outcome")} == {"config:begin", *decided}
    by_claim = [e for e in told.of("entry") if e.kind == "unit.granted" and b'"how":"claim"' in e.canonical]
    assert len(by_claim) == granted


def strangers_are_told_the_same(told: Told) -> None:
    """Each bundle holds, and tells of the entries it covers what the ledger tells of them."""
    for key, text in told.bundles.items():
        report = check_bundle(text, verify_signature)
        owners: dict[int, tuple[int, str]] = {}
        for entry in told.of("entry")[: report.size]:
            public = orjson.loads(entry.canonical)["public"]
            if entry.drop_key == key and entry.kind == "unit.granted":
                owners[public["number"]] = (entry.number, public["how"])
            elif entry.drop_key == key and entry.kind == "unit.voided":
                del owners[public["number"]]
        assert {unit.number: (unit.entry, unit.how) for unit in report.units} == owners
        assert report.told <= max(entry.number for entry in told.of("entry") if entry.drop_key == key)


@settings(SETTINGS, max_examples=20)
@given(story=stories, pieces=st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_one_batch_one_by_one_or_any_split_makes_the_same_history(empty_ledger, story, pieces):
    at_once = tell(empty_ledger, story, pieces=[len(story) + 2])
    for split in ([1], pieces):
        again = tell(empty_ledger, story, pieces=split)
        assert again.answers == at_once.answers
        assert again.rows == at_once.rows
