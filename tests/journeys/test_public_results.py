"""What a stranger can check of an evening, over real sockets: fingerprints, notes, receipts and the files."""

from __future__ import annotations

import hashlib
import re

from bot.domain.bundle import check_bundle
from bot.domain.checkpoint import read_checkpoint
from bot.verifying import verify_page
from tests.journeys.rig import drop, evening, local, until
from tests.small_log import verify

PUBLIC = """
[public]
url = "https://teapot.example/drops"
receipts_in_chat = true
"""


async def test_an_evening_can_be_checked_by_whoever_watched_it(tmp_path):
    async with evening(tmp_path, drop("mug", supply=2, opens=local(3)) + PUBLIC) as tonight:
        await tonight.hears("is open", "Log microdrops/teapottv")
        tonight.say("ann", "!claim")
        in_chat = await tonight.hears("@ann", "#1")
        fan = tonight.stage.discord.add_member("fan")
        answer = await tonight.stage.discord.slash(fan, "claim").wait()
        tonight.say("mia", "!drop close mug")
        await tonight.hears("is closed")
        await until(lambda: any("is closed" in text for text in tonight.board()), "the final card")
    messages = tonight.stage.discord.messages("announcements")
    final = next(each for each in messages if "is closed" in each.text)
    bundle, page = final.attachments
    assert (bundle.filename, page.filename) == ("mug.microdrops.txt", "verify.html")
    assert page.data == verify_page()
    assert "<https://teapot.example/drops>" in final.content

    report = check_bundle(bundle.data.decode(), verify)
    assert [(unit.number, unit.how) for unit in report.units] == [(1, "claim"), (2, "claim")]
    signed = {each.size: each.fingerprint for each in report.checkpoints}
    lines = [line for line in tonight.chat if "· Log" in line]
    said = {int(size): short for size, short in (line.split()[-2:] for line in lines)}
    assert len(said) == 3
    assert said.items() <= signed.items()
    notes = [note for each in messages for note in re.findall(r"```\n(.*?\n)\n\u2014 ", each.text, re.DOTALL)]
    assert {(found.size, found.fingerprint) for found in map(read_checkpoint, notes)} >= said.items()

    leaves = {unit.number: _leaf(bundle.data.decode(), unit.entry) for unit in report.units}
    first, second = report.units
    assert f"#1 of 2 is yours! (entry {first.entry} {leaves[1][:10]})" in in_chat
    assert answer.text.endswith(f"-# Entry {second.entry} of the public ledger, leaf hash `{leaves[2]}`")


def _leaf(bundle: str, number: int) -> str:
    """The hash of the entry with this number, as RFC 6962 has it."""
    line = next(line for line in bundle.splitlines() if line.startswith("entry ") and f'"number":{number},' in line)
    return hashlib.sha256(b"\x00" + line.removeprefix("entry ").encode()).hexdigest()
