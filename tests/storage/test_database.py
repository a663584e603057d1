"""The engines: what a reader may do, and what remains of one that was given up."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from bot.storage import tables
from bot.storage.database import READERS, Reads
from tests.conftest import CHANNEL

NAME = select(tables.channel.c.name).where(tables.channel.c.id == CHANNEL)
SECONDS_MAX = 60.0


@pytest.fixture
async def reads(lane, new_ledger):
    reads = Reads(new_ledger)
    yield reads
    await reads.close()


async def test_a_reader_sees_what_the_lane_has_committed(reads):
    nobody = NAME.where(tables.channel.c.id > CHANNEL)
    assert await reads.scalar(NAME) == "teapot"
    assert (await reads.rows(nobody), await reads.scalar(nobody)) == ([], None)


async def test_a_reader_cannot_write(reads):
    with pytest.raises(OperationalError, match="readonly"):
        await reads.rows(update(tables.channel).values(name="x").returning(tables.channel.c.id))
    assert await reads.scalar(NAME) == "teapot"


def test_a_reader_never_checkpoints_and_waits_while_the_ledger_is_locked(new_ledger):
    reads = Reads(new_ledger)
    with reads._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("wal_autocheckpoint", "query_only", "busy_timeout")
        }
    asyncio.run(reads.close())
    assert found == {"wal_autocheckpoint": 0, "query_only": 1, "busy_timeout": 5_000}


async def test_readers_that_are_given_up_in_the_middle_leave_every_connection_free(reads):
    inside, go = threading.Semaphore(0), threading.Event()

    @event.listens_for(reads._engine, "before_cursor_execute")
    def hold_up(*_: object) -> None:
        inside.release()
        assert go.wait(SECONDS_MAX)

    asking = [asyncio.create_task(reads.scalar(NAME)) for _ in range(2 * READERS)]
    for _ in range(READERS):
        assert await asyncio.to_thread(inside.acquire, timeout=SECONDS_MAX)
    for task in asking:
        task.cancel()
    given_up = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in given_up} == {asyncio.CancelledError}
    go.set()
    again = (reads.scalar(NAME) for _ in range(2 * READERS))
    assert await asyncio.wait_for(asyncio.gather(*again), SECONDS_MAX) == ["teapot"] * 2 * READERS


async def test_closing_lets_what_is_being_read_finish(lane, new_ledger):
    reads = Reads(new_ledger)
    asking = [asyncio.create_task(reads.scalar(NAME)) for _ in range(2 * READERS)]
    await asyncio.sleep(0)
    await reads.close()
    assert await asyncio.gather(*asking) == ["teapot"] * 2 * READERS
