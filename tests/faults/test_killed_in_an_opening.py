"""`kill -9` at every step of an opening: it happens once, each place hears of it, and none hears it twice."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.stage.server import system_clock
from tests.faults.killed_bot import Trap
from tests.faults.rig import KILLED, Night, in_seconds, night
from tests.journeys.rig import QUICK, drop, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork"),
]

SECOND, MINUTE = 1_000_000, 60_000_000
# The first is long enough for a life to log in and announce the drop. Should the machine stand still just then, all
# is done once more with more time.
LEADS_SECONDS = (5, 20, 60)
# Announced so shortly before, it has no reminder.
PACE = {**QUICK, "soon_lead": "10m"}


@asynccontextmanager
async def _about_to_open(folder: Path, trap: str = "") -> AsyncIterator[Night]:
    """The bot has announced the drop and waits for its opening, with nothing left to do. With `trap` its life ends
    at the first passing of that point from the opening on."""
    for lead in LEADS_SECONDS:
        opens, opens_at = in_seconds(lead)
        home = folder / f"{lead}-seconds"
        home.mkdir()
        async with night(home, drop("mug", opens=opens), start=False, pace=PACE) as tonight:
            life = tonight.be_born(Trap(trap, not_before=opens_at) if trap else None)
            await until(partial(_waits_or_is_over, tonight), "the bot waits for the opening")
            if life.exitcode is None and system_clock() < opens_at - SECOND // 2:
                yield tonight
                return
            tonight.kill()
            await tonight.died()
    raise AssertionError("this machine is too slow for an opening in a minute")


def _waits_or_is_over(tonight: Night) -> bool:
    if tonight.process is None or tonight.process.exitcode is not None:
        return True
    if not tonight.listens_since(0):
        return False
    facts = tonight.facts()
    return facts.kinds["drop.announced"] == 1 and not facts.owed


async def _open_once(tonight: Night) -> None:
    """The drop is open by one entry, everything is said, and a claim gets #1."""
    await tonight.hears("is open")
    tonight.say("ann", "!claim")
    await tonight.hears("@ann", "#1 of 48")
    await tonight.quiet()
    facts = tonight.facts()
    assert facts.drops["mug"]["state"] == "open"
    assert (facts.kinds["drop.announced"], facts.kinds["drop.opened"]) == (1, 1)
    assert facts.drops["mug"]["claimed"] == 1


@pytest.mark.parametrize(
    ("point", "state"),
    [
        ("lane.before-begin", "announced"),
        ("lane.before-commit", "announced"),
        ("lane.after-commit", "open"),
        ("twitch.send.before", "open"),
        ("discord.send.before", "open"),
        ("discord.send.after", "open"),
    ],
)
async def test_a_drop_that_was_killed_while_opening_opens_once_and_is_announced_once(tmp_path, point, state):
    async with _about_to_open(tmp_path, point) as tonight:
        assert await tonight.died() == KILLED
        assert tonight.facts().drops["mug"]["state"] == state
        await tonight.start()
        await _open_once(tonight)
        assert tonight.openings() == (1, 1)
        assert sum("New drop" in line for line in tonight.chat) == 1


@pytest.mark.parametrize("away", [0, 6 * MINUTE])
async def test_discord_shows_one_card_although_the_bot_died_while_it_was_posted(tmp_path, away):
    """Within minutes the nonce prevents a second card; later the bot looks for the first one."""
    async with _about_to_open(tmp_path) as tonight:
        tonight.kill_in_post("md:claim:mug")
        assert await tonight.died() == KILLED
        assert tonight.openings()[1] == 1
        tonight.late_by = away
        await tonight.start()
        await _open_once(tonight)
        assert tonight.openings()[1] == 1


@pytest.mark.parametrize(("away", "lines"), [(0, 1), (31 * SECOND, 2)])
@pytest.mark.parametrize("step", ["in the send", "after the send"])
async def test_chat_may_hear_an_opening_twice_only_when_the_bot_died_unanswered_and_came_back_late(
    tmp_path, step, away, lines
):
    """Nobody can ask Twitch what was said. For 30 seconds it refuses the same line, and the bot knows then that
    the line is there; after that the line is said once more, word for word, and never a third time."""
    async with _about_to_open(tmp_path, "twitch.send.after" if step == "after the send" else "") as tonight:
        if step == "in the send":
            tonight.kill_in_chat_send("is open")
        assert await tonight.died() == KILLED
        assert tonight.openings()[0] == 1
        tonight.late_by = away
        await tonight.start()
        await until(lambda: not tonight.facts().owed, "everything is said")
        await _open_once(tonight)
        assert tonight.openings() == (lines, 1)
        assert len({line for line in tonight.chat if "is open" in line}) == 1
