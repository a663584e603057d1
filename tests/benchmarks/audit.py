"""What must be true of a store after a crowd has claimed from it: the same questions for every contestant."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, select

from bot.storage import tables
from bot.storage.database import snapshot_engine
from tests.conftest import CHANNEL

Unit = tuple[str, int]


class AuditFailed(Exception):
    """A store broke a promise: no figure of it counts."""


@dataclass(frozen=True, slots=True)
class Store:
    """What a store says afterwards: who has which number, and the numbers of its entries where it keeps any."""

    units: Sequence[Unit]
    entries: Sequence[int] = ()


def audit(store: Store, answered: Mapping[str, Unit | None], *, asked: int, supply: int) -> list[str]:
    """Everything that is wrong, in sentences; empty when nothing is.

    `answered` tells for each request the person and the number that it was answered with, None for a refusal."""
    faults: list[str] = []
    numbers = Counter(number for _, number in store.units)
    persons = Counter(person for person, _ in store.units)
    granted = [unit for unit in answered.values() if unit is not None]
    if len(answered) != asked:
        faults.append(f"{asked - len(answered)} of {asked} requests were not answered")
    if len(store.units) > supply:
        faults.append(f"oversold: {len(store.units)} units of {supply}")
    if twice := sum(count > 1 for count in persons.values()):
        faults.append(f"{twice} persons hold more than one unit")
    if repeated := sum(count > 1 for count in numbers.values()):
        faults.append(f"{repeated} numbers were handed out more than once")
    if holes := max(numbers, default=0) - len(numbers):
        faults.append(f"{holes} numbers were left out")
    if lost := set(granted) - set(store.units):
        faults.append(f"{len(lost)} answers are not in the store, such as {min(lost)}")
    if silent := set(store.units) - set(granted):
        faults.append(f"{len(silent)} units were handed out without an answer, such as {min(silent)}")
    if sorted(store.entries) != list(range(1, len(store.entries) + 1)):
        faults.append("the entries are not numbered without a gap")
    return faults


def check(store: Store, answered: Mapping[str, Unit | None], *, asked: int, supply: int) -> None:
    """Raises AuditFailed unless nothing is wrong."""
    if faults := audit(store, answered, asked=asked, supply=supply):
        raise AuditFailed("; ".join(faults))


def ledger_store(url: URL, drop: str) -> Store:
    """The units of a drop, by the platform's user ids, and all entries of a ledger on either database."""
    unit, identity, entry = tables.unit, tables.identity, tables.entry
    held = (
        select(identity.c.user_id, unit.c.number)
        .join_from(
            unit,
            identity,
            (identity.c.channel_id == unit.c.channel_id) & (identity.c.person_id == unit.c.person_id),
        )
        .where(unit.c.channel_id == CHANNEL, unit.c.drop_key == drop)
    )
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            units = [(user_id, number) for user_id, number in connection.execute(held)]
            entries = connection.scalars(select(entry.c.number).where(entry.c.channel_id == CHANNEL)).all()
    finally:
        engine.dispose()
    return Store(units, entries)


def claim_store(path: Path) -> Store:
    """What the bots with one table keep."""
    with closing(sqlite3.connect(path)) as connection:
        return Store(connection.execute("SELECT viewer, number FROM claim").fetchall())
