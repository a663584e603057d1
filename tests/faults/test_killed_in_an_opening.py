"""`kill -9` at every step of an opening: it happens once, each place hears of it, and none hears it twice."""

from __future__ import annotations

import sys

import pytest

from tests.faults.killed_bot import Trap
from tests.faults.rig import KILLED, Night, in_seconds, night
from tests.journeys.rig import drop, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork"),
]

SECOND, MINUTE = 1_000_000, 60_000_000
# Long enough for the first life to log in and announce the drop, on a busy machine too.
LEAD_SECONDS = 5


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
    opens, opens_at = in_seconds(LEAD_SECONDS)
    async with night(tmp_path, drop("mug", opens=opens), start=False) as tonight:
        tonight.be_born(Trap(point, not_before=opens_at))
        assert await tonight.died() == KILLED
        assert tonight.facts().drops["mug"]["state"] == state
        await tonight.start()
        await _open_once(tonight)
        assert tonight.openings() == (1, 1)
        assert sum("New drop" in line for line in tonight.chat) == 1


@pytest.mark.parametrize("away", [0, 6 * MINUTE])
async def test_discord_shows_one_card_although_the_bot_died_while_it_was_posted(tmp_path, away):
    """Within minutes the nonce prevents a second card; later the bot looks for the first one."""
    opens, _ = in_seconds(LEAD_SECONDS)
    async with night(tmp_path, drop("mug", opens=opens), start=False) as tonight:
        tonight.kill_in_post("md:claim:mug")
        tonight.be_born()
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
    opens, opens_at = in_seconds(LEAD_SECONDS)
    async with night(tmp_path, drop("mug", opens=opens), start=False) as tonight:
        if step == "in the send":
            tonight.kill_in_chat_send("is open")
        tonight.be_born(Trap("twitch.send.after", not_before=opens_at) if step == "after the send" else None)
        assert await tonight.died() == KILLED
        assert tonight.openings()[0] == 1
        tonight.late_by = away
        await tonight.start()
        await until(lambda: not tonight.facts().owed, "everything is said")
        await _open_once(tonight)
        assert tonight.openings() == (lines, 1)
        assert len({line for line in tonight.chat if "is open" in line}) == 1
