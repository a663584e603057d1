"""Time in which a test's process got no turn is not counted against what it waits for."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from tests.patient_loop import PIECE, PatientLoop, PatientSelector, stood_still

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows tests run on the usual loop")


class Clock:
    """Each look at it takes as long as the next of `steps` says, in seconds."""

    def __init__(self) -> None:
        self.at, self.steps = 100.0, list[float]()

    def __call__(self) -> float:
        self.at += self.steps.pop(0) if self.steps else 0.0
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def selector(clock: Clock) -> Iterator[PatientSelector]:
    with PatientSelector(clock) as made:
        yield made


@pytest.mark.parametrize(
    ("asked", "worked", "waited", "lost"),
    [
        (0.01, 0.0, 0.01, 0.0),
        (0.0, PIECE, PIECE, 0.0),
        (0.0, 5.0 + PIECE, 0.0, 5.0),
        (0.01, 0.0, 5.01 + PIECE, 5.0),
        (3600.0, 0.0, 5.0 + 2 * PIECE, 5.0),
        (None, 2.0 + PIECE, 3.0 + 2 * PIECE, 5.0),
    ],
)
def test_what_takes_longer_than_a_turn_may_is_lost(
    clock: Clock, selector: PatientSelector, asked: float | None, worked: float, waited: float, lost: float
) -> None:
    clock.steps = [worked, waited]
    assert selector.select(asked) == []
    assert selector.lost == pytest.approx(lost)


async def test_an_answer_that_is_there_is_read_before_a_deadline_that_passed_in_a_standstill() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, PatientLoop)
    here, there = await open_pair()
    async with asyncio.timeout(0.3):
        there.write(b"an answer\n")
        time.sleep(1.0)  # noqa: ASYNC251 - the machine gives no turn
        assert await here.readline() == b"an answer\n"
    there.close()
    assert stood_still(loop) > 0.5


async def test_a_deadline_passes_all_the_same_when_nothing_comes() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.Event().wait()
    assert time.monotonic() - begun >= 0.19


async def open_pair() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    read, write = os.pipe()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb"))
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(write, "wb"))
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)
