"""Discord's calendar: which event each drop is to have there, and the next step towards it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple, dataclass
from enum import StrEnum

from bot.domain.drop_plan import Opening
from bot.domain.drops import Drop, DropState
from bot.domain.time import MINUTE, Micros

NAME_CHARACTERS_MAX = 100
DESCRIPTION_CHARACTERS_MAX = 1_000
PLACE_CHARACTERS_MAX = 100
# Discord takes no start that has passed, and its clock is not ours.
AHEAD: Micros = MINUTE

# Digests that stand for what became of an event; any other is of what Discord was last told.
ENDED, GONE, FOUND = "ended", "gone", "found"

_MARK = re.compile(r"^drop: ([a-z0-9-]{1,40})$", re.MULTILINE)


class EventStatus(StrEnum):
    """Where an event stands. What has ended or was called off never comes back."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What the calendar is to show of a drop. `starts_at` is None once it has begun."""

    drop: str
    name: str
    description: str
    place: str
    starts_at: Micros | None
    ends_at: Micros

    @property
    def digest(self) -> str:
        """When it starts, 0 once it has, and what tells one version of it from the next."""
        return f"{self.starts_at or 0}.{hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event of ours as Discord shows it; `drop` is whose it is by its mark, "" without one."""

    id: str
    drop: str
    status: EventStatus
    starts_at: Micros
    ends_at: Micros

    @property
    def over(self) -> bool:
        return self.status in (EventStatus.COMPLETED, EventStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """What we have noted of a drop's event: Discord's id of it, and a digest."""

    id: str
    digest: str

    @property
    def lives(self) -> bool:
        """Whether it is still ours to keep in step, as far as we know."""
        return self.digest not in (ENDED, GONE)

    def has_begun(self, moment: Micros) -> bool:
        """Whether the start that Discord was told of has come."""
        starts_at = self.digest.partition(".")[0]
        return starts_at.isdigit() and int(starts_at) <= moment


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """Keep in mind what is known of a drop's event."""

    channel_id: int
    drop: str
    event_id: str
    digest: str


class Wish(StrEnum):
    """What is wanted of a drop's event: to be there, to be as it is, or not to be."""

    SHOWN = "shown"
    LEFT = "left"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Create:
    """Make the event."""

    event: CalendarEvent


@dataclass(frozen=True, slots=True)
class Change:
    """Change the event of that id: what it shows where `event` says so, when it is, and where it stands."""

    id: str
    event: CalendarEvent | None = None
    starts_at: Micros | None = None
    ends_at: Micros | None = None
    status: EventStatus | None = None
    then: str = ENDED


@dataclass(frozen=True, slots=True)
class Note:
    """Nothing is to be done at Discord: only to be noted."""

    id: str
    digest: str


Step = Create | Change | Note


def marked(sentence: str, drop: str) -> str:
    """A description whose last line says whose event it is: after a crash it is known again by that."""
    mark = f"\n\ndrop: {drop}"
    return sentence[: DESCRIPTION_CHARACTERS_MAX - len(mark)] + mark


def drop_marked(description: str) -> str:
    """The drop that a description names in a line of its own, the last of them; "" for none."""
    found = _MARK.findall(description)
    return found[-1] if found else ""


def wish_of(drop: Drop) -> Wish:
    """What is wanted of this drop's event. While it waits for the stream nobody can tell its time."""
    if drop.frozen or drop.paused:
        return Wish.LEFT
    if drop.open:
        return Wish.SHOWN
    if drop.state is not DropState.ANNOUNCED or drop.on_cue or drop.plan.opening is Opening.CUE:
        return Wish.NONE
    return Wish.LEFT if drop.postponed_why else Wish.SHOWN


def asks_for_a_step(wish: Wish, event: CalendarEvent | None, known: KnownEvent | None, moment: Micros) -> bool:
    """Whether Discord is to be asked at all: nearly always nothing has changed since it was told.

    `event` is what is wanted where that is to be shown."""
    if wish is Wish.LEFT or (known is not None and known.digest == GONE):
        return False
    if event is None:
        return known is not None and known.lives
    if known is None or not known.lives:
        return event.starts_at is not None and event.starts_at > moment + AHEAD
    too_late = event.starts_at is not None and event.starts_at <= moment + AHEAD
    return known.digest != event.digest and not too_late


def next_step(
    event: CalendarEvent | None, known: KnownEvent | None, seen: SeenEvent | None, moment: Micros
) -> Step | None:
    """The one step that `asks_for_a_step` has asked for; `event` None means that there is to be none.

    `seen` is the event that is known by its id, or, where none lives, the one that bears the drop's mark."""
    if known is None or not known.lives:
        if event is None:
            return None
        # Made by us before a crash, which came before we could note it.
        return Create(event) if seen is None or seen.over else Note(seen.id, FOUND)
    if seen is None or seen.over:
        return Note(known.id, _end_of(event, known, seen, moment))
    if event is None:
        return _ending(seen)
    return _in_step(event, seen)


def _end_of(event: CalendarEvent | None, known: KnownEvent, seen: SeenEvent | None, moment: Micros) -> str:
    """Whose doing it is that an event is over: what somebody took away before it began is not made again.

    What has begun ends by itself, and Discord forgets it then."""
    if event is None or event.starts_at is None or known.has_begun(moment):
        return ENDED
    return ENDED if seen is not None and seen.status is EventStatus.COMPLETED else GONE


def _ending(seen: SeenEvent) -> Change:
    """Discord calls off what has not begun, and completes what has."""
    begun = seen.status is EventStatus.ACTIVE
    return Change(seen.id, status=EventStatus.COMPLETED if begun else EventStatus.CANCELLED)


def _in_step(event: CalendarEvent, seen: SeenEvent) -> Step:
    begun = seen.status is EventStatus.ACTIVE
    if event.starts_at is not None:
        # What has begun does not go back: it ends, and the new time gets an event of its own.
        if begun:
            return _ending(seen)
        return Change(seen.id, event, event.starts_at, event.ends_at, then=event.digest)
    # Opened by hand long before its time, it would end before it starts: then it is completed at the close.
    ends_at = event.ends_at if event.ends_at > seen.starts_at else None
    if begun and ends_at in (None, seen.ends_at):
        return Note(seen.id, event.digest)
    return Change(seen.id, None, None, ends_at, None if begun else EventStatus.ACTIVE, then=event.digest)
