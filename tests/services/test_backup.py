"""Copies are made when they are due; when they fail everything else goes on, and the moderators hear of it once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.domain.backup import Backup, Occasion
from bot.domain.claims import ClaimDrop
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from bot.services.backup import FIRST_AFTER, RETRY, Backups
from bot.services.ports import PlaceDown
from bot.storage.backup import BrokenBackup
from bot.storage.database import Reads
from tests.conftest import CHANNEL, NOON, FixedClock, plan, viewer
from tests.services.fakes import WORDS, RecordingBoard, until


class Copier:
    """Notes what was asked for; `fault` is raised while it is set."""

    def __init__(self) -> None:
        self.made: list[tuple[Occasion, int]] = []
        self.tries = 0
        self.fault: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self, occasion: Occasion, now: int) -> None:
        self.tries += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.made.append((occasion, now))


class Night:
    """A lane with a mug, and the copies beside it."""

    def __init__(self, lane, clock, reads, listed=()):
        self.lane, self.clock, self.steady = lane, clock, FixedClock(0)
        self.copier, self.board, self.listed = Copier(), RecordingBoard(), list(listed)
        self.backups = Backups(
            reads,
            CHANNEL,
            WORDS,
            clock,
            self.steady,
            make=self.copier,
            listed=lambda: self.listed,
            board=self.board,
        )
        self.steady.at = FIRST_AFTER
        lane.listen(self.backups.committed)

    async def plan(self) -> None:
        await self.lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))

    async def pass_time(self, span: int) -> None:
        self.clock.at += span
        self.steady.at += span
        await self.lane.submit(Wake(CHANNEL))
        await self.backups.look()

    async def claim(self, name: str) -> None:
        await self.lane.submit(ClaimDrop(CHANNEL, f"twitch:{name}", viewer(name)))

    @property
    def occasions(self) -> list[str]:
        return [str(occasion) for occasion, _ in self.copier.made]


@pytest.fixture
async def night(lane, clock, new_ledger):
    reads = Reads(new_ledger)
    clock.at = NOON - 2 * HOUR
    night = Night(lane, clock, reads)
    await night.plan()
    yield night
    await reads.close()


@asynccontextmanager
async def keeping(backups):
    task = asyncio.create_task(backups.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_new_ledger_is_copied_and_then_every_hour_in_which_something_happened(night):
    await night.backups.look()
    assert night.occasions == ["hourly"]
    await night.pass_time(HOUR - MINUTE)  # within it the drop is announced
    assert night.occasions == ["hourly"]
    await night.pass_time(MINUTE)
    assert night.occasions == ["hourly", "hourly"]
    await night.pass_time(50 * MINUTE)
    await night.claim("ann")
    await night.pass_time(10 * MINUTE)
    assert night.occasions == ["hourly"] * 3


async def test_nothing_new_is_not_copied_again(night):
    await night.pass_time(3 * HOUR)  # announced, opened, closed
    await night.pass_time(HOUR)  # settled
    made = len(night.occasions)
    for _ in range(5):
        await night.pass_time(5 * HOUR)
    assert len(night.occasions) == made


async def test_a_close_is_copied_at_once_and_once(night):
    await night.pass_time(2 * HOUR)
    made = len(night.occasions)
    await night.claim("ann")
    await night.pass_time(15 * MINUTE)
    assert night.occasions[made:] == ["closed"]
    await night.pass_time(MINUTE)
    await night.pass_time(10 * MINUTE)
    assert night.occasions[made:] == ["closed"]


async def test_a_close_wakes_it_up(night, monkeypatch):
    monkeypatch.setattr("bot.services.backup.GAP_SECONDS", 0.0)
    await night.pass_time(2 * HOUR)
    async with keeping(night.backups):
        await until(lambda: night.occasions == ["hourly"])
        night.clock.at += 15 * MINUTE
        night.steady.at += 15 * MINUTE
        await night.lane.submit(Wake(CHANNEL))
        await until(lambda: night.occasions == ["hourly", "closed"])


async def test_what_an_earlier_process_has_copied_is_not_copied_again(lane, clock, new_ledger):
    reads = Reads(new_ledger)
    clock.at = NOON - 2 * HOUR
    night = Night(lane, clock, reads, [Backup("x", NOON - 2 * HOUR + MINUTE, "stopped")])
    await night.plan()
    await night.pass_time(5 * MINUTE)
    assert night.occasions == []
    await night.pass_time(HOUR)
    assert night.occasions == ["hourly"]
    await reads.close()


async def test_a_bot_that_has_just_started_waits_with_the_hourly_copy(night):
    night.steady.at = FIRST_AFTER - 1
    await night.backups.look()
    assert night.occasions == []
    night.steady.at = FIRST_AFTER
    await night.backups.look()
    assert night.occasions == ["hourly"]


async def test_a_clock_that_is_set_back_puts_no_copy_off(night):
    await night.backups.look()
    night.clock.at -= 24 * HOUR
    await night.lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(), plan("cap"))))
    await night.pass_time(HOUR)
    assert night.occasions == ["hourly", "hourly"]


async def test_at_the_end_there_is_a_copy_if_anything_has_happened(night):
    await night.backups.at_stop()
    await night.backups.at_stop()
    assert night.occasions == ["stopped"]


async def test_an_end_does_not_wait_for_a_copy_that_hangs(night, monkeypatch):
    monkeypatch.setattr("bot.services.backup.STOP_SECONDS", 0.05)
    night.copier.gate = asyncio.Event()
    async with asyncio.timeout(60):
        await night.backups.at_stop()
    assert (night.copier.tries, night.copier.made) == (1, [])


async def test_a_failing_copy_is_tried_again_later_and_told_once(night):
    night.copier.fault = BrokenBackup("No space left on device")
    for _ in range(4):
        await night.backups.look()
        await night.backups._say()
    assert night.copier.tries == 1
    (place, card, _nonce), *others = night.board.posts
    assert (place, card.title, others) == ("discord:moderators", "Backups are failing", [])
    assert "No space left on device" in card.text
    await night.pass_time(RETRY)
    await night.backups._say()
    assert (night.copier.tries, len(night.board.posts)) == (2, 1)
    night.copier.fault = None
    await night.pass_time(RETRY)
    await night.backups._say()
    assert night.occasions == ["hourly"]
    ((_, edited, card),) = night.board.edits
    assert (edited, card.title) == ("card-1", "Backups work again")


async def test_a_copy_that_never_ends_is_a_failure_like_any_other(night, monkeypatch):
    monkeypatch.setattr("bot.services.backup.MAKE_SECONDS_MAX", 0.05)
    night.copier.gate = asyncio.Event()
    await night.backups.look()
    await night.backups._say()
    assert "not ready after" in night.board.posts[0][1].text


async def test_moderators_who_cannot_be_reached_hear_of_it_later(night):
    night.copier.fault = BrokenBackup("Input/output error")
    night.board.down = PlaceDown("Discord is away")
    await night.backups.look()
    await night.backups._say()
    night.board.down = None
    await night.backups._say()
    assert [card.title for _, card, _ in night.board.posts] == ["Backups are failing"]


async def test_a_folder_that_cannot_be_read_is_told_like_any_failure(night):
    def refuse():
        raise PermissionError(13, "Permission denied")

    night.backups._listed = refuse
    await night.backups.look()
    await night.backups._say()
    assert "Permission denied" in night.board.posts[0][1].text
    assert night.copier.tries == 0


async def test_while_a_copy_hangs_claims_are_answered(night):
    night.copier.gate = asyncio.Event()
    night.clock.at = NOON
    async with keeping(night.backups):
        await until(lambda: night.copier.tries == 1)
        async with asyncio.timeout(60):
            await night.claim("ann")
    assert night.copier.made == []
