"""The cards of polls and game nights are posted once and follow what they are about, also through a restart."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS
from bot.domain.night_deeds import CreateNight, NightVerb, VisitNight
from bot.domain.nights import NightPlan
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.stream import Pace, Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.domain.voting import CastVote
from bot.services.announcing import Announcing
from bot.services.ports import PlaceDown
from bot.storage.database import Reads
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.services.fakes import WORDS, RecordingBoard, RecordingChat, until


class Places:
    """A real ledger, recording places, and the announcing between them."""

    def __init__(self, lane, reads, clock, places=ALL_PLACES):
        self.lane, self.reads, self.clock = lane, reads, clock
        self.chat, self.board = RecordingChat(), RecordingBoard()
        self.restart(places)
        lane.listen(lambda committed: self.announcing.committed(committed))

    def restart(self, places=ALL_PLACES):
        self.announcing = Announcing(
            self.lane,
            self.reads,
            CHANNEL,
            WORDS,
            self.clock,
            Pace(),
            chat=self.chat if "twitch:chat" in places else None,
            board=self.board if DISCORD_ANNOUNCEMENTS in places else None,
            places=places,
            edit_gap_seconds=0.001,
        )

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.announcing.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def open(self, **changes):
        await self.lane.submit(OpenPoll(CHANNEL, f"twitch:open-{changes}", MIA, poll_plan(**changes)))

    async def vote(self, name, option):
        await self.lane.submit(CastVote(CHANNEL, f"twitch:{name}-{option}", viewer(name), choice(option)))

    async def close(self):
        await self.lane.submit(SteerPoll(CHANNEL, "twitch:close", MIA, PollVerb.CLOSE))

    def edited(self, text):
        return bool(self.board.edits) and text in self.board.edits[-1][2].text

    @property
    def buttons(self):
        return [button.action for button in self.board.edits[-1][2].buttons]


@pytest.fixture
async def places(lane, new_ledger, clock):
    clock.at = NOON
    reads = Reads(new_ledger)
    yield Places(lane, reads, clock)
    await reads.close()


async def test_the_card_counts_as_people_vote_and_shows_the_result_without_buttons(places):
    async with places.running():
        await places.open()
        await until(lambda: places.board.posts)
        await places.vote("ann", 1)
        await places.vote("ben", 2)
        await until(lambda: places.edited("2 people have voted"))
        assert places.buttons == [f"vote:colour-of-the-next-mug:{n}" for n in (1, 2, 3)]
        await places.vote("ann", 2)
        await until(lambda: places.edited("**2** plum\n`██████████` **2**"))
        await places.close()
        await until(lambda: len(places.board.posts) == 2 and not places.board.edits[-1][2].buttons)
    assert {reference for _, reference, _ in places.board.edits} == {"card-1"}
    assert "plum" in places.board.edits[-1][2].text
    assert any("plum won" in line for line in places.chat.lines)


async def test_a_card_that_was_posted_late_shows_the_votes_of_before(places):
    places.board.down = PlaceDown("away")
    async with places.running():
        await places.open()
        await places.vote("ann", 1)
        # Nothing happens to the poll any more once its card can be posted.
        await until(lambda: not places.announcing._kept._stale)
        places.board.down = None
        places.announcing.wake_all()
        await until(lambda: places.edited("1 person has voted"))


async def test_of_a_hidden_poll_no_count_is_shown_before_its_end(places):
    async with places.running():
        await places.open(hidden=True)
        await until(lambda: places.board.posts)
        await places.vote("ann", 1)
        await until(lambda: places.edited("1 person has voted"))
        shown = [card.text for _, _, card in places.board.edits] + [places.board.posts[0][1].text]
        assert not any("█" in text or "░" in text for text in shown)
        await places.close()
        await until(lambda: places.edited("teal"))


async def test_a_poll_that_ended_while_nobody_was_there_gets_its_result_at_the_start(places):
    async with places.running():
        await places.open()
        await until(lambda: places.board.posts)
        await places.vote("ann", 3)
        await until(lambda: places.edited("1 person has voted"))
    await places.close()
    places.restart()
    before = len(places.board.edits)
    async with places.running():
        await until(lambda: len(places.board.edits) > before)
    assert places.board.edits[-1][1] == "card-1"
    assert places.board.edits[-1][2].buttons == ()


async def test_what_is_over_for_days_is_left_alone(places):
    async with places.running():
        await places.open()
        await until(lambda: places.board.posts)
        await places.close()
        await until(lambda: places.board.edits and not places.board.edits[-1][2].buttons)
    places.clock.at += 2 * DAY
    places.restart()
    before = len(places.board.edits)
    async with places.running():
        await places.open(question="And now?")
        await until(lambda: any("And now?" in card.title for _, card, _ in places.board.posts))
        await places.vote("ann", 1)
        await until(lambda: places.edited("1 person has voted"))
    assert {reference for _, reference, _ in places.board.edits[before:]} == {"card-3"}


async def test_a_card_that_could_not_be_edited_is_edited_once_discord_is_back(places):
    async with places.running():
        await places.open()
        await until(lambda: places.board.posts)
        places.board.down = PlaceDown("away")
        await places.vote("ann", 1)
        places.board.down = None
        await until(lambda: places.edited("1 person has voted"))


@pytest.mark.parametrize("place", ["twitch:chat", DISCORD_ANNOUNCEMENTS])
async def test_a_channel_with_one_platform_has_the_whole_poll(lane, new_ledger, clock, place):
    clock.at = NOON
    reads = Reads(new_ledger)
    places = Places(lane, reads, clock, (place,))
    async with places.running():
        await places.open()
        await places.vote("ann", 1)
        clock.at += 90 * SECOND
        await lane.submit(Wake(CHANNEL))
        if place == "twitch:chat":
            await until(lambda: any("teal won" in line for line in places.chat.lines))
        else:
            await until(lambda: any("Result" in card.title for _, card, _ in places.board.posts))
            await until(lambda: places.board.edits and not places.board.edits[-1][2].buttons)
    await reads.close()


async def test_the_card_of_a_night_counts_its_seats(places):
    async with places.running():
        night = NightPlan("", "Hades night", 1, NOON + HOUR, HOUR, 20 * MINUTE, 10 * MINUTE, needs_pass=False)
        await places.lane.submit(CreateNight(CHANNEL, "twitch:night", MIA, night))
        await until(lambda: places.board.posts)
        before = places.board.posts[0][1]
        await places.lane.submit(VisitNight(CHANNEL, "discord:j", viewer("ann", "discord"), NightVerb.JOIN))
        # It may be written once more as it was, before anybody joins.
        await until(lambda: any(after != before for *_, after in places.board.edits))
    assert {reference for _, reference, _ in places.board.edits} == {"card-1"}
