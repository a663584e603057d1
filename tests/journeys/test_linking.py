"""One human with an account on each platform becomes one person; over real sockets, on both platforms."""

from __future__ import annotations

import re
import sqlite3

from bot.stage.discord.guild import Member
from bot.storage.database import ledger_url
from tests.journeys.rig import Evening, drop, evening, until
from tests.storage.evenings import faults


async def shown(tonight: Evening, member: Member, command: str) -> str:
    """What a slash command shows to its asker alone."""
    said = await tonight.stage.discord.slash(member, command).wait()
    assert said.ephemeral
    message = tonight.stage.discord.board.find(said.message_id or "")
    return said.text + ("" if message is None else str(message.embeds))


async def code_of(tonight: Evening, member: Member) -> str:
    found = re.search(r"!link ([0-9A-Z]{6})", await shown(tonight, member, "link"))
    assert found is not None
    return found[1]


def owners(tonight: Evening, key: str) -> list[int]:
    with sqlite3.connect(tonight.ledger) as ledger:
        rows = ledger.execute("SELECT person_id FROM unit WHERE drop_key = ? ORDER BY number", (key,))
        return [person_id for (person_id,) in rows]


def answers(tonight: Evening, key: str) -> int:
    with sqlite3.connect(tonight.ledger) as ledger:
        query = "SELECT count(*) FROM outcome WHERE drop_key = ? AND kind LIKE 'claim.%'"
        return int(ledger.execute(query, (key,)).fetchone()[0])


async def claim_on_both(tonight: Evening, viewer: str, member: Member, key: str, typed: str = "!claim") -> None:
    """Let them claim at once, and wait until both claims are decided. Twitch swallows what was just said, so a
    second claim is typed in another way."""
    before = answers(tonight, key)
    tonight.say(viewer, f"{typed} {key}")
    asked = tonight.stage.discord.slash(member, "claim", {"drop": key})
    assert "#" in (await asked.wait()).text
    await until(lambda: answers(tonight, key) == before + 2, f"both claims of {key} are decided")


async def test_two_accounts_become_one_person_and_part_again(tmp_path):
    drops = "\n\n".join(drop(name, supply=5, opening="cue") for name in ("mug", "cap"))
    async with evening(tmp_path, drops) as tonight:
        world = tonight.stage.discord
        frida = world.add_member("frida_99")
        tonight.say("mia", "!drop open mug")
        await tonight.hears("Teal Mug is open")
        # Nobody knows yet that these two are one.
        tonight.say("wanda_77", "!claim mug")
        await tonight.hears("@wanda_77", "#1")
        assert "#2 of 5" in (await world.slash(frida, "claim", {"drop": "mug"}).wait()).text

        code = await code_of(tonight, frida)
        tonight.say("wanda_77", f"!link {code.lower()}")
        await tonight.hears("@wanda_77: is Discord's “frida_99” you? Type !yes within 1 min")
        # Whoever reads the code in chat has nothing of it.
        tonight.say("stranger", f"!link {code}")
        await tonight.hears("@stranger that code is not good, or not any more")
        tonight.say("wanda_77", "!yes")
        await tonight.hears("@wanda_77 done", "more of Teal Mug than one person may claim", "nothing is taken")
        assert len(set(owners(tonight, "mug"))) == 2
        card = await card_for_moderators(tonight)
        assert "wanda_77 on Twitch and frida_99 on Discord" in card.replace("\\", "")
        assert "Teal Mug: #1 on Twitch, #2 on Discord" in card
        assert "wanda_77 on Twitch" in (await shown(tonight, frida, "link")).replace("\\", "")
        mine = await shown(tonight, frida, "mine")
        assert "Teal Mug #2 of 5" in mine
        assert "Teal Mug #1 of 5" in mine

        # Both ask in the same moment, and whoever comes second has what the first one got.
        tonight.say("mia", "!drop open cap")
        await tonight.hears("Teal Cap is open")
        await claim_on_both(tonight, "wanda_77", frida, "cap")
        assert len(owners(tonight, "cap")) == 1

        # Parted, they are two again, but not for what was announced before.
        linked = await world.slash(frida, "link").wait()
        asked = await world.press(frida, linked.message_id, label="End the link").wait()
        done = await world.press(frida, asked.message_id, label="Yes, end it").wait()
        assert done.text.startswith("Done: your accounts on Twitch and on Discord are two persons again")
        await claim_on_both(tonight, "wanda_77", frida, "cap", "!md claim")
        assert len(owners(tonight, "cap")) == 1
        assert "Teal Mug #1 of 5" not in await shown(tonight, frida, "mine")
        assert faults(ledger_url(str(tonight.ledger))) == []


async def card_for_moderators(tonight: Evening) -> str:
    found: list[str] = []

    def posted() -> bool:
        found[:] = [card for card in tonight.board("moderators") if "Two accounts are one person now" in card]
        return bool(found)

    await until(posted, "moderators are told of the link")
    return found[0]


async def test_a_code_that_was_posted_is_void_and_so_is_every_code_after_a_restart(tmp_path):
    async with evening(tmp_path, drop(opening="cue")) as tonight:
        frida = tonight.stage.discord.add_member("frida_99")
        for stranger, text in (("stan", "my code is {code}, is that right?"), ("stella", "!claim {code}")):
            code = await code_of(tonight, frida)
            tonight.say("wanda_77", text.format(code=code))
            tonight.say(stranger, f"!link {code}")
            await tonight.hears(f"@{stranger} that code is not good")
        code = await code_of(tonight, frida)
        await tonight.restart()
        tonight.say("wanda_77", f"!link {code}")
        await tonight.hears("@wanda_77 that code is not good")
        tonight.say("wanda_77", "!yes")
        with sqlite3.connect(tonight.ledger) as ledger:
            assert ledger.execute("SELECT count(*) FROM link").fetchone() == (0,)
        assert faults(ledger_url(str(tonight.ledger))) == []
