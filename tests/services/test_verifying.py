"""The ledger is verified at each start and every night; what disagrees is told once, and nothing else stops."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.services.ports import PlaceDown
from bot.services.verifying import FIRST_AFTER, RETRY, Verifying
from bot.storage import tables
from bot.storage.database import Reads
from bot.storage.verified import NotVerified, ShortCheck
from tests.conftest import CHANNEL, NOON, FixedClock, plan
from tests.services.fakes import WORDS, RecordingBoard

GOOD = ShortCheck(5, b"r" * 32, (), 0)
BAD = ShortCheck(5, b"r" * 32, ("entry 3: the leaf hash is not that of its bytes", "tile 0: it is missing"), 2)


class Checker:
    """Answers with what a test has put there, and counts how often it was asked."""

    def __init__(self, answer=GOOD):
        self.answer, self.asked = answer, 0

    async def __call__(self):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Night:
    """A ledger at noon with a mug that opens then, and those who verify it."""

    def __init__(self, lane, clock, reads, at=time(4, 30)):
        self.lane, self.clock, self.steady, self.reads = lane, clock, FixedClock(0), reads
        self.new, self.all, self.board = Checker(), Checker(), RecordingBoard()
        self.verifying = Verifying(
            lane,
            reads,
            CHANNEL,
            WORDS,
            clock,
            self.steady,
            check_new=self.new,
            check_all=self.all,
            at=at,
            zone=ZoneInfo("UTC"),
            board=self.board,
        )

    async def look(self, after=0):
        self.clock.at += after
        self.steady.at += after
        await self.lane.submit(Wake(CHANNEL))
        await self.verifying.look()
        await self.verifying.say()

    async def noted(self):
        rows = await self.reads.rows(select(tables.verified))
        return [tuple(row) for row in rows]


@pytest.fixture
async def night(lane, clock, new_ledger):
    reads = Reads(new_ledger)
    clock.at = NOON - 2 * HOUR
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    yield Night(lane, clock, reads)
    await reads.close()


async def test_a_start_verifies_what_is_new_and_notes_how_far_it_went(night):
    await night.verifying.at_start()
    assert (night.new.asked, night.all.asked) == (1, 0)
    assert await night.noted() == [(CHANNEL, 5, b"r" * 32, 0)]


async def test_the_first_whole_check_waits_until_the_start_is_over_and_then_for_the_next_night(night):
    await night.look(FIRST_AFTER - 1)
    assert night.all.asked == 0
    await night.look(1)
    assert night.all.asked == 1
    assert await night.noted() == [(CHANNEL, 5, b"r" * 32, night.clock.at)]
    await night.look(RETRY)
    assert night.all.asked == 1
    night.clock.at = NOON + DAY - 7 * HOUR - 31 * MINUTE
    await night.look()
    assert night.all.asked == 1
    await night.look(MINUTE)
    assert night.all.asked == 2


async def test_a_check_of_what_is_new_does_not_take_the_place_of_the_whole_one(night):
    await night.look(FIRST_AFTER)
    at = night.clock.at
    night.new.answer = ShortCheck(9, b"s" * 32, (), 0)
    await night.verifying.at_start()
    assert await night.noted() == [(CHANNEL, 9, b"s" * 32, at)]
    night.clock.at += DAY
    await night.look(RETRY)
    assert await night.noted() == [(CHANNEL, 9, b"s" * 32, night.clock.at)]


async def test_it_waits_while_a_drop_is_open(night):
    night.clock.at = NOON
    await night.look(FIRST_AFTER)
    assert night.all.asked == 0
    await night.look(HOUR)
    assert night.all.asked == 1


async def test_without_a_time_nothing_is_verified_at_night(lane, clock, new_ledger):
    reads = Reads(new_ledger)
    night = Night(lane, clock, reads, at=None)
    await night.look(30 * DAY)
    assert night.all.asked == 0
    await reads.close()


async def test_what_disagrees_is_told_to_the_moderators_once_and_noted_nowhere(night):
    night.new.answer = night.all.answer = BAD
    await night.verifying.at_start()
    await night.look(FIRST_AFTER)
    await night.look(RETRY)
    assert await night.noted() == []
    ((place, card),) = [(place, card) for place, card, *_ in night.board.posts]
    assert place == DISCORD_MODERATORS
    assert "entry 3" in card.text
    assert "1 more" in card.text


async def test_moderators_who_cannot_be_reached_are_told_later(night):
    night.new.answer = BAD
    night.board.down = PlaceDown("away")
    await night.verifying.at_start()
    await night.verifying.say()
    night.board.down = None
    await night.verifying.say()
    assert len(night.board.posts) == 1


async def test_a_check_that_could_not_be_made_is_tried_again_after_a_while(night):
    night.all.answer = NotVerified("no process could be started for it")
    await night.look(FIRST_AFTER)
    await night.look(RETRY - 1)
    assert night.all.asked == 1
    night.all.answer = GOOD
    await night.look(1)
    assert len(await night.noted()) == 1
    assert not night.board.posts


async def test_a_start_goes_on_whatever_the_check_trips_over(night):
    night.new.answer = RuntimeError("tripped")
    await night.verifying.at_start()
    assert await night.noted() == []
