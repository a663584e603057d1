"""Claim codes over real sockets: made and fetched on Discord, typed in chat, posted where they should not be."""

from __future__ import annotations

import re

from bot.stage.discord.guild import Member
from bot.storage.database import ledger_url
from tests.journeys.rig import Evening, drop, evening, local, until
from tests.storage.evenings import faults, rows

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
EARLY = {"early": "code:EARLY", "early_for": "5m", "early_share": "50%"}


async def shown(tonight: Evening, member: Member, command: str, **options: object) -> list[str]:
    """The codes that a slash command shows to its asker alone."""
    said = await tonight.stage.discord.slash(member, command, options).wait()
    assert said.ephemeral
    return CODE.findall(said.text)


async def test_codes_let_in_early_once_each_and_not_once_everybody_has_seen_them(tmp_path, capsys):
    mug = drop("mug", supply=9, opens=local(290), announce=local(-60), **EARLY)
    async with evening(tmp_path, mug) as tonight:
        await tonight.hears("Teal Mug is open early")
        mia = tonight.stage.discord.member("mod_mia")
        fan = tonight.stage.discord.add_member("fan")
        first, second = await shown(tonight, mia, "drop codes", set="early", count=2)

        # The sender of a claim has its code, and whoever reads along has nothing of it.
        tonight.say("ann", f"!claim mug {first}")
        tonight.say("thief", f"!claim {first.lower()}")
        await tonight.hears("@ann", "#1 of 9")
        await tonight.hears("@thief", "has been used already")

        tonight.say("bob", f"what do I do with {second.replace('-', ' ')} ?")
        await tonight.hears("@bob that code is void", "ask a moderator")
        tonight.say("thief2", f"!claim {second}")
        await tonight.hears("@thief2", "that code was shown in chat and is void")
        card = "Code 2 of EARLY is void"
        await until(lambda: any(card in line for line in tonight.board("moderators")), "the moderators' card")

        await tonight.stage.discord.slash(mia, "drop code", {"member": fan, "set": "EARLY"}).wait()
        (own,) = await shown(tonight, fan, "code")
        tonight.say("cy", f"!mine {own}", shared_from=tonight.viewer("coffee_tv"))
        await tonight.hears("@cy that code is void", "with /code on Discord")
        (again,) = await shown(tonight, fan, "code")
        assert again != own

        await tonight.restart()
        assert "was shown in chat" in (await tonight.stage.discord.slash(fan, "claim", {"drop": own}).wait()).text
        assert "#2 of 9" in (await tonight.stage.discord.slash(fan, "claim", {"drop": again}).wait()).text
        assert await shown(tonight, fan, "code") == []
        everything = "\n".join([*tonight.chat, *tonight.board(), *tonight.board("moderators")])
        assert CODE.search(everything) is None
    logged = capsys.readouterr()
    assert [code for code in (first, second, own, again) if code in logged.out + logged.err] == []
    url = ledger_url(str(tonight.ledger))
    assert faults(url) == []
    assert rows(url, "SELECT number, reissue, used_by IS NULL FROM claim_code ORDER BY number, reissue") == [
        (1, 0, 0),
        (2, 0, 1),
        (2, 1, 1),
        (3, 0, 1),
        (3, 1, 0),
    ]
