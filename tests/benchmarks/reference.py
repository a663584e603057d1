"""The same claims by a plain sqlite3 program: the same checks in SQL, the same rows, no asyncio and no layers."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson

from bot.domain.claims import ClaimDrop
from bot.storage import tables

Rows = dict[str, list[tuple[Any, ...]]]

PERSON = """
SELECT i.person_id, p.secret FROM identity i JOIN person p ON p.channel_id = i.channel_id AND p.id = i.person_id
WHERE i.channel_id = ? AND i.platform = ? AND i.user_id = ?"""

# Window, supply, the next number and once per person, in one statement.
CLAIM = """
INSERT INTO unit (channel_id, drop_key, edition, number, person_id, nth, how, granted_at, entry_number)
SELECT d.channel_id, d.key, 1, d.next, CAST(? AS INTEGER), 1, 'claim', CAST(? AS BIGINT), CAST(? AS INTEGER)
FROM (
  SELECT channel_id, key, supply - held_back AS claimable, (
    SELECT coalesce(max(u.number), 0) + 1 FROM unit u
    WHERE u.channel_id = "drop".channel_id AND u.drop_key = "drop".key AND u.edition = 1
  ) AS next
  FROM "drop"
  WHERE channel_id = ? AND key = ? AND state = 'open' AND paused_at IS NULL AND opened_at <= ? AND ? < closes_at
) d
WHERE d.next <= d.claimable AND NOT EXISTS (
  SELECT 1 FROM unit w WHERE w.channel_id = d.channel_id AND w.person_id = ? AND w.drop_key = d.key
)
RETURNING number"""

LAST_ENTRY = "SELECT coalesce(max(number), 0) FROM entry WHERE channel_id = ?"
COUNT = 'UPDATE "drop" SET claimed = claimed + ? WHERE channel_id = ? AND key = ?'
COLUMNS = {table.name: table.columns.keys() for table in (tables.unit, tables.entry, tables.outcome)}


def insert(table: str, placeholder: str = "?") -> str:
    names = COLUMNS[table]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([placeholder] * len(names))})"


class Reference:
    """Decides and writes claims on a DB-API cursor. `placeholder` is the driver's, "?" or "%s"."""

    def __init__(
        self,
        cursor: Any,
        drop: tuple[str, str, int],
        channel: str,
        *,
        placeholder: str = "?",
        salt: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._cursor = cursor
        self._drop, self._title, self._supply = drop
        self._channel = channel
        self._salt = salt
        self._person, self._claim, self._last_entry, self._count = (
            text.replace("?", placeholder) for text in (PERSON, CLAIM, LAST_ENTRY, COUNT)
        )
        self._entries, self._outcomes = insert("entry", placeholder), insert("outcome", placeholder)

    def take(self, claims: Sequence[ClaimDrop], moment: int) -> dict[str, tuple[str, int] | None]:
        """Decide these claims within the open transaction, and write what came of them."""
        cursor, drop = self._cursor, self._drop
        channel_id = claims[0].channel_id
        cursor.execute(self._last_entry, (channel_id,))
        (entry_number,) = cursor.fetchone()
        answered: dict[str, tuple[str, int] | None] = {}
        entries: list[tuple[Any, ...]] = []
        outcomes: list[tuple[Any, ...]] = []
        for claim in claims:
            actor = claim.actor
            cursor.execute(self._person, (channel_id, actor.platform, actor.user_id))
            person_id, secret = cursor.fetchone()
            cursor.execute(
                self._claim,
                (person_id, moment, entry_number + 1, channel_id, drop, moment, moment, person_id),
            )
            row = cursor.fetchone()
            if row is None:
                answered[claim.request_id] = None
                continue
            entry_number += 1
            entries.append(self.entry_row(claim, person_id, secret, row[0], entry_number, moment))
            outcomes.append(self.outcome_row(claim, row[0], entries[-1], moment))
            answered[claim.request_id] = actor.user_id, row[0]
        cursor.executemany(self._entries, entries)
        cursor.executemany(self._outcomes, outcomes)
        cursor.execute(self._count, (len(entries), channel_id, drop))
        return answered

    def entry_row(
        self, claim: ClaimDrop, person_id: int, secret: bytes, number: int, entry_number: int, moment: int
    ) -> tuple[Any, ...]:
        """The sealed entry of a claim that was granted `number`."""
        actor = claim.actor
        private = orjson.dumps(
            {
                "name": actor.name,
                "person": person_id,
                "platform": actor.platform,
                "request": claim.request_id,
                "user": actor.user_id,
            }
        )
        salt = self._salt(16)
        scope = f"{self._channel}/{self._drop}"
        holder = hmac.digest(secret, scope.encode(), hashlib.sha256)[:16].hex()
        canonical = orjson.dumps(
            {
                "at": moment,
                "channel": self._channel,
                "drop": self._drop,
                "kind": "unit.granted",
                "number": entry_number,
                "private": hashlib.sha256(salt + private).hexdigest(),
                "public": {"holder": holder, "how": "claim", "number": number},
                "v": 1,
            }
        )
        leaf = hashlib.sha256(b"\x00" + canonical).digest()
        return (
            claim.channel_id, entry_number, moment, "unit.granted", self._drop,
            canonical, leaf, private, salt, person_id,
        )  # fmt: skip

    def outcome_row(self, claim: ClaimDrop, number: int, entry: tuple[Any, ...], moment: int) -> tuple[Any, ...]:
        """The answer that is kept for the same request asked again; it names the entry and its leaf."""
        actor, (_, entry_number, *_, leaf, _, _, _) = claim.actor, entry
        decision = orjson.dumps(
            {
                "drop": self._drop,
                "title": self._title,
                "number": number,
                "supply": self._supply,
                "units_left": self._supply - number,
                "entry": entry_number,
                "leaf": leaf.hex(),
            }
        )
        return (
            claim.channel_id, claim.request_id, "claim.granted", self._drop,
            actor.platform, actor.user_id, actor.name, decision, moment, None,
        )  # fmt: skip


def on_ledger(cursor: Any, drop: str, *, placeholder: str = "?", **options: Any) -> Reference:
    """The reference on a ledger. The drop's title and supply are read once, as any program would."""
    about = f'SELECT channel_id, title, supply FROM "drop" WHERE key = {placeholder}'
    cursor.execute(about, (drop,))
    channel_id, title, supply = cursor.fetchone()
    cursor.execute(f"SELECT name FROM channel WHERE id = {placeholder}", (channel_id,))
    (channel,) = cursor.fetchone()
    return Reference(cursor, (drop, title, supply), channel, placeholder=placeholder, **options)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that is as safe on the disk as the lane's."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def in_groups(
    connection: Any,
    reference: Reference,
    claims: Sequence[ClaimDrop],
    moment: int,
    group: int,
    begin: str = "BEGIN IMMEDIATE",
) -> dict[str, tuple[str, int] | None]:
    """All of these claims, one durable commit for each `group` of them."""
    answered: dict[str, tuple[str, int] | None] = {}
    for start in range(0, len(claims), group):
        connection.execute(begin)
        answered |= reference.take(claims[start : start + group], moment)
        connection.execute("COMMIT")
    return answered


def rows_of(path: Path, drop: str) -> Rows:
    """The rows that the claims of a drop have left, in the order of the table's columns."""
    granted = {"unit": "1", "entry": "kind = 'unit.granted'", "outcome": "1"}
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(
                f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE drop_key = ? AND {where} ORDER BY rowid",
                (drop,),
            ).fetchall()
            for table, where in granted.items()
        }


def ready_made(connection: sqlite3.Connection, rows: Rows, group: int) -> None:
    """Rows that somebody else has decided: what is left when nothing is looked up and nothing computed."""
    for start in range(0, len(rows["unit"]), group):
        connection.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            connection.executemany(insert(table), values[start : start + group])
        connection.execute("COMMIT")
