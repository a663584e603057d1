"""The calendar follows the drops: through moves, crashes, people who take events away, and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.calendar_step import (
    ENDED,
    GONE,
    CalendarEvent,
    Change,
    EventStatus,
    NoteEvent,
    SeenEvent,
    drop_marked,
)
from bot.domain.control import SteerDrop, Verb
from bot.domain.moving import MoveDrop
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from bot.services.calendar import Calendar
from bot.services.ports import NotAllowed, PlaceDown, SendRefused
from bot.storage.calendar import known_events
from bot.storage.database import Reads
from bot.storage.lane import Lane
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane
from tests.services.fakes import WORDS, RecordingBoard, until

END = NOON + 15 * MINUTE
REQUESTS = count()


@dataclass
class FakeCalendar:
    """Discord's calendar as far as it matters: it refuses what Discord refuses, and `faults` come first."""

    clock: FixedClock
    events: dict[str, SeenEvent] = field(default_factory=dict)
    shown: dict[str, CalendarEvent] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    after_create: Callable[[], None] = lambda: None
    made: int = 0

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.faults:
            raise self.faults.pop(0)

    async def marked(self) -> dict[str, SeenEvent]:
        self._ask("list")
        return {event.drop: event for event in self.events.values() if not event.over}

    async def look(self, event_id: str) -> SeenEvent | None:
        self._ask("look")
        return self.events.get(event_id)

    async def create(self, event: CalendarEvent) -> str:
        self._ask("create")
        assert event.starts_at is not None
        assert self.clock.now() < event.starts_at < event.ends_at
        self.made += 1
        made = str(self.made)
        drop = drop_marked(event.description)
        self.events[made] = SeenEvent(made, drop, EventStatus.SCHEDULED, event.starts_at, event.ends_at)
        self.shown[made] = event
        self.after_create()
        return made

    async def change(self, change: Change) -> None:
        self._ask("change")
        event = self.events[change.id]
        allowed = {
            EventStatus.SCHEDULED: (EventStatus.ACTIVE, EventStatus.CANCELLED),
            EventStatus.ACTIVE: (EventStatus.COMPLETED,),
        }
        assert not event.over
        assert change.status is None or change.status in allowed[event.status]
        assert change.starts_at is None or change.starts_at > self.clock.now()
        event = replace(
            event, starts_at=change.starts_at or event.starts_at, ends_at=change.ends_at or event.ends_at
        )
        assert event.starts_at < event.ends_at
        self.events[change.id] = replace(event, status=change.status or event.status)

    def pass_to(self, at: int) -> None:
        """Events begin and end by themselves."""
        for event in list(self.events.values()):
            if event.status is EventStatus.SCHEDULED and event.starts_at <= at:
                event = replace(event, status=EventStatus.ACTIVE)
            if event.status is EventStatus.ACTIVE and event.ends_at <= at:
                event = replace(event, status=EventStatus.COMPLETED)
            self.events[event.id] = event


@dataclass
class Desk:
    """A lane, a calendar, and what keeps the one in step with the other."""

    lane: Lane
    clock: FixedClock
    reads: Reads
    discord: FakeCalendar
    board: RecordingBoard
    calendar: Calendar

    async def planned(self, *plans: Any) -> None:
        await self.lane.submit(ApplyPlans(CHANNEL, f"config:{next(REQUESTS)}", BOT, plans))

    async def at(self, moment: int) -> None:
        """Time goes on, everywhere."""
        self.clock.at = moment
        self.discord.pass_to(moment)
        await self.lane.submit(Wake(CHANNEL))
        await self.calendar.look()

    async def steered(self, verb: Verb, **more: Any) -> None:
        request = f"twitch:{verb}-{next(REQUESTS)}"
        await self.lane.submit(SteerDrop(CHANNEL, request, MIA, verb, "mug", **more))
        await self.calendar.look()

    async def moved(self, opens: str) -> None:
        await self.lane.submit(MoveDrop(CHANNEL, f"twitch:move-{next(REQUESTS)}", MIA, "mug", opens, "ill"))
        await self.calendar.look()

    async def noted(self) -> str:
        return (await known_events(self.reads, CHANNEL))["mug"].digest

    def statuses(self) -> list[str]:
        return [str(event.status) for event in self.discord.events.values()]


@asynccontextmanager
async def a_desk(url: Any, clock: FixedClock, discord: FakeCalendar) -> AsyncIterator[Desk]:
    reads, board = Reads(url), RecordingBoard()
    async with running_lane(url, clock) as lane:
        calendar = Calendar(
            lane,
            reads,
            CHANNEL,
            WORDS,
            clock,
            events=discord,
            board=board,
            place="https://twitch.tv/teapot",
            in_chat=True,
            gap_seconds=0.0,
        )
        lane.listen(calendar.committed)
        try:
            yield Desk(lane, clock, reads, discord, board, calendar)
        finally:
            await reads.close()


