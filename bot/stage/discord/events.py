"""Scheduled events of the server: planned, begun, ended or called off, and who is interested in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.stage.discord import errors, payloads
from bot.stage.discord.errors import FormErrors, StageError
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.notes import Notes
from bot.stage.discord.permissions import Permission
from bot.stage.discord.sessions import SCHEDULED_EVENTS, Sessions
from bot.stage.discord.snowflakes import Snowflakes
from bot.stage.record import SECOND

Json = dict[str, Any]

SCHEDULED, ACTIVE, COMPLETED, CANCELLED = 1, 2, 3, 4
EXTERNAL = 3
EVENTS_MAX = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAY_BECOME = {SCHEDULED: (ACTIVE, CANCELLED), ACTIVE: (COMPLETED,), COMPLETED: (), CANCELLED: ()}
_NAMES = {SCHEDULED: "scheduled", ACTIVE: "started", COMPLETED: "ended", CANCELLED: "cancelled"}


@dataclass(slots=True, eq=False)
class ScheduledEvent:
    """An event somewhere outside of Discord; times are microseconds since the epoch."""

    id: str
    creator: Member
    name: str
    description: str | None
    location: str
    starts_at: int
    ends_at: int
    status: int = SCHEDULED
    interested: list[str] = field(default_factory=list)


class Events:
    """The server's events. Each begins and ends in time by itself, for which a running event loop is needed."""

    def __init__(
        self, notes: Notes, clock: Callable[[], int], ids: Snowflakes, guild: Guild, sessions: Sessions
    ) -> None:
        self._notes = notes
        self._clock = clock
        self._ids = ids
        self._guild = guild
        self._sessions = sessions
        self._events: dict[str, ScheduledEvent] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def all(self) -> list[ScheduledEvent]:
        return list(self._events.values())

    def coming(self) -> list[ScheduledEvent]:
        """Those that have not ended."""
        return [event for event in self.all() if event.status in (SCHEDULED, ACTIVE)]

    def get(self, event_id: str) -> ScheduledEvent:
        """Raises 10070."""
        if (event := self._events.get(event_id)) is None:
            raise errors.unknown_event()
        return event

    def create(self, by: Member, body: Json) -> ScheduledEvent:
        """Raises 50013, 50035, and 30038 for the 101st that has not ended."""
        self._guild.require_in_guild(by, Permission.CREATE_EVENTS)
        self._check(body, None)
        if len(self.coming()) >= EVENTS_MAX:
            raise errors.too_many_things(30038, "uncompleted guild scheduled events", EVENTS_MAX)
        event = ScheduledEvent(
            self._ids.next(),
            by,
            body["name"].strip(),
            body.get("description"),
            body["entity_metadata"]["location"],
            _moment(body["scheduled_start_time"]),
            _moment(body["scheduled_end_time"]),
            interested=[by.id],
        )
        self._events[event.id] = event
        self._tell("GUILD_SCHEDULED_EVENT_CREATE", event, by, "scheduled")
        self._wait_for_next(event)
        return event

    def change(self, by: Member, event: ScheduledEvent, body: Json) -> None:
        """Edit, start, end or cancel. Raises 50013 and 50035."""
        self._require_power(by, event)
        self._check(body, event)
        event.name = body.get("name", event.name)
        event.description = body.get("description", event.description)
        event.location = (body.get("entity_metadata") or {}).get("location", event.location)
        if body.get("scheduled_start_time"):
            event.starts_at = _moment(body["scheduled_start_time"])
        if body.get("scheduled_end_time"):
            event.ends_at = _moment(body["scheduled_end_time"])
        event.status = body.get("status") or event.status
        what = _NAMES[event.status] if body.get("status") else "changed"
        self._tell("GUILD_SCHEDULED_EVENT_UPDATE", event, by, what)
        self._wait_for_next(event)

    def delete(self, by: Member, event: ScheduledEvent) -> None:
        self._require_power(by, event)
        del self._events[event.id]
        self._stop_waiting(event)
        self._tell("GUILD_SCHEDULED_EVENT_DELETE", event, by, "deleted")

    def subscribe(self, member: Member, event_id: str, *, interested: bool = True) -> None:
        """A member marks interest or takes it back; raises StageError for what the client would not offer."""
        event = self._events.get(event_id)
        if event is None or event.status not in (SCHEDULED, ACTIVE):
            raise StageError(f"{member.name} sees no coming event {event_id}.")
        if (member.id in event.interested) == interested:
            raise StageError(f"{member.name} has done that already.")
        (event.interested.append if interested else event.interested.remove)(member.id)
        told = {"guild_scheduled_event_id": event.id, "user_id": member.id, "guild_id": self._guild.id}
        name = "GUILD_SCHEDULED_EVENT_USER_ADD" if interested else "GUILD_SCHEDULED_EVENT_USER_REMOVE"
        self._sessions.dispatch(name, told, intent=SCHEDULED_EVENTS)
        self._note(event, member, "interested" if interested else "no longer interested")

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _wait_for_next(self, event: ScheduledEvent) -> None:
        self._stop_waiting(event)
        at = {SCHEDULED: event.starts_at, ACTIVE: event.ends_at}.get(event.status)
        if at is not None:
            seconds = max(at - self._clock(), 0) / SECOND
            self._timers[event.id] = asyncio.get_running_loop().call_later(seconds, self._next, event)

    def _stop_waiting(self, event: ScheduledEvent) -> None:
        if (timer := self._timers.pop(event.id, None)) is not None:
            timer.cancel()

    def _next(self, event: ScheduledEvent) -> None:
        event.status = ACTIVE if event.status == SCHEDULED else COMPLETED
        self._tell("GUILD_SCHEDULED_EVENT_UPDATE", event, event.creator, _NAMES[event.status])
        self._wait_for_next(event)

    def _require_power(self, by: Member, event: ScheduledEvent) -> None:
        own = event.creator is by
        self._guild.require_in_guild(by, Permission.CREATE_EVENTS if own else Permission.MANAGE_EVENTS)

    def _check(self, body: Json, event: ScheduledEvent | None) -> None:
        wrong = FormErrors()
        new = event is None
        if (new or "name" in body) and wrong.require(bool(body.get("name")), ("name",)):
            wrong.length(body["name"], 1, 100, ("name",))
        wrong.length(body.get("description"), 0, 1000, ("description",))
        if new or "privacy_level" in body:
            wrong.choice(body.get("privacy_level"), (2,), ("privacy_level",))
        if new or "entity_type" in body:
            # The stage's server has no voice channel in which another kind could take place.
            wrong.choice(body.get("entity_type"), (EXTERNAL,), ("entity_type",))
        place = (body.get("entity_metadata") or {}).get("location")
        needs_place = new or "entity_metadata" in body
        if needs_place and wrong.require(bool(place), ("entity_metadata", "location")):
            wrong.length(place, 1, 100, ("entity_metadata", "location"))
        self._check_times(body, event, wrong)
        status = body.get("status")
        if event is not None and status is not None and status not in _MAY_BECOME[event.status]:
            wrong.add(("status",), "GUILD_SCHEDULED_EVENT_STATUS_INVALID", "Invalid Guild Scheduled Event status")
        wrong.raise_if_any()

    def _check_times(self, body: Json, event: ScheduledEvent | None, wrong: FormErrors) -> None:
        moments: dict[str, int | None] = {
            "scheduled_start_time": None if event is None else event.starts_at,
            "scheduled_end_time": None if event is None else event.ends_at,
        }
        for key in moments:
            if event is None and not wrong.require(bool(body.get(key)), (key,)):
                continue
            if body.get(key):
                try:
                    moments[key] = _moment(body[key])
                except ValueError:
                    wrong.add((key,), "DATE_TIME_TYPE_PARSE", f'Could not parse "{body[key]}". Should be ISO8601.')
        starts_at, ends_at = moments.values()
        if body.get("scheduled_start_time") and starts_at is not None and starts_at < self._clock():
            wrong.add(
                ("scheduled_start_time",),
                "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
                "Cannot schedule event in the past.",
            )
        if starts_at is not None and ends_at is not None and ends_at <= starts_at:
            wrong.add(
                ("scheduled_end_time",),
                "GUILD_SCHEDULED_EVENT_END_BEFORE_START",
                "Cannot schedule event to end before start.",
            )

    def _tell(self, name: str, event: ScheduledEvent, by: Member, what: str) -> None:
        self._sessions.dispatch(name, payloads.event(event), intent=SCHEDULED_EVENTS)
        self._note(event, by, what)

    def _note(self, event: ScheduledEvent, who: Member, what: str) -> None:
        data = {"event_id": event.id, "status": _NAMES[event.status], "starts_at": event.starts_at}
        self._notes.add("event", f"{event.name}: {what}", who, data=data)


def _moment(text: str) -> int:
    """Microseconds since the epoch; raises ValueError. Without an offset the platform takes it for UTC."""
    parsed = datetime.fromisoformat(str(text))
    moment = parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)
