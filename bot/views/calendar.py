"""`microdrops calendar`: the drops' windows as a file that phones and calendars read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.config import Config
from bot.domain.calendar_file import CalendarEvent, CalendarStatus, calendar_file
from bot.domain.time import DAY, Micros
from bot.domain.window_story import PlannedWindow, window_stories
from bot.opening import CHANNEL_ID
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.window_story import ledger_id, window_facts
from bot.wording.catalogue import Wording
from bot.wording.next_drop import calendar_text

KEPT: Micros = 7 * DAY


class NotWritten(Exception):
    """Why there is no calendar, as a sentence without its full stop."""


def read_calendar(config: Config, now: Micros, *, planned: bool = False) -> tuple[bytes, int]:
    """The file, and how many windows are in it: those that viewers know of, with `planned` also those that nobody
    was told of yet; coming ones, those of the past week, and cancelled ones. Raises NotWritten."""
    path = config.ledger.path
    if path is not None and not path.exists():
        raise NotWritten(f"there is no ledger at {path} yet")
    engine = snapshot_engine(ledger_url(config.ledger.url))
    try:
        with engine.connect() as connection:
            windows = list(window_stories(window_facts(connection, CHANNEL_ID)))
            origin = ledger_id(connection, CHANNEL_ID)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        raise NotWritten(f"the ledger cannot be read ({reason})") from None
    finally:
        engine.dispose()
    events = list(_events(config, windows, now, planned=planned))
    return calendar_file(events, name=config.channel.name, origin=f"{origin}.microdrops"), len(events)


def write_calendar(file: bytes, path: Path) -> None:
    """Put it there as a whole: whoever fetches it meanwhile gets the old one. Raises NotWritten."""
    beside = path.with_name(f"{path.name}.part")
    try:
        beside.write_bytes(file)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise NotWritten(f"{path} cannot be written ({error.strerror})") from None


def _events(
    config: Config, windows: Iterable[PlannedWindow], now: Micros, *, planned: bool
) -> Iterator[CalendarEvent]:
    words = Wording(config.wording, zone=config.channel.time_zone)
    for window in windows:
        event = window.event
        shown = window.announced or (planned and event.status is CalendarStatus.CONFIRMED)
        if shown and event.closes_at > now - KEPT:
            yield replace(event, description=calendar_text(words, window.plan), url=config.public.url)