@pytest.fixture
def discord(clock: FixedClock) -> FakeCalendar:
    return FakeCalendar(clock)


@pytest.fixture
async def desk(new_ledger: Any, clock: FixedClock, discord: FakeCalendar) -> AsyncIterator[Desk]:
    """A mug that was announced an hour before noon, and has its event."""
    async with a_desk(new_ledger, clock, discord) as made:
        await made.planned(plan())
        await made.at(NOON - HOUR)
        yield made


async def test_an_announced_drop_gets_an_event_and_then_discord_is_left_in_peace(desk: Desk) -> None:
    (event,) = desk.discord.shown.values()
    assert (event.name, event.place, event.starts_at, event.ends_at) == (
        "Teal Mug",
        "https://twitch.tv/teapot",
        NOON,
        END,
    )
    assert event.description.startswith(
        "48 numbered, one each. It stays open for 15 min. Claim it here with /claim mug, or"
    )
    assert desk.discord.asked == ["list", "create"]
    await desk.calendar.look()
    await desk.at(NOON - 30 * MINUTE)
    assert desk.discord.asked == ["list", "create"]


async def test_nobody_is_told_of_a_drop_before_it_is_announced(new_ledger, clock, discord) -> None:
    async with a_desk(new_ledger, clock, discord) as desk:
        await desk.planned(plan())
        await desk.calendar.look()
        assert discord.asked == []


async def test_an_early_window_is_part_of_the_event(new_ledger, clock, discord) -> None:
    async with a_desk(new_ledger, clock, discord) as desk:
        await desk.planned(plan(early="subscriber or vip", early_for=10 * MINUTE, early_units=24))
        await desk.at(NOON - HOUR)
    (event,) = discord.shown.values()
    assert (event.starts_at, event.ends_at) == (NOON - 10 * MINUTE, END)
    assert (
        "First for subscribers and VIPs, at most 24 of 48; 10 min later for everybody, for 15 min."
        in event.description
    )


async def test_an_event_follows_a_move_an_extension_and_the_close(desk: Desk) -> None:
    await desk.moved("+30m")
    (event,) = desk.discord.events.values()
    assert (event.starts_at, event.ends_at) == (NOON + 30 * MINUTE, END + 30 * MINUTE)
    await desk.at(NOON + 30 * MINUTE)
    assert desk.statuses() == ["active"]
    await desk.steered(Verb.EXTEND, minutes=5)
    (event,) = desk.discord.events.values()
    assert event.ends_at == END + 35 * MINUTE
    await desk.steered(Verb.CLOSE)
    assert (desk.statuses(), await desk.noted()) == (["completed"], ENDED)
    asked = len(desk.discord.asked)
    await desk.steered(Verb.UNDO)
    await desk.at(END + HOUR)
    assert len(desk.discord.asked) == asked


async def test_an_event_is_called_off_with_its_drop(desk: Desk) -> None:
    await desk.steered(Verb.CANCEL, confirmed=True)
    assert desk.statuses() == ["cancelled"]


async def test_a_drop_opened_by_hand_starts_its_event(desk: Desk) -> None:
    """It closes long before the event was to start: Discord would take no such end."""
    await desk.steered(Verb.OPEN)
    (event,) = desk.discord.events.values()
    assert (event.status, event.ends_at) == (EventStatus.ACTIVE, END)
    await desk.at(NOON - 45 * MINUTE)
    assert desk.statuses() == ["completed"]


async def test_while_a_drop_is_paused_its_event_is_left_alone(desk: Desk) -> None:
    await desk.at(NOON)
    await desk.steered(Verb.PAUSE)
    assert desk.statuses() == ["active"]
    await desk.steered(Verb.CANCEL, confirmed=True)
    assert desk.statuses() == ["completed"]


async def test_an_undone_opening_ends_the_event_and_a_new_time_gets_a_new_one(desk: Desk) -> None:
    await desk.steered(Verb.OPEN)
    await desk.steered(Verb.UNDO)
    assert desk.statuses() == ["completed"]
    await desk.moved("12:30")
    assert desk.statuses() == ["completed", "scheduled"]


