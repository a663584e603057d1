"""A stranger holds the ledger's lock, or the disk takes nothing more: claims wait or fail aloud, none is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.rig import PRESS_SECONDS, Night, night
from tests.journeys.rig import drop, until

resource = pytest.importorskip("resource", reason="Windows knows no limits of a process")
pytestmark = pytest.mark.slow

ON_CUE = drop("mug", opening="cue", supply=6)
TRY_AGAIN = "please type !md claim"


@contextmanager
def _stranger_writes(tonight: Night) -> Iterator[None]:
    """Somebody else's program has the write lock, as a browser of databases may."""
    stranger = sqlite3.connect(tonight.ledger, isolation_level=None)
    try:
        stranger.execute("BEGIN IMMEDIATE")
        yield
    finally:
        stranger.close()


async def test_claims_wait_while_a_stranger_has_the_lock_for_a_moment(tmp_path):
    # Longer than the moment can last, however slow the machine is.
    async with night(tmp_path, ON_CUE, busy_ms=60_000) as tonight:
        await tonight.open_on_cue()
        with _stranger_writes(tonight):
            tonight.say("ann", "!claim")
            pressed = tonight.press("fan")
            # Asked while it was locked: Discord saw that we think, so the bot has both claims by now.
            await until(lambda: tonight.seen("deferred"), "the bot thinks about the press")
            assert tonight.facts().units() == []
        await tonight.hears("@ann", "is yours")
        await until(lambda: any("of 6 is yours" in answer.text for answer in pressed.answers), "fan is answered")
        await tonight.quiet()
        assert tonight.facts().units() == [1, 2]


async def test_claims_are_told_to_try_again_while_a_stranger_keeps_the_lock(tmp_path):
    async with night(tmp_path, ON_CUE, busy_ms=1_000) as tonight:
        await tonight.open_on_cue()
        with _stranger_writes(tonight):
            tonight.say("ann", "!claim")
            await tonight.hears(TRY_AGAIN)
            assert tonight.facts().units() == []
        tonight.say("ann", "!md claim")
        await tonight.hears("@ann", "#1 of 6")
        await tonight.quiet()
        assert tonight.facts().units() == [1]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process's files")
@pytest.mark.parametrize("restarted", [False, True])
async def test_a_full_disk_is_said_aloud_and_the_bot_goes_on_when_there_is_room_again(tmp_path, restarted):
    async with night(tmp_path, ON_CUE) as tonight:
        await tonight.open_on_cue()
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1 of 6")
        await tonight.quiet()
        _limit_files(tonight, tonight.folder.joinpath("ledger.sqlite-wal").stat().st_size)
        tonight.say("bob", "!claim")
        await tonight.hears(TRY_AGAIN)
        assert "try again" in (await tonight.press("fan").wait(PRESS_SECONDS)).text
        assert tonight.facts().units() == [1]
        if restarted:
            tonight.kill()
            await tonight.died()
            await tonight.start()
        else:
            _limit_files(tonight, resource.RLIM_INFINITY)
        tonight.say("bob", "!md claim")
        await tonight.hears("@bob", "#2 of 6")
        assert "#3 of 6" in (await tonight.press("fan").wait(PRESS_SECONDS)).text
        await tonight.quiet()
        assert tonight.facts().units() == [1, 2, 3]
        assert tonight.openings() == (1, 1)


def _limit_files(tonight: Night, bytes_max: int) -> None:
    """No file of the bot may grow beyond this: its writes fail as they do on a full disk."""
    assert tonight.process is not None
    assert tonight.process.pid is not None
    resource.prlimit(tonight.process.pid, resource.RLIMIT_FSIZE, (bytes_max, resource.RLIM_INFINITY))
