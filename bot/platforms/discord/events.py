"""The server's calendar: our scheduled events, made and changed over REST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from bot.domain.calendar_step import CalendarEvent, Change, EventStatus, SeenEvent, drop_marked
from bot.domain.time import Micros
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.refusals import translated
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.hooks import Probe, no_probe
from bot.services.ports import PlaceDown

WHERE = "the server's calendar"
# Discord takes few changes a minute and asks to wait then; nobody waits for these.
PATIENCE_SECONDS = 60.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATUSES = {
    discord.EventStatus.scheduled: EventStatus.SCHEDULED,
    discord.EventStatus.active: EventStatus.ACTIVE,
    discord.EventStatus.completed: EventStatus.COMPLETED,
    discord.EventStatus.cancelled: EventStatus.CANCELLED,
}
_THEIRS = {ours: theirs for theirs, ours in _STATUSES.items()}


class DiscordEvents:
    """The calendar behind ports.CalendarSender. `bot` gives the client of the moment, None between two of them."""

    def __init__(
        self, settings: DiscordSettings, bot: Callable[[], DiscordBot | None], *, probe: Probe = no_probe
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._probe = probe
        self._seconds = settings.request_timeout + PATIENCE_SECONDS

    async def marked(self) -> Mapping[str, SeenEvent]:
        """See ports.CalendarSender. What others wrote into the calendar is not ours, whatever it says."""
        bot, guild = self._guild()
        async with translated(WHERE, seconds=self._seconds):
            events = await guild.fetch_scheduled_events(with_counts=False)
        own = [_seen(event) for event in events if bot.user is not None and event.creator_id == bot.user.id]
        return {event.drop: event for event in own if event.drop and not event.over}

    async def look(self, event_id: str) -> SeenEvent | None:
        """See ports.CalendarSender."""
        event = await self._fetch(event_id)
        return None if event is None else _seen(event)

    async def create(self, event: CalendarEvent) -> str:
        """See ports.CalendarSender."""
        _, guild = self._guild()
        if event.starts_at is None:
            raise ValueError(f"the event of {event.drop} has begun already")
        async with translated(WHERE, seconds=self._seconds):
            self._probe("discord.event.before")
            made = await guild.create_scheduled_event(
                name=event.name,
                description=event.description,
                location=event.place,
                entity_type=discord.EntityType.external,
                privacy_level=discord.PrivacyLevel.guild_only,
                start_time=_instant(event.starts_at),
                end_time=_instant(event.ends_at),
            )
            self._probe("discord.event.after")
        return str(made.id)

    async def change(self, change: Change) -> None:
        """See ports.CalendarSender."""
        event = await self._fetch(change.id)
        if event is None:
            return
        values: dict[str, Any] = {}
        if change.event is not None:
            values = {"name": change.event.name, "description": change.event.description}
            values["location"] = change.event.place
        if change.starts_at is not None:
            values["start_time"] = _instant(change.starts_at)
        if change.ends_at is not None:
            values["end_time"] = _instant(change.ends_at)
        if change.status is not None:
            values["status"] = _THEIRS[change.status]
        async with translated(WHERE, seconds=self._seconds):
            await event.edit(**values)

    async def _fetch(self, event_id: str) -> discord.ScheduledEvent | None:
        _, guild = self._guild()
        async with translated(WHERE, seconds=self._seconds):
            try:
                return await guild.fetch_scheduled_event(int(event_id), with_counts=False)
            except discord.NotFound:
                return None

    def _guild(self) -> tuple[DiscordBot, discord.Guild]:
        bot = self._bot()
        guild = None if bot is None or not bot.online else bot.get_guild(self._settings.guild_id)
        if bot is None or guild is None or guild.unavailable:
            raise PlaceDown("not connected to the Discord server")
        return bot, guild


def _seen(event: discord.ScheduledEvent) -> SeenEvent:
    starts_at = _micros(event.start_time)
    ends_at = starts_at if event.end_time is None else _micros(event.end_time)
    drop = drop_marked(event.description or "")
    return SeenEvent(str(event.id), drop, _STATUSES[event.status], starts_at, ends_at)


def _instant(at: Micros) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def _micros(at: datetime) -> Micros:
    return (at - _EPOCH) // timedelta(microseconds=1)
