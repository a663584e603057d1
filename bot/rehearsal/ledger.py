"""Reads a ledger file as a stranger would: plain SQL, read-only, nothing of the program that wrote it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class LedgerUnreadable(Exception):
    """There is no ledger, or it has not the tables that it should have."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it stands; `document` is its canonical JSON, `secret` its private part (None once erased)."""

    number: int
    at: int
    kind: str
    drop: str
    canonical: bytes
    leaf_hash: bytes
    private: bytes | None
    salt: bytes | None

    @property
    def document(self) -> Mapping[str, Any]:
        """Raises ValueError when the bytes are no JSON."""
        return dict(json.loads(self.canonical))

    @property
    def public(self) -> Mapping[str, Any]:
        return dict(self.document.get("public") or {})

    @property
    def secret(self) -> Mapping[str, Any]:
        return dict(json.loads(self.private)) if self.private else {}


@dataclass(frozen=True, slots=True)
class UnitRow:
    drop: str
    number: int
    person: int
    how: str
    granted_at: int
    entry: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What the ledger says a request was answered: `kind` and the decision's own fields."""

    request: str
    kind: str
    drop: str
    platform: str
    user: str
    decision: Mapping[str, Any]
    at: int
    told_at: int | None


@dataclass(frozen=True, slots=True)
class NewsRow:
    """Something that was to be said in a place; `reference` is the message id the platform gave it.

    `created_at` is the moment of the fact that it tells (microseconds UTC)."""

    place: str
    kind: str
    drop: str
    result: str
    reference: str
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class BallotRow:
    """A ballot as it is kept: `entry` cast it, `pass_number` is the pass that was spent on it, 0 for none."""

    poll: str
    person: int
    entry: int
    choice: list[Any]
    weight: int
    pass_number: int


@dataclass(frozen=True, slots=True)
class PassRow:
    number: int
    uses: int
    used: int
    spent_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """Everything the judge asks a ledger about. `identities` maps (platform, user id) to the person."""

    entries: tuple[EntryRow, ...] = ()
    units: tuple[UnitRow, ...] = ()
    outcomes: tuple[OutcomeRow, ...] = ()
    news: tuple[NewsRow, ...] = ()
    identities: Mapping[tuple[str, str], int] = field(default_factory=dict)
    supplies: Mapping[str, int] = field(default_factory=dict)
    ballots: tuple[BallotRow, ...] = ()
    passes: tuple[PassRow, ...] = ()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise LedgerUnreadable(f"The ledger {path.name} cannot be read: {error}.") from error


def read_ledger(path: Path) -> LedgerFile:
    """Read all of it at one moment. Raises LedgerUnreadable."""
    with _opened(path) as connection:
        connection.execute("BEGIN")

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        return LedgerFile(
            entries=tuple(
                EntryRow(*row)
                for row in rows(
                    "SELECT number, at, kind, drop_key, canonical, leaf_hash, private, salt "
                    "FROM entry ORDER BY number"
                )
            ),
            units=tuple(
                UnitRow(*row)
                for row in rows(
                    "SELECT drop_key, number, person_id, how, granted_at, entry_number FROM unit "
                    "ORDER BY drop_key, number"
                )
            ),
            outcomes=tuple(
                OutcomeRow(request, kind, drop, platform, user, json.loads(decision), at, told_at)
                for request, kind, drop, platform, user, decision, at, told_at in rows(
                    "SELECT request_id, kind, drop_key, platform, user_id, decision, at, told_at "
                    "FROM outcome ORDER BY at"
                )
            ),
            news=tuple(
                NewsRow(*row)
                for row in rows(
                    "SELECT place, kind, drop_key, result, reference, created_at FROM outbox ORDER BY id"
                )
            ),
            identities={
                (platform, user): person
                for platform, user, person in rows("SELECT platform, user_id, person_id FROM identity")
            },
            supplies=dict(rows('SELECT key, supply FROM "drop"')),
            ballots=tuple(
                BallotRow(poll, person, entry, json.loads(choice), weight, pass_number)
                for poll, person, entry, choice, weight, pass_number in rows(
                    "SELECT poll_key, person_id, entry_number, choice, weight, pass_number FROM ballot "
                    "ORDER BY entry_number"
                )
            ),
            passes=tuple(
                PassRow(number, uses, used, tuple(json.loads(spent_on)))
                for number, uses, used, spent_on in rows(
                    "SELECT number, uses, used, spent_on FROM pass ORDER BY number"
                )
            ),
        )


# A press is answered at once or never: a refusal that a crash has lost is pressed again, or was sold out anyway.
_PRESS_ANSWERED_WITHIN = 10_000_000


def is_over(path: Path, now: int) -> bool:
    """Whether every drop and poll has closed, everybody who claimed has been told as far as they still can be, and
    no news waits to be said, but for the moderators' card of what is to be mended, which keeps half a minute for
    late answers; `now` is in microseconds UTC."""
    still = (
        "SELECT EXISTS (SELECT 1 FROM \"drop\" WHERE state NOT IN ('closed', 'settled', 'cancelled')) "
        "OR EXISTS (SELECT 1 FROM poll WHERE state = 'open') "
        "OR EXISTS (SELECT 1 FROM outcome WHERE told_at IS NULL AND kind LIKE 'claim.%' "
        "AND (platform <> 'discord' OR kind = 'claim.granted' OR at > ?)) "
        "OR EXISTS (SELECT 1 FROM outbox WHERE done_at IS NULL AND kind <> 'repair')"
    )
    with _opened(path) as connection:
        return not connection.execute(still, (now - _PRESS_ANSWERED_WITHIN,)).fetchone()[0]
