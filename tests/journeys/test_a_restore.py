"""The disk dies in an open drop, and the copy is ten claims old: what is typed then, and what everybody hears."""

from __future__ import annotations

import asyncio
import os
import shlex
import sqlite3
import sys

import pytest

from bot.storage.database import ledger_url
from tests.faults.rig import Night, night
from tests.journeys.rig import drop, until
from tests.storage.evenings import faults, rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork"),
]


async def microdrops(tonight: Night, *arguments: str) -> tuple[int | None, str]:
    """What the operator types beside the bot or after it; returns the exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env={**os.environ, **tonight.environ},
        cwd=tonight.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


def shown(tonight: Night, channel: str, text: str) -> bool:
    """Whether a card in the channel says so now."""
    return any(text in message.text for message in tonight.stage.discord.messages(channel))


async def claims(tonight: Night, numbers: range) -> None:
    """One viewer after the other claims and gets that number."""
    for number in numbers:
        tonight.say(f"v{number}", "!claim")
        await tonight.hears(f"@v{number}", f"#{number}")


async def test_a_restore_that_lost_ten_claims_writes_them_off_and_everybody_is_told(tmp_path):
    async with night(tmp_path, drop("mug", opening="cue"), pace={"answer_gap": "1s", "soon_lead": "1s"}) as tonight:
        url = ledger_url(str(tonight.ledger))
        await tonight.open_on_cue()
        await claims(tonight, range(1, 11))
        code, said = await microdrops(tonight, "backup")
        assert code == 0, said
        assert "10 units, checked" in said
        await claims(tonight, range(11, 21))
        await until(lambda: shown(tonight, "announcements", "#20 of 48"), "the card shows #20")

        tonight.kill()
        await tonight.died()
        tonight.ledger.write_bytes(b"the disk has died " * 999)
        code, said = await microdrops(tonight, "restore", "latest", "--yes")
        assert code == 0, said
        assert "Restored. Today's ledger is kept as ledger-" in said
        assert "mug  Teal Mug: the ledger knows #10, Discord shows 20 of 48" in said
        to_type = next(line.strip() for line in said.splitlines() if "--last-public" in line)
        assert to_type == "microdrops restore --last-public mug=20"

        # Started before that is said, the bot hands out nothing, and moderators read what to do.
        await tonight.start()
        await tonight.hears("Teal Mug is being checked after a repair")
        tonight.say("late", "!claim")
        await tonight.hears("@late", "being checked after a repair")
        await until(
            lambda: shown(tonight, "moderators", "--last-public mug=N"),
            "moderators are told",
        )
        tonight.say("mia", "!drop give mug @v1 lost")
        await tonight.hears("frozen after a repair")
        assert rows(url, "SELECT count(*) FROM unit") == [(10,)]
        code, said = await microdrops(tonight, *shlex.split(to_type)[1:])
        assert (code, "stop that one first" in said) == (1, True)
        # Its old cards still stand there: they are the witnesses, also of a number that is too low.
        assert shown(tonight, "announcements", "#20 of 48")
        assert to_type in (await microdrops(tonight, "restore"))[1]
        await tonight.stop()
        code, said = await microdrops(tonight, "restore", "--last-public", "mug=19")
        assert (code, said.splitlines()[0]) == (
            1,
            "mug: Discord shows #20, so the last one cannot be #19; nothing was thawed.",
        )

        code, said = await microdrops(tonight, *shlex.split(to_type)[1:])
        assert code == 0, said
        assert "Written off: #11 to #20." in said
        await tonight.start()
        await tonight.hears("goes on after a repair", "has lost #11 to #20", "ask a moderator")
        await until(lambda: shown(tonight, "announcements", "has lost #11 to #20"), "Discord hears what was lost")
        await until(
            lambda: shown(tonight, "moderators", "#11 to #20 lost in the repair"),
            "moderators hear how to help",
        )
        tonight.say("v21", "!claim mug")
        await tonight.hears("@v21", "#21 of 48")
        tonight.say("mia", "!drop give mug @v11 was told 11")
        await until(lambda: rows(url, 'SELECT given FROM "drop"') == [(1,)], "v11 is given the next number")
        assert rows(url, "SELECT number FROM unit WHERE how = 'hand'") == [(22,)]
        assert rows(url, "SELECT count(*), min(number), max(number) FROM lost_unit") == [(10, 11, 20)]
        assert faults(url) == []
        aside = next(tonight.folder.glob("ledger-*-replaced.sqlite"))
        assert aside.read_bytes().startswith(b"the disk has died")
        with pytest.raises(sqlite3.DatabaseError):
            sqlite3.connect(aside).execute("SELECT 1 FROM unit")
