"""Copies of the ledger: how they are called, which are due, and which may go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.time import DAY, HOUR, SECOND, Micros

EVERY: Micros = HOUR
MIGRATIONS_KEPT = 3

_NAME = re.compile(
    r"(?P<stem>.+)-(?P<stamp>[0-9]{8}T[0-9]{6})(?:-(?P<turn>[0-9]{1,4}))?-(?P<why>[a-z]+(?:-[0-9a-z]+)?)\.sqlite"
)


class Occasion(StrEnum):
    """Why a copy was made; the word stands in its name."""

    HOURLY = "hourly"
    CLOSED = "closed"
    STOPPED = "stopped"
    BY_HAND = "byhand"


BEFORE = "before-"  # and a revision: made before the ledger's layout was changed


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy by its name. `taken_at` is when copying began, to the second; `turn` tells two of a second apart."""

    name: str
    taken_at: Micros
    why: str
    turn: int = 1

    @property
    def order(self) -> tuple[Micros, int]:
        return (self.taken_at, self.turn)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many of the newest copies are kept, and for how many days one a day beyond them."""

    recent: int = 24
    daily: int = 14


def backup_name(stem: str, taken_at: Micros, why: str, turn: int = 1) -> str:
    """ "ledger-20261201T210000-hourly.sqlite": in UTC, so that names sort by time."""
    stamp = datetime.fromtimestamp(taken_at // SECOND, UTC).strftime("%Y%m%dT%H%M%S")
    return f"{stem}-{stamp}{f'-{turn}' if turn > 1 else ''}-{why}.sqlite"


def read_name(name: str, stem: str) -> Backup | None:
    """What a file's name says of it; None for a file that is no copy of the ledger called `stem`."""
    parts = _NAME.fullmatch(name)
    if parts is None or parts["stem"] != stem:
        return None
    if parts["why"] not in list(Occasion) and not parts["why"].startswith(BEFORE):
        return None
    try:
        taken = datetime.strptime(parts["stamp"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(name, int(taken.timestamp()) * SECOND, parts["why"], int(parts["turn"] or 1))


def to_delete(backups: Iterable[Backup], keeping: Keeping, now: Micros) -> tuple[Backup, ...]:
    """Which copies may go, once a new one has been found good. The newest never goes, whatever its age, and what
    somebody made by hand is theirs to delete."""
    newest_first = sorted(backups, key=lambda backup: backup.order, reverse=True)
    before = [backup for backup in newest_first if backup.why.startswith(BEFORE)]
    own = [b for b in newest_first if b.why != Occasion.BY_HAND and not b.why.startswith(BEFORE)]
    kept = {*newest_first[:1], *before[:MIGRATIONS_KEPT], *own[: max(1, keeping.recent)]}
    kept |= _one_a_day([backup for backup in own if backup not in kept], keeping.daily, now)
    return tuple(backup for backup in (*before, *own) if backup not in kept)


def _one_a_day(newest_first: Sequence[Backup], days: int, now: Micros) -> set[Backup]:
    newest_of_day: dict[int, Backup] = {}
    for backup in newest_first:
        if backup.taken_at > now - days * DAY:
            newest_of_day.setdefault(backup.taken_at // DAY, backup)
    return set(newest_of_day.values())


@dataclass(frozen=True, slots=True)
class BackupStanding:
    """What decides whether a copy is due: how old the newest one is (None without one), whether entries have come
    since, and whether a drop has closed since."""

    age: Micros | None
    changed: bool
    closed: bool


def due_backup(standing: BackupStanding) -> Occasion | None:
    """Which copy is due, None when none is: nothing is copied twice for nothing."""
    if not standing.changed:
        return None
    if standing.closed:
        return Occasion.CLOSED
    # A copy from the future is one from before somebody set the clock back: it must not put others off.
    return Occasion.HOURLY if standing.age is None or not 0 <= standing.age < EVERY else None
