"""The tables that project the entries, and where they say something else than these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.domain.people import SECRET_BYTES
from bot.storage import tables
from bot.storage.answers import AnswerRow, outcome_differences
from bot.storage.coded import code_differences
from bot.storage.drops import drop_values, occurrence_values
from bot.storage.holdings import UnitRow, lost_differences, unit_differences
from bot.storage.linked import link_differences
from bot.storage.outcomes import CHECKING, VOTE_CHECKING
from bot.storage.passed import night_differences, pass_differences
from bot.storage.polled import poll_differences
from bot.storage.rebuilt import Rebuilt
from bot.storage.recollections import action_differences
from bot.storage.sealed import name_of, secrets_of


def row_differences(
    connection: Connection,
    channel_id: int,
    rebuilt: Rebuilt,
    units: Iterable[UnitRow],
    answers: Iterable[AnswerRow],
) -> Iterator[str]:
    """Where the tables that project the entries say something else than these. Of units and answers, these are to
    be compared with the ones in `rebuilt`."""
    secrets = secrets_of(connection, channel_id)
    yield from _channel_differences(connection, channel_id, rebuilt)
    yield from _drop_differences(connection, channel_id, rebuilt)
    yield from _edition_differences(connection, channel_id, rebuilt)
    yield from _occurrence_differences(connection, channel_id, rebuilt)
    yield from unit_differences(units, name_of(connection, channel_id), rebuilt, secrets)
    yield from lost_differences(connection, channel_id, rebuilt)
    yield from link_differences(connection, channel_id, rebuilt, secrets)
    yield from code_differences(connection, channel_id, rebuilt)
    yield from pass_differences(connection, channel_id, rebuilt)
    yield from poll_differences(connection, channel_id, rebuilt, secrets)
    yield from night_differences(connection, channel_id, rebuilt, secrets)
    yield from _erasure_differences(rebuilt)
    yield from _person_differences(rebuilt, secrets)
    yield from action_differences(connection, channel_id, rebuilt)
    yield from _waiting_differences(connection, channel_id)
    yield from outcome_differences(answers, rebuilt)


def _channel_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    log_key = connection.scalar(select(tables.channel.c.log_key).where(tables.channel.c.id == channel_id))
    told = rebuilt.log_keys[-1].key if rebuilt.log_keys else ""
    if (log_key or "") != told:
        yield f"channel: log_key is {log_key!r}, the entries say {told!r}"


def _waiting_differences(connection: Connection, channel_id: int) -> Iterator[str]:
    """Whoever waits was told so, and is asked after no longer once there is an answer."""
    outcome = tables.outcome.c
    for table, kind in ((tables.hold, CHECKING), (tables.held_vote, VOTE_CHECKING)):
        waiting = table.c
        told = (outcome.channel_id == waiting.channel_id) & (outcome.request_id == waiting.request_id)
        query = select(waiting.request_id, outcome.kind).join_from(table, tables.outcome, told, isouter=True)
        for request_id, found in connection.execute(query.where(waiting.channel_id == channel_id)):
            if found != kind:
                yield f"{table.name} of {request_id}: it waits, and was answered {found or 'nothing'}"


def _erasure_differences(rebuilt: Rebuilt) -> Iterator[str]:
    """A private part may be gone only with its person."""
    for number in sorted(rebuilt.unsealed - rebuilt.erased.keys()):
        yield f"entry {number}: its private part is gone, and no person.erased entry lists it"
    for number in sorted(rebuilt.erased.keys() - rebuilt.unsealed):
        yield f"entry {number}: its person was erased, and its private part is still there"


def _person_differences(rebuilt: Rebuilt, secrets: Mapping[int | None, bytes | None]) -> Iterator[str]:
    """A secret goes with its person, and never otherwise: the pseudonyms of all drops depend on it."""
    for person_id, secret in secrets.items():
        if secret is None and person_id not in rebuilt.erased_persons:
            yield f"person {person_id}: the secret is gone, and no entry tells of an erasure"
        elif secret is not None and person_id in rebuilt.erased_persons:
            yield f"person {person_id}: an entry tells of the erasure, and the secret is still there"
        elif secret is not None and len(secret) != SECRET_BYTES:
            yield f"person {person_id}: the secret is of {len(secret)} bytes, not of {SECRET_BYTES}"
    for person_id in sorted(rebuilt.erased_persons - secrets.keys()):
        yield f"person {person_id}: an entry tells of the erasure, and the table does not know the person"


def _drop_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    drop = tables.drop
    rows = connection.execute(select(drop).where(drop.c.channel_id == channel_id).order_by(drop.c.key))
    stored = {row.key: row for row in rows}
    for key in sorted(rebuilt.drops.keys() - stored.keys()):
        yield f"drop {key}: the entries know it, the table does not"
    for key, row in stored.items():
        if key not in rebuilt.drops:
            yield f"drop {key}: no entry has planned it"
            continue
        wanted = drop_values(channel_id, rebuilt.drops[key])
        yield from _columns(f"drop {key}", row, wanted)
        out = len(rebuilt.owners.get(key, ()))
        if out != rebuilt.drops[key].units_owned or rebuilt.drops[key].units_out > rebuilt.drops[key].plan.supply:
            supply = rebuilt.drops[key].plan.supply
            yield f"drop {key}: {out} units have an owner, {rebuilt.drops[key].units_out} were counted of {supply}"


def _edition_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    wanted = {(key, 1): {"label": "", "supply": drop.plan.supply} for key, drop in rebuilt.drops.items()}
    edition = tables.edition
    rows = connection.execute(select(edition).where(edition.c.channel_id == channel_id))
    stored = {(row.drop_key, row.number): row for row in rows}
    for key, number in sorted(wanted.keys() ^ stored.keys()):
        missing = (key, number) in wanted
        yield f"edition {number} of {key}: {'it is missing' if missing else 'no entry has planned it'}"
    for key, number in sorted(wanted.keys() & stored.keys()):
        yield from _columns(f"edition {number} of {key}", stored[key, number], wanted[key, number])


def _occurrence_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    occurrence = tables.occurrence
    rows = connection.execute(select(occurrence).where(occurrence.c.channel_id == channel_id))
    stored: dict[str, list[Row[Any]]] = {}
    for row in rows:
        stored.setdefault(row.drop_key, []).append(row)
    for key in sorted(rebuilt.drops.keys() | stored.keys()):
        its = stored.get(key, [])
        if key not in rebuilt.drops or len(its) != 1:
            yield f"drop {key}: there are {len(its)} occurrences, the entries tell of {int(key in rebuilt.drops)}"
        else:
            wanted = occurrence_values(channel_id, rebuilt.drops[key].plan)
            yield from _columns(f"occurrence of {key}", its[0], wanted)


def _columns(where: str, row: Row[Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        found = getattr(row, name)
        if found != value:
            yield f"{where}: {name} is {found!r}, the entries say {value!r}"
