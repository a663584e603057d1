"""A unit's proof as a story over real sockets: claimed on Twitch, proved on Discord, checked by a stranger."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from bot.domain.proof import check_proof
from bot.stage.discord.guild import Member
from bot.storage.signing import verify_signature
from tests.journeys.rig import Evening, drop, evening, local, until

IN_CHAT = '[commands]\nproof = "proof"\n\n'


def stranger(tonight: Evening) -> Member:
    """Somebody who has nothing to do with any unit."""
    members = tonight.stage.discord.guild.members.values()
    known = next((member for member in members if member.name == "stranger"), None)
    return known or tonight.stage.discord.add_member("stranger")


async def prove(tonight: Evening, number: int, drop_name: str = "") -> tuple[str, dict[str, bytes]]:
    """What /proof answers to a stranger: its words and its files."""
    options: dict[str, object] = {"number": number} | ({"drop": drop_name} if drop_name else {})
    said = await tonight.stage.discord.slash(stranger(tonight), "proof", options).wait()
    assert said.ephemeral
    message = tonight.stage.discord.board.find(said.message_id or "")
    assert message is not None
    return said.text, {each.filename: each.data for each in message.attachments}


async def verify(file: Path) -> subprocess.CompletedProcess[str]:
    """`microdrops verify FILE`, as a stranger types it."""
    command = [sys.executable, "-m", "bot", "verify", str(file)]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)


async def test_what_was_claimed_in_chat_is_proved_to_a_stranger_on_discord(tmp_path):
    drops = IN_CHAT + drop("mug", supply=2, opens=local(2), lasts="60s")
    async with evening(tmp_path, drops) as tonight:
        await tonight.hears("is open")
        tonight.say("winnie", "!claim")
        await tonight.hears("@winnie", "#1")
        words, files = await prove(tonight, 1)
        assert "sold out or closed" in words
        assert files == {}
        entry = re.search(r"entry (\d+)", words)
        leaf = re.search(r"`([0-9a-f]{64})`", words)
        assert entry is not None
        assert leaf is not None

        tonight.say("bob", "!claim")
        sold_out = await tonight.hears("sold out", "Log microdrops/")
        *_, size, fingerprint = sold_out.split()
        words, files = await prove(tonight, 1, "mug")
        assert f"checkpoint {size} `{fingerprint}`, which everybody saw when the drop sold out" in words
        (content,) = files.values()
        report = check_proof(content.decode(), verify_signature)
        assert (report.entry.drop, report.number, report.how) == ("mug", 1, "claim")
        assert (str(report.entry.number), report.entry.leaf.hex()) == (entry[1], leaf[1])
        assert (str(report.checkpoint.size), report.checkpoint.fingerprint) == (size, fingerprint)
        assert b"winnie" not in content

        since = len(tonight.chat)
        tonight.say("cy", "!proof 1")
        line = await tonight.hears("Teal Mug #1", since=since)
        assert (
            f"entry {entry[1]} of the public ledger, leaf {leaf[1][:16]}, under checkpoint {size} {fingerprint}"
            in line
        )

        file = tmp_path / next(iter(files))
        file.write_bytes(content)
        assert file.name == "mug-1.proof.txt"
        checked = await verify(file)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert fingerprint in checked.stdout
        file.write_bytes(content.replace(b'"number":1}', b'"number":2}'))
        assert (await verify(file)).returncode == 1


async def test_what_cannot_be_proved_is_said_in_one_sentence_whatever_is_asked(tmp_path):
    async with evening(tmp_path, drop("mug", supply=48, opens=local(2))) as tonight:
        await tonight.hears("is open")
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1")
        for number, name, expected in (
            (2, "", "Teal Mug #2 has not been given to anybody."),
            (49, "mug", "Teal Mug has the numbers 1 to 48."),
            (1, "cup", "No drop goes by that name; /drops shows the names."),
        ):
            assert await prove(tonight, number, name) == (expected, {})
        quiet = len(tonight.chat)
        tonight.say("bob", "!proof 1")
        tonight.say("bob", "!md proof 1")
        tonight.say("bob", "!drop")
        await until(lambda: len(tonight.chat) > quiet, "an answer to the last of three")
        assert "ledger" not in " ".join(tonight.chat[quiet:])
