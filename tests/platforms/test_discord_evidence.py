"""What Discord tells of its members, over the wire: asked over REST, or shown by a press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.entitlements import Source
from bot.domain.time import SECOND
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.evidence import DiscordEvidence
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.hooks import machine_clock
from bot.services.ports import EvidenceSource, PlaceDown, SendRefused
from bot.stage.discord import payloads
from bot.stage.discord.guild import Role
from bot.stage.discord.sessions import GUILDS
from bot.stage.server import Stage
from tests.platforms.discord_rig import Booth, discord_settings
from tests.platforms.evidence_rig import NotingEar, asked, counting_stage, source_of
from tests.platforms.rig import running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class House:
    """A bot on a stage."""

    stage: Stage
    calls: list[str]
    ear: NotingEar
    platform: DiscordPlatform

    @property
    def members(self) -> EvidenceSource:
        return source_of(self.platform.evidence.sources, Source.DISCORD_MEMBERS)

    @property
    def bot(self) -> DiscordBot:
        assert self.platform.bot is not None
        return self.platform.bot

    async def role(self, name: str, **tags: str) -> Role:
        """A new role that the bot has heard of."""
        world = self.stage.discord
        role = world.roles.add(name, 0)
        role.tags.update(tags)
        told = {"guild_id": world.guild_id, "role": payloads.role(role)}
        world.sessions.dispatch("GUILD_ROLE_CREATE", told, intent=GUILDS)
        await until(lambda: (guild := self.bot.get_guild(int(world.guild_id))) and guild.get_role(int(role.id)))
        return role


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with counting_stage() as (stage, calls):
        booth, ear = Booth(), NotingEar()
        settings = replace(discord_settings(stage), request_timeout=1.0)
        platform = DiscordPlatform(
            settings, install=booth.install, on_connected=booth.on_connected, ear=lambda: ear
        )
        async with running(platform.run):
            await until(lambda: booth.gaps, within=60.0)
            yield House(stage, calls, ear, platform)


async def test_a_role_is_found_by_its_name_as_people_write_it_or_by_its_id(house: House) -> None:
    world = house.stage.discord
    ann, bob = world.add_member("ann"), world.add_member("bob")
    patron = await house.role("Tea  Patron \u2615")
    world.give_role(ann, patron)
    questions = ("role:tea patron \u2615", f"role:{patron.id}", "role:no such role")
    assert list((await asked(house.members, [ann.id], *questions)).values()) == [1, 1, 0]
    assert list((await asked(house.members, [bob.id], *questions)).values()) == [0, 0, 0]
    house.ear.asked = questions[:1]
    house.calls.clear()
    world.slash(ann, "drop")
    await until(lambda: house.ear.noted.get(("discord", ann.id)))
    # The press itself has shown it: nobody was asked.
    assert house.ear.noted["discord", ann.id] == {"role:tea patron \u2615": 1}
    assert ("discord", ann.id) in house.ear.met
    assert house.calls == []


async def test_a_press_in_another_server_shows_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    presses: list[Any] = []
    monkeypatch.setattr(house.bot, "_on_evidence", presses.append)
    house.stage.discord.slash(house.stage.discord.add_member("hal"), "drop")
    await until(lambda: presses)
    ear = NotingEar()
    evidence = DiscordEvidence(discord_settings(house.stage), lambda: house.bot, machine_clock, lambda: ear)
    ours, presses[0].guild_id = presses[0].guild_id, 1
    evidence.hear(presses[0])
    assert not ear.met
    presses[0].guild_id = ours
    evidence.hear(presses[0])
    assert ear.met


async def test_a_booster_and_a_member_of_long_standing_are_told(house: House) -> None:
    world = house.stage.discord
    cleo, dan = world.add_member("cleo"), world.add_member("dan")
    world.boost(cleo)
    questions = ("booster", "member_days", "role_subscriber")
    found = await asked(house.members, [cleo.id], *questions)
    assert found[cleo.id, "booster"] == 1
    assert found[cleo.id, "role_subscriber"] == 0
    assert abs(found[cleo.id, "member_days"] - cleo.joined_at) < SECOND
    assert (await asked(house.members, [dan.id], *questions))[dan.id, "booster"] == 0


async def test_who_pays_for_a_role_is_told_by_the_tag_of_that_role(house: House) -> None:
    world = house.stage.discord
    eve = world.add_member("eve")
    world.give_role(eve, await house.role("Supporter", subscription_listing_id="77"))
    assert await asked(house.members, [eve.id], "role_subscriber") == {(eve.id, "role_subscriber"): 1}


async def test_who_is_no_member_has_none_of_it(house: House) -> None:
    fay = house.stage.discord.add_member("fay")
    house.stage.discord.leave(fay)
    found = await asked(house.members, [fay.id], "booster", "member_days", "role:patron")
    assert list(found.values()) == [0, 0, 0]


async def test_what_discord_does_not_answer_is_no_answer(house: House) -> None:
    gus = house.stage.discord.add_member("gus")
    path = f"/guilds/{house.stage.discord.guild_id}/members"
    house.stage.discord.faults.fail_next("GET", path, 503)
    with pytest.raises(PlaceDown):
        await asked(house.members, [gus.id], "booster")
    house.stage.discord.faults.fail_next("GET", path, 403)
    with pytest.raises(SendRefused):
        await asked(house.members, [gus.id], "booster")
    away = DiscordEvidence(discord_settings(house.stage), lambda: None, machine_clock)
    with pytest.raises(PlaceDown):
        await asked(source_of(away.sources, Source.DISCORD_MEMBERS), [gus.id], "booster")


async def test_the_age_of_an_account_stands_in_its_id(house: House) -> None:
    source = source_of(house.platform.evidence.sources, Source.ACCOUNTS)
    house.calls.clear()
    # The example of Discord's own documentation: 2016-04-30 11:18:25.796 UTC.
    assert await asked(source, ["175928847299117063"], "account_days") == {
        ("175928847299117063", "account_days"): 1_462_015_105_796_000
    }
    assert house.calls == []