async def test_a_crash_between_making_and_noting_makes_no_second_event(
    new_ledger: Any, clock: FixedClock, discord: FakeCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_desk(new_ledger, clock, discord) as desk:
        await desk.planned(plan())
        submit = desk.lane.submit

        async def lost(command: Any) -> Any:
            if isinstance(command, NoteEvent):
                raise TryAgain("the process ends here")
            return await submit(command)

        monkeypatch.setattr(desk.lane, "submit", lost)
        with pytest.raises(TryAgain):
            await desk.at(NOON - HOUR)
        assert await known_events(desk.reads, CHANNEL) == {}
    async with a_desk(new_ledger, clock, discord) as desk:
        await desk.at(NOON - 50 * MINUTE)
        assert (discord.made, await desk.noted()) == (1, discord.shown["1"].digest)
        assert discord.asked == ["list", "create", "list", "look", "change"]


async def test_an_answer_that_never_came_makes_no_second_event(desk: Desk) -> None:
    """Discord has made the second mug's event, and the line broke before we heard of it."""

    def breaks() -> None:
        desk.discord.after_create = lambda: None
        raise PlaceDown("no answer")

    desk.discord.after_create = breaks
    await desk.planned(plan(), plan("print", opens_at=NOON + HOUR))
    with pytest.raises(PlaceDown):
        await desk.calendar.look()
    await desk.calendar.look()
    assert sorted(event.drop for event in desk.discord.events.values()) == ["mug", "print"]


async def test_an_event_that_somebody_took_away_is_not_made_again(desk: Desk) -> None:
    desk.discord.events.clear()
    await desk.moved("+1h")
    assert await desk.noted() == GONE
    await desk.moved("+1h")
    assert (desk.discord.made, desk.discord.events) == (1, {})


async def test_a_drop_that_missed_its_time_gets_a_new_event_with_its_new_time(new_ledger, clock, discord) -> None:
    """The process was down at noon, and until long after: the old event began and ended without it."""
    async with a_desk(new_ledger, clock, discord) as desk:
        await desk.planned(plan())
        await desk.at(NOON - HOUR)
    async with a_desk(new_ledger, clock, discord) as desk:
        await desk.at(NOON + 5 * HOUR)
        assert (desk.statuses(), await desk.noted()) == (["completed"], ENDED)
        await desk.moved("in 2h")
        assert desk.statuses() == ["completed", "scheduled"]
        assert discord.events["2"].starts_at == NOON + 7 * HOUR


async def test_a_missing_permission_is_said_once_and_the_drops_go_on(desk: Desk) -> None:
    desk.discord.faults = [NotAllowed("discord:calendar: the bot may not do that there")] * 3
    for opens in ("+10m", "+20m", "+30m"):
        await desk.moved(opens)
    ((place, card, _),) = desk.board.posts
    assert place == DISCORD_MODERATORS
    assert "permission Create Events" in card.text
    await desk.moved("+10m")
    assert desk.discord.events["1"].starts_at == NOON + 70 * MINUTE
    desk.discord.faults = [NotAllowed("again")]
    await desk.moved("+10m")
    assert len(desk.board.posts) == 2


async def test_without_the_permission_a_rush_of_changes_asks_no_more(desk: Desk) -> None:
    desk.discord.faults = [NotAllowed("no")]
    running = asyncio.create_task(desk.calendar.run())
    await desk.lane.submit(MoveDrop(CHANNEL, "twitch:m", MIA, "mug", "+10m", "ill"))
    await until(lambda: desk.board.posts)
    asked = len(desk.discord.asked)
    for minutes in range(1, 6):
        await desk.lane.submit(MoveDrop(CHANNEL, f"twitch:m{minutes}", MIA, "mug", f"+{minutes}m", "ill"))
    assert len(desk.discord.asked) == asked
    desk.calendar.wake()
    await until(lambda: desk.discord.events["1"].starts_at == NOON + 25 * MINUTE)
    running.cancel()


async def test_what_discord_does_not_take_holds_up_no_other_drop(desk: Desk) -> None:
    desk.discord.faults = [SendRefused("discord:calendar: 400")]
    await desk.lane.submit(MoveDrop(CHANNEL, "twitch:m", MIA, "mug", "+10m", "ill"))
    await desk.planned(plan(opens_at=NOON + 10 * MINUTE), plan("print", opens_at=NOON + HOUR))
    await desk.calendar.look()
    assert [event.drop for event in desk.discord.events.values()] == ["mug", "print"]
    asked = len(desk.discord.asked)
    await desk.calendar.look()
    assert len(desk.discord.asked) == asked
    await desk.moved("+10m")
    assert desk.discord.events["1"].starts_at == NOON + 20 * MINUTE


async def test_the_calendar_catches_up_once_discord_is_back(desk: Desk) -> None:
    desk.discord.faults = [PlaceDown("down", 3_600)]
    running = asyncio.create_task(desk.calendar.run())
    await desk.lane.submit(MoveDrop(CHANNEL, "twitch:m", MIA, "mug", "+10m", "ill"))
    await until(lambda: not desk.discord.faults)
    assert desk.discord.events["1"].starts_at == NOON
    desk.calendar.wake()
    await until(lambda: desk.discord.events["1"].starts_at == NOON + 10 * MINUTE)
    running.cancel()
