"""A ledger with a row in every table that verifying covers, and all the small ways to change one of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Column, Connection, LargeBinary, Row, Table, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.claims import ClaimDrop
from bot.domain.code_sets import BurnCodes, IssueCodes, Spilled
from bot.domain.control import SteerDrop, Verb
from bot.domain.linking import LinkPeople, UnlinkMe
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.stream import Wake
from bot.domain.time import DAY, MINUTE
from bot.domain.verifying import NoteVerified
from bot.storage import tables
from bot.storage.checking import Faults, check_bytes
from bot.storage.database import ledger_url, snapshot_engine
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.new_ledgers import new_ledger_at
from tests.storage.early import BEGINS, EARLY, SUBSCRIBER, claiming, found, judging


async def full_ledger(path: Path) -> URL:
    """An evening with claims, some of them early, codes, gifts, a deed taken back, a cancelled drop and a repair;
    people link their accounts. The night after it some are forgotten, and all of it is noted as verified."""
    url = ledger_url(str(path))
    new_ledger_at(url)
    clock = FixedClock(NOON - DAY)
    async with running_lane(url, clock) as lane:

        async def claim(*names: str) -> None:
            for name in names:
                await lane.submit(ClaimDrop(CHANNEL, f"twitch:c-{name}", viewer(name.rstrip("2")), "mug"))

        async def steer(verb: Verb, request: str, drop: str = "mug", **more: Any) -> None:
            await lane.submit(SteerDrop(CHANNEL, f"twitch:{request}", MIA, verb, drop, **more))

        async def link(*names: str) -> None:
            for name in names:
                account = viewer(f"{name}-there", "discord")
                await lane.submit(LinkPeople(CHANNEL, f"twitch:l-{name}", viewer(name), account, confirmed=True))

        async def redeem(name: str, number: int) -> None:
            code = digest(number)
            await lane.submit(ClaimDrop(CHANNEL, f"twitch:code-{name}", viewer(name), "mug", code=code))

        async def unlink(name: str) -> None:
            asked = await lane.submit(UnlinkMe(CHANNEL, f"twitch:u1-{name}", viewer(name)))
            await lane.submit(UnlinkMe(CHANNEL, f"twitch:u2-{name}", viewer(name), asked.decision.link))

        mug = plan(supply=10, held_back=2, per_person=2, series="mug", **EARLY)
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (mug, plan("cup"))))
        clock.at = BEGINS
        await lane.submit(Wake(CHANNEL))
        # Two go early, one of them after she has waited for it; whoever waits at the end is let in with everybody.
        await lane.submit(claiming("ann", (SUBSCRIBER, found(1))))
        await lane.submit(claiming("dee"))
        clock.at += MINUTE
        await lane.submit(judging("dee", 1))
        clock.at = NOON
        await lane.submit(Wake(CHANNEL))
        await claim("bob", "ann2", "cy")
        made = tuple(map(digest, range(1, 5)))
        await lane.submit(IssueCodes(CHANNEL, "discord:codes", MIA, "EARLY", 1, made))
        await redeem("ann", 1)
        await redeem("bob", 2)
        await lane.submit(BurnCodes(CHANNEL, (Spilled(digest(3), digest(13)),)))
        await link("ann", "cy", "gus")
        await unlink("cy")
        await steer(Verb.GIVE, "give-1", receiver=viewer("eve"), why="mistyped")
        await steer(Verb.UNDO, "undo-1", "")
        await steer(Verb.GIVE, "give-2", receiver=viewer("fay"), why="late")
        clock.at += MINUTE
        await steer(Verb.PAUSE, "pause")
        await steer(Verb.RESUME, "resume")
        await steer(Verb.EXTEND, "extend", minutes=5)
        await steer(Verb.CANCEL, "cancel", "cup", confirmed=True)
        await lane.submit(FreezeDrops(CHANNEL))
        await lane.submit(ThawDrop(CHANNEL, "mug", 8))
        clock.at += DAY
        await lane.submit(Wake(CHANNEL))
        clock.at += DAY
        await lane.submit(Wake(CHANNEL))
        for name in ("bob", "cy", "gus"):
            await lane.submit(EraseMe(CHANNEL, f"twitch:forget-{name}", viewer(name), confirmed=True))
        await lane.submit(NoteVerified(CHANNEL, *tree_of(url), whole=True))
    return url


def digest(number: int) -> bytes:
    """Of a claim code: what it says is of no account here."""
    return bytes([number]) * 32


def tree_of(url: URL) -> tuple[int, bytes]:
    """How many entries there are, and the root over them."""
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            size = len(connection.scalars(select(tables.entry.c.number)).all())
            root = check_bytes(connection, CHANNEL, Faults())
            assert root is not None
            return size, root
    finally:
        engine.dispose()


class Change(NamedTuple):
    """What was done to which row; `rows` are what it was, and what it became or was exchanged with."""

    what: str
    rows: tuple[Mapping[str, Any], ...]


def changes(connection: Connection, table: Table, name: str) -> Iterator[Change]:
    """Every change of this column in each row that verifying covers, undone before the next one."""
    rows = covered_rows(connection, table)
    for place, row in enumerate(rows):
        if not is_provable(table, name, row):
            continue
        other = rows[place - 1]
        for value in _values(table.c[name], getattr(row, name), getattr(other, name)):
            after = {**row._mapping, name: value}
            if _done(connection, update(table).where(_is(table, row)).values({name: value})):
                yield Change(
                    f"{table.name}.{name} of {tuple(row)[:3]} is {value!r}", (row._mapping, after, other._mapping)
                )
            connection.rollback()


def removals(connection: Connection, table: Table) -> Iterator[Change]:
    """Each row taken out, and put back before the next one."""
    for row in covered_rows(connection, table):
        connection.execute(delete(table).where(_is(table, row)))
        yield Change(f"{table.name} without {tuple(row)[:3]}", (row._mapping,))
        connection.rollback()


def copies(connection: Connection, table: Table) -> Iterator[Change]:
    """Each row a second time, under the next free value of the last column of its key."""
    name = list(table.primary_key)[-1].name
    rows = covered_rows(connection, table)
    every = [getattr(row, name) for row in connection.execute(select(table))]
    free = max(every) + 1 if isinstance(every[0], int) else f"{max(every)}x"
    # A person's own count of their units is unique as well.
    beside = {"nth": 99} if "nth" in table.c else {}
    for row in rows:
        copy = {**row._mapping, **beside, name: free}
        connection.execute(insert(table).values(copy))
        yield Change(f"{table.name} with a copy of {tuple(row)[:3]} as {free!r}", (copy, row._mapping))
        connection.rollback()


def covered_rows(connection: Connection, table: Table) -> list[Row[Any]]:
    """The rows that entries say something about: of answers those that grant, of people those who were ever granted
    a unit."""
    query = select(table)
    if table is tables.outcome:
        gives = (table.c.kind == "steer.done") & table.c.request_id.like("%:give-%")
        query = query.where((table.c.kind == "claim.granted") | gives)
    if table is tables.person:
        given = (tables.entry.c.kind == "unit.granted") & tables.entry.c.person_id.is_not(None)
        named = select(tables.entry.c.person_id).where(given)
        query = query.where(table.c.id.in_(named))
    return list(connection.execute(query).all())


def is_provable(table: Table, name: str, row: Row[Any]) -> bool:
    """Of an answer to somebody who was erased nobody can tell where they had asked, and by which message; of a pass
    that was given by hand, whether it was giver or owner who was erased with its entry."""
    if table is tables.pass_ and name == "owner" and row.owner is None:
        return bool(row.drop_key)
    return not (table is tables.outcome and row.user_id == "" and name in ("request_id", "platform"))


def _values(column: Column[Any], value: Any, other: Any) -> list[Any]:
    """Other values for a place: the nearest ones, nothing at all, and what stands there in another row."""
    if value is None:
        near = [b"\x00" if isinstance(column.type, LargeBinary) else "x" if isinstance(column.type, Text) else 1]
    elif isinstance(value, bytes):
        near = [_flipped(value, 0), _flipped(value, -1), _flipped(value, len(value) // 2), value[:-1]]
    elif isinstance(value, str):
        near = [f"{value}x", value[:-1], value.swapcase()]
    else:
        near = [value + 1, value - 1]
    return [each for each in dict.fromkeys([*near, None, other]) if each != value]


def _flipped(raw: bytes, place: int) -> bytes:
    changed = bytearray(raw or b"\x00")
    changed[place] ^= 1
    return bytes(changed)


def _is(table: Table, row: Row[Any]) -> Any:
    keys = [column == getattr(row, column.name) for column in table.primary_key]
    return keys[0] if len(keys) == 1 else keys[0] & _all(keys[1:])


def _all(conditions: list[Any]) -> Any:
    joined = conditions[0]
    for condition in conditions[1:]:
        joined &= condition
    return joined


def _done(connection: Connection, statement: Any) -> bool:
    """Whether the database takes it: some of it, it refuses by itself."""
    try:
        connection.execute(statement)
    except IntegrityError:
        return False
    return True
