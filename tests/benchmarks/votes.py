"""A poll under load: what a vote costs beside a claim, and how long a press waits while a thousand people vote."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.domain.claims import ClaimDrop
from bot.domain.poll_control import OpenPoll
from bot.domain.time import HOUR
from bot.domain.voting import CastVote
from bot.stage.server import Stage
from tests.benchmarks import audit, burst, children, disk
from tests.benchmarks.burst import Run, Stopwatch
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import DROP, Ledgers, claims, started_lane
from tests.conftest import CHANNEL, MIA
from tests.domain.poll_world import choice, poll_plan
from tests.journeys.rig import until

AT_ONCE = 5_000
VOTES, PRESSES, SECONDS = 1_000, 200, 10.0
# How long Discord waits for the answer to a press.
ALLOWED_SECONDS = 3.0
# What an account that is no moderator's may say in 30 seconds.
LINES_MAX = 20
KEY = "colour-of-the-next-mug"
MILLIS = 1_000


class Votes:
    """AT_ONCE votes at once through the lane; then VOTES in chat and PRESSES on Discord within SECONDS, through the
    whole bot over real sockets."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        crowd = f"{VOTES:,} votes and {PRESSES} presses in {SECONDS:g} s"
        self.cpu = Figure(f"CPU per vote, {AT_ONCE:,} at once", "µs", "a claim, as many at once", at_most=2)
        self.vote = Figure(
            f"p99 of a vote until it is on the disk, {VOTES / SECONDS:g} a second", "ms", "a claim's", at_most=2
        )
        self.press = Figure(
            f"p99 of a press's answer, {crowd}", "ms", "what Discord allows for an answer", at_most=0.33
        )
        self.lines = Figure(f"lines in chat, {crowd}", "lines", "what Twitch allows in 30 s", at_most=1)
        self.figures = [self.cpu, self.vote, self.press, self.lines]
        self.remarks = [
            f"Of the {VOTES:,} votes and {PRESSES} presses in {SECONDS:g} s each was counted once, in every round; "
            "a press that is not answered in time would have ended the run."
        ]

    async def measure(self, turn: int, folder: Path) -> None:
        runs: dict[str, Run] = {}
        for name in ("vote", "claim") if turn % 2 else ("claim", "vote"):
            runs[name] = await (self._claims if name == "claim" else self._votes)(folder)
        self.cpu.add(runs["vote"].cpu_micros, runs["claim"].cpu_micros)
        waits: dict[str, float] = {}
        for name in ("vote", "claim") if turn % 2 else ("claim", "vote"):
            waits[name] = await self._steadily(folder / f"steady-{name}s.sqlite", votes=name == "vote")
        self.vote.add(waits["vote"] * MILLIS, waits["claim"] * MILLIS)
        await self._over_sockets(folder / "sockets")

    async def _claims(self, folder: Path) -> Run:
        url = await self._ledgers.copy(folder / "claims.sqlite", AT_ONCE, AT_ONCE)
        return await burst.through_the_lane(url, claims(DROP, range(AT_ONCE)), AT_ONCE)

    async def _votes(self, folder: Path) -> Run:
        url = await self._ledgers.copy(folder / "votes.sqlite", AT_ONCE, AT_ONCE)
        async with started_lane(url) as lane:
            await lane.submit(_OPEN)
            votes = _votes(AT_ONCE)
            watch = Stopwatch()
            await asyncio.gather(*(lane.submit(vote) for vote in votes))
            run = watch.run(AT_ONCE)
        _check_counted(folder / "votes.sqlite", AT_ONCE)
        return run

    async def _steadily(self, path: Path, *, votes: bool) -> float:
        """The p99 of what each waits in the lane, in seconds; they come at an even rate, whoever still waits."""
        url = await self._ledgers.copy(path, AT_ONCE, AT_ONCE)
        waits: list[float] = []
        async with started_lane(url) as lane, asyncio.TaskGroup() as people:

            async def one(command: CastVote | ClaimDrop) -> None:
                asked = time.perf_counter()
                await lane.submit(command)
                waits.append(time.perf_counter() - asked)

            await lane.submit(_OPEN)
            for command in _votes(VOTES) if votes else claims(DROP, range(VOTES)):
                people.create_task(one(command))
                await asyncio.sleep(SECONDS / VOTES)
        if votes:
            _check_counted(path, VOTES)
        return disk.percentile(waits, 0.99)

    async def _over_sockets(self, folder: Path) -> None:
        async with Stage() as stage:
            stage.twitch.go_live()
            assert stage.cast is not None
            async with children.the_bot(stage, folder) as (bot, _):
                await children.settled(bot)
                discord, moderator = stage.discord, stage.cast.moderator
                stage.twitch.say(moderator, '!poll "Colour of the next mug?" teal, plum, sand 1h')
                await until(lambda: _cards(stage), "the card to vote with")
                card, before = _cards(stage)[0], _lines(stage)
                viewers = [stage.twitch.add_user(f"voter{number}") for number in range(VOTES)]
                members = [discord.add_member(f"member{number}") for number in range(PRESSES)]
                waits: list[float] = []

                async def press(number: int) -> None:
                    asked = time.perf_counter()
                    await discord.press(members[number], card, f"md:vote:{KEY}:{1 + number % 3}").wait()
                    waits.append(time.perf_counter() - asked)

                async with asyncio.TaskGroup() as pressing:
                    for number, viewer in enumerate(viewers):
                        stage.twitch.say(viewer, str(1 + number % 3))
                        if number % (VOTES // PRESSES) == 0:
                            pressing.create_task(press(number // (VOTES // PRESSES)))
                        await asyncio.sleep(SECONDS / VOTES)
                await children.settled(bot)
                self.press.add(disk.percentile(waits, 0.99) * MILLIS, ALLOWED_SECONDS * MILLIS)
                self.lines.add(_lines(stage) - before, LINES_MAX)
        _check_counted(folder / "ledger.sqlite", VOTES + PRESSES)


_OPEN = OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(window=HOUR))


def _votes(count: int) -> list[CastVote]:
    people = claims(KEY, range(count))
    return [
        CastVote(CHANNEL, each.request_id, each.actor, choice(1 + number % 3), KEY)
        for number, each in enumerate(people)
    ]


def _cards(stage: Stage) -> list[str]:
    return [message.id for message in stage.discord.messages("announcements") if KEY in str(message.components)]


def _lines(stage: Stage) -> int:
    return sum(seen.kind == "chat" and bool(seen.data.get("bot")) for seen in stage.record.seen)


def _check_counted(path: Path, expected: int) -> None:
    """Raises AuditFailed unless so many people have one ballot each."""
    with closing(sqlite3.connect(path)) as ledger:
        found = ledger.execute("SELECT (SELECT count(*) FROM ballot), (SELECT people FROM poll)").fetchone()
    if found != (expected, expected):
        raise audit.AuditFailed(f"{found} ballots and people of {expected}")
