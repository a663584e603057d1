"""Answers reach chat and are noted only then, whatever fails or comes in between."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop, ClaimRefusal
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.telling import NoteTold
from bot.domain.time import MINUTE, SECOND
from bot.services import telling as telling_module
from bot.services.ports import PlaceDown, SendRefused
from bot.services.telling import LOST_AFTER, Telling
from bot.storage.database import Reads
from bot.storage.telling import untold
from tests.conftest import CHANNEL, NOON, FixedClock, plan, viewer
from tests.services.fakes import WORDS, NotingLane, RecordingBoard, RecordingChat, answer, granted, refused, until

GAP = 30 * SECOND


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    monkeypatch.setattr(telling_module, "DOWN_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(telling_module, "BUDGET_LOOK_SECONDS", 0.001)


def made(lane, chat, clock, board=None, reads=None, steady=None):
    return Telling(lane, reads, CHANNEL, chat, board, WORDS, clock, answer_gap=GAP, steady=steady)


@asynccontextmanager
async def running(telling):
    task = asyncio.create_task(telling.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_claim_is_told_in_chat_and_noted_after_that(clock):
    lane, chat = NotingLane(), RecordingChat()
    chat.gate = asyncio.Event()
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: chat.tries)
        assert lane.told == []
        chat.gate.set()
        await until(lambda: lane.told)
    assert chat.lines == ["@ann Teal Mug #1 of 48 is yours!"]
    assert lane.told == ["twitch:1"]


async def test_a_repeated_answer_is_not_told_twice(clock):
    lane, chat = NotingLane(), RecordingChat()
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1), repeated=True))
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: lane.told)
    assert len(chat.lines) == 1
    assert lane.told == ["twitch:1"]


async def test_who_is_decided_while_a_line_is_being_sent_gets_the_next_line(clock):
    lane, chat = NotingLane(), RecordingChat()
    chat.gate = asyncio.Event()
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: chat.tries == 1)
        for number, name in enumerate(("bob", "cy"), 2):
            telling.claim_decided(viewer(name), answer(f"twitch:{number}", granted(number)))
        clock.at += SECOND
        chat.gate.set()
        await until(lambda: len(lane.told) == 3)
    assert chat.lines == ["@ann Teal Mug #1 of 48 is yours!", "Teal Mug is yours: @bob #2, @cy #3 (of 48)"]
    assert lane.told == ["twitch:1", "twitch:2", "twitch:3"]


async def test_a_hundred_winners_who_trickle_in_are_each_told_exactly_once(clock):
    lane, chat = NotingLane(), RecordingChat()
    telling = made(lane, chat, clock)
    async with running(telling):
        for number in range(1, 101):
            telling.claim_decided(viewer(f"v{number}"), answer(f"twitch:{number}", granted(number)))
            clock.at += 70_000
            await asyncio.sleep(0)
        clock.at += SECOND
        telling.say_now("wake")
        await until(lambda: len(lane.told) == 100)
    words = " ".join(chat.lines).replace(",", " ").split()
    assert [words.count(f"@v{number}") for number in range(1, 101)] == [1] * 100
    assert sorted(lane.told) == sorted(f"twitch:{number}" for number in range(1, 101))


async def test_chat_that_is_down_keeps_the_answer_until_it_is_back(clock):
    lane, chat = NotingLane(), RecordingChat(PlaceDown("chat"), PlaceDown("chat"), PlaceDown("chat"))
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: lane.told)
    assert (chat.tries, len(chat.lines)) == (4, 1)


async def test_a_refusal_with_a_time_to_wait_is_tried_again_after_it(clock):
    lane, chat = NotingLane(), RecordingChat(SendRefused("too many", 0.001))
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: lane.told)
    assert chat.tries == 2


async def test_a_line_that_chat_will_never_take_is_not_noted_as_told_and_holds_nobody_up(clock):
    lane, chat = NotingLane(), RecordingChat(SendRefused("blocked term"))
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: chat.tries == 1)
        telling.claim_decided(viewer("bob"), answer("twitch:2", granted(2)))
        clock.at += SECOND
        await until(lambda: lane.told)
    assert chat.lines == ["@bob Teal Mug #2 of 48 is yours!"]
    assert lane.told == ["twitch:2"]


async def test_an_error_that_nobody_foresaw_notes_nothing_and_holds_nobody_up(clock):
    lane, chat = NotingLane(), RecordingChat(RuntimeError("planted"))
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: chat.tries == 1)
        telling.claim_decided(viewer("bob"), answer("twitch:2", granted(2)))
        clock.at += SECOND
        await until(lambda: lane.told)
    assert lane.told == ["twitch:2"]


async def test_a_stop_in_the_middle_of_a_send_notes_nothing(clock):
    lane, chat = NotingLane(), RecordingChat()
    chat.gate = asyncio.Event()
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: chat.tries)
    assert (chat.lines, lane.told) == ([], [])


async def test_a_note_that_the_ledger_could_not_take_is_made_up_for_without_a_second_line(lane, new_ledger, clock):
    reads = Reads(new_ledger)
    noting, chat = NotingLane(TryAgain("busy")), RecordingChat()
    telling = made(noting, chat, clock, reads=reads)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", granted(1)))
        clock.at += SECOND
        await until(lambda: not noting.faults)
        assert noting.told == []
        clock.at += MINUTE
        await telling.sweep()
        await until(lambda: noting.told)
    await reads.close()
    assert noting.told == ["twitch:1"]
    assert len(chat.lines) == 1


class Ledger:
    """A real ledger with an open mug and the decisions of some claims, told to nobody."""

    def __init__(self, lane, reads, clock):
        self.lane, self.reads, self.clock = lane, reads, clock

    async def claim(self, name, request=None, platform="twitch"):
        request = request or f"{platform}:{name}"
        return await self.lane.submit(ClaimDrop(CHANNEL, request, viewer(name, platform)))

    async def untold(self):
        return [each.request_id for each in await untold(self.reads, CHANNEL)]


@pytest.fixture
async def ledger(lane, new_ledger, clock):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=3),)))
    reads = Reads(new_ledger)
    yield Ledger(lane, reads, clock)
    await reads.close()


async def test_at_the_start_everybody_whose_answer_was_lost_is_told_once(ledger, clock):
    for name in ("ann", "bob"):
        await ledger.claim(name)
    chat = RecordingChat()
    telling = made(ledger.lane, chat, clock, reads=ledger.reads)
    await telling.sweep(at_start=True)
    await telling.sweep()
    async with running(telling):
        clock.at += 2 * SECOND
        async with asyncio.timeout(60):
            while await ledger.untold():
                pass
        await telling.sweep()
    assert chat.lines == [
        "I was away and still owe an answer: Teal Mug is yours, @ann #1, @bob #2 (of 3)",
    ]


async def test_a_refusal_that_is_told_late_says_what_is_true_by_then(lane, new_ledger, clock):
    reads = Reads(new_ledger)
    ledger = Ledger(lane, reads, clock)
    later = plan(supply=1, announce_at=NOON, opens_at=NOON + MINUTE)
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (later,)))
    for name in ("ann", "bob"):
        await ledger.claim(name)
    chat = RecordingChat()
    telling = made(lane, chat, clock, reads=reads)
    await telling.sweep(at_start=True)
    clock.at = NOON + MINUTE
    await lane.submit(Wake(CHANNEL))
    async with running(telling):
        await until(lambda: chat.lines)
        open_now = "Teal Mug is open now: type !claim mug, or !md claim mug if you just typed that."
        assert chat.lines == [f"@ann, @bob: {open_now}"]
        for name in ("cy", "dee"):
            telling.claim_decided(viewer(name), await ledger.claim(name))
        clock.at += 2 * SECOND
        await until(lambda: len(chat.lines) == 3)
    assert "Teal Mug is sold out" in chat.lines[2]
    await reads.close()


async def test_a_refusal_that_a_crash_left_unnoted_is_not_told_to_somebody_who_has_won_since(
    lane, new_ledger, clock
):
    reads = Reads(new_ledger)
    ledger = Ledger(lane, reads, clock)
    later = plan(announce_at=NOON, opens_at=NOON + MINUTE)
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (later,)))
    for name in ("ann", "bob", "cy"):
        await ledger.claim(name)
    clock.at = NOON + MINUTE
    await lane.submit(Wake(CHANNEL))
    for name in ("ann", "bob"):
        await ledger.claim(name, request=f"twitch:{name}:2")
    await lane.submit(NoteTold(CHANNEL, ("twitch:ann:2",)))
    chat = RecordingChat()
    telling = made(lane, chat, clock, reads=reads)
    await telling.sweep(at_start=True)
    assert await ledger.untold() == ["twitch:bob", "twitch:cy", "twitch:bob:2"]
    async with running(telling):
        clock.at += 2 * SECOND
        await until(lambda: len(chat.lines) == 2)
    assert chat.lines == [
        "I was away and still owe an answer: Teal Mug is yours, @bob #2 (of 48)",
        "@cy: Teal Mug is open now: type !claim mug, or !md claim mug if you just typed that.",
    ]
    await reads.close()


async def test_a_refusal_that_had_to_wait_for_the_gap_says_what_is_true_by_then(lane, new_ledger, clock):
    reads = Reads(new_ledger)
    ledger = Ledger(lane, reads, clock)
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(announce_at=NOON, opens_at=NOON + 10 * SECOND),)))
    chat = RecordingChat()
    telling = made(lane, chat, clock, reads=reads)
    async with running(telling):
        telling.say_to(viewer("ann"), "Next: Teal Mug.", topic="board")
        await until(lambda: chat.lines)
        telling.claim_decided(viewer("ann"), await ledger.claim("ann"))
        clock.at = NOON + 10 * SECOND
        await lane.submit(Wake(CHANNEL))
        clock.at = NOON + GAP
        telling.say_now("wake")
        await until(lambda: len(chat.lines) == 3)
    assert chat.lines[2].startswith("@ann: Teal Mug is open now: type !claim mug")
    await reads.close()


async def test_a_refusal_is_told_as_it_was_decided_where_nobody_can_look_it_up(clock):
    class Unreadable:
        async def rows(self, _query):
            raise OSError("planted")

    lane, chat = NotingLane(), RecordingChat()
    telling = made(lane, chat, clock, reads=Unreadable())
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", refused(ClaimRefusal.PAUSED)))
        clock.at += 10 * SECOND
        await until(lambda: lane.told)
    assert "Teal Mug is paused" in chat.lines[0]


async def test_a_young_answer_is_left_to_whoever_is_about_to_tell_it(ledger, clock):
    await ledger.claim("ann")
    chat = RecordingChat()
    telling = made(ledger.lane, chat, clock, reads=ledger.reads)
    clock.at += 10 * SECOND
    await telling.sweep()
    async with running(telling):
        clock.at += 5 * SECOND
        telling.say_now("Teal Mug is paused.")
        await until(lambda: chat.lines)
        await telling.sweep()
        assert chat.lines == ["Teal Mug is paused."]
        clock.at += 15 * SECOND
        await telling.sweep()
        clock.at += SECOND
        await until(lambda: len(chat.lines) == 2)
    assert "@ann #1" in chat.lines[1]


async def test_a_lost_answer_is_told_in_time_though_somebody_sets_the_clock_back(ledger, clock):
    await ledger.claim("ann")
    clock.at -= 60 * MINUTE
    chat, steady = RecordingChat(), FixedClock(0)
    telling = made(ledger.lane, chat, clock, reads=ledger.reads, steady=steady)
    await telling.sweep()
    steady.at += LOST_AFTER
    await telling.sweep()
    async with running(telling):
        steady.at += SECOND
        await until(lambda: chat.lines)
    assert "@ann #1" in chat.lines[0]


async def test_a_lost_press_on_discord_is_told_on_the_board_to_winners_by_name(ledger, clock):
    for name in ("ann", "bob", "cy", "dee"):
        await ledger.claim(name, platform="discord")
    board = RecordingBoard()
    telling = made(ledger.lane, None, clock, board=board, reads=ledger.reads)
    board.down = PlaceDown("discord")
    await telling.sweep(at_start=True)
    assert await ledger.untold() == [f"discord:{name}" for name in ("ann", "bob", "cy", "dee")]
    board.down = None
    await telling.sweep()
    await telling.sweep()
    # Nothing can be said to a refused one any more: the moderators' card counts them.
    assert await ledger.untold() == ["discord:dee"]
    ((place, card, nonce),) = board.posts
    assert place == "discord:announcements"
    assert all(f"{name} #{number}" in card.text for number, name in enumerate(("ann", "bob", "cy"), 1))
    assert "@" not in card.text
    assert len(nonce) <= 25


async def test_a_refused_person_is_told_the_reason_by_name(clock):
    lane, chat = NotingLane(), RecordingChat()
    telling = made(lane, chat, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:1", refused(ClaimRefusal.CANCELLED)))
        clock.at += 2 * SECOND
        await until(lambda: lane.told)
    assert len(chat.lines) == 1
    assert chat.lines[0].startswith("@ann: Teal Mug was cancelled")
