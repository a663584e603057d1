"""Members who come, boost and go, roles with their hierarchy, and direct messages with their closed doors."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import ClaimView, TeaBot
from tests.stage.discord.conftest import Rest


async def test_a_role_is_made_given_and_removed(world: DiscordWorld, bot: TeaBot) -> None:
    guild, ann = bot.guilds[0], world.add_member("ann")
    role = await guild.create_role(name="winners", mentionable=True, color=discord.Color.teal())
    await (await guild.fetch_member(int(ann.id))).add_roles(role)
    assert [held.name for held in ann.roles] == ["winners"]
    await role.edit(name="owners")
    assert (await guild.fetch_role(role.id)).name == "owners"
    await role.delete()
    assert ann.roles == []
    await bot.hears("guild_role_delete")
    heard = [name for name, _ in bot.told if name.startswith("guild_role")]
    assert heard == ["guild_role_create", "guild_role_update", "guild_role_delete"]


async def test_a_new_role_stands_below_all_others(world: DiscordWorld, bot: TeaBot) -> None:
    await bot.guilds[0].create_role(name="winners")
    order = sorted(world.guild.roles.values(), key=lambda role: role.position)
    assert [role.name for role in order] == ["@everyone", "winners", "drop-reminders", "moderator", "Microdrops"]


@pytest.mark.parametrize("deed", ["edit", "delete"])
async def test_a_role_is_changed_only_from_above(world: DiscordWorld, bot: TeaBot, deed: str) -> None:
    world.role("moderator").position = 99
    role = bot.guilds[0].get_role(int(world.role("moderator").id))
    assert role is not None
    with pytest.raises(discord.Forbidden) as refused:
        await (role.edit(name="x") if deed == "edit" else role.delete())
    assert refused.value.code == 50013
    assert world.role("moderator").name == "moderator"


async def test_nobody_gives_away_permissions_they_lack(world: DiscordWorld, bot: TeaBot) -> None:
    with pytest.raises(discord.Forbidden) as refused:
        await bot.guilds[0].create_role(name="boss", permissions=discord.Permissions(administrator=True))
    assert refused.value.code == 50013


async def test_without_the_permission_roles_are_out_of_reach(world: DiscordWorld, rest: Rest) -> None:
    world.role("Microdrops").permissions &= ~(1 << 28)
    ann = world.add_member("ann")
    role = world.role("drop-reminders").id
    for method, path in (
        ("POST", f"/guilds/{world.guild_id}/roles"),
        ("PUT", f"/guilds/{world.guild_id}/members/{ann.id}/roles/{role}"),
    ):
        answer = await rest(method, path, {})
        assert (answer.status, answer.body["code"]) == (403, 50013)


@pytest.mark.parametrize(
    ("body", "where"),
    [({"name": "x" * 101}, "name"), ({"color": 1 << 24}, "color"), ({"permissions": "all"}, "permissions")],
)
async def test_a_role_the_platform_would_refuse_is_refused_by_field(
    world: DiscordWorld, rest: Rest, body: dict[str, Any], where: str
) -> None:
    answer = await rest("POST", f"/guilds/{world.guild_id}/roles", body)
    assert (answer.body["code"], list(answer.body["errors"])) == (50035, [where])


async def test_a_direct_message_reaches_one_person(world: DiscordWorld, bot: TeaBot) -> None:
    ann, bob = world.add_member("ann"), world.add_member("bob")
    sent = await (await bot.fetch_user(int(ann.id))).send("You won #1!", view=ClaimView())
    seen = next(each for each in world.record.seen if each.kind == "message")
    assert (seen.place, seen.visible_to, seen.text) == ("discord:dm", ann.id, "You won #1!")
    answer = await world.press(ann, str(sent.id), label="Claim").wait()
    assert answer.text.startswith("Teal Mug #1")
    with pytest.raises(StageError, match="sees no message"):
        world.press(bob, str(sent.id), label="Claim")


async def test_a_direct_message_comes_to_the_bot_only_with_the_intent(world: DiscordWorld, port: int) -> None:
    ann = world.add_member("ann")
    place = world.direct.open(ann)
    wants = discord.Intents(guilds=True, dm_messages=True)
    async with (
        TeaBot.running(world.bot_token, wants) as hears,
        TeaBot.running(world.bot_token, discord.Intents(guilds=True, guild_messages=True)) as deaf,
    ):
        world.say(ann, "hello bot", channel=place)
        await hears.until(lambda: bool(hears.messages))
        # What comes later has come: so would the message have.
        act = world.slash(ann, "drop")
        await deaf.until(lambda: int(act.id) in deaf.interactions)
        # No message content intent is needed for what is written to the bot itself.
        assert hears.messages[0].content == "hello bot"
        assert hears.messages[0].guild is None
        assert [message.content for message in deaf.messages if message.guild is None] == []


async def test_closed_direct_messages_are_refused(world: DiscordWorld, bot: TeaBot) -> None:
    ann = world.add_member("ann")
    ann.direct_messages = False
    user = await bot.fetch_user(int(ann.id))
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("psst")
    assert refused.value.code == 50007
    assert [seen for seen in world.record.seen if seen.place == "discord:dm"] == []


async def test_who_left_is_out_of_reach(world: DiscordWorld, bot: TeaBot) -> None:
    ann, guild = world.add_member("ann"), bot.guilds[0]
    card = await bot.channel("lounge").send("Teal Mug is open", view=ClaimView())
    world.react(ann, str(card.id), "👍")
    member = await guild.fetch_member(int(ann.id))
    world.leave(ann)
    with pytest.raises(StageError, match="sees no message"):
        world.press(ann, str(card.id), label="Claim")
    with pytest.raises(StageError, match="has left"):
        world.slash(ann, "drop")
    with pytest.raises(StageError, match="has left"):
        world.say(ann, "farewell")
    with pytest.raises(discord.NotFound) as gone:
        await member.add_roles(discord.Object(int(world.role("drop-reminders").id)))
    assert gone.value.code == 10007
    with pytest.raises(discord.Forbidden) as closed:
        await member.send("come back")
    assert closed.value.code == 50007
    (reaction,) = (await bot.channel("lounge").fetch_message(card.id)).reactions
    assert [user.name async for user in reaction.users()] == ["ann"]


async def test_who_comes_and_goes_is_told_only_with_the_intent(world: DiscordWorld, port: int) -> None:
    wants = discord.Intents(guilds=True, members=True)
    world.sessions.allowed_privileged_intents = discord.Intents(members=True).value
    async with (
        TeaBot.running(world.bot_token, wants) as hears,
        TeaBot.running(world.bot_token, discord.Intents(guilds=True)) as deaf,
    ):
        ann = world.add_member("ann")
        world.leave(ann)
        (left,) = await hears.hears("raw_member_remove")
        assert left.user.id == int(ann.id)
        act = world.slash(world.add_member("bob"), "drop")
        await deaf.until(lambda: int(act.id) in deaf.interactions)
        assert [name for name, _ in deaf.told if "member" in name] == []


async def test_nobody_and_bots_have_no_direct_messages(world: DiscordWorld, rest: Rest) -> None:
    nobody = await rest("POST", "/users/@me/channels", {"recipient_id": "1"})
    itself = await rest("POST", "/users/@me/channels", {"recipient_id": world.application_id})
    assert (nobody.body["code"], itself.body["code"]) == (10013, 50007)


async def test_a_booster_is_known_by_a_role_that_is_nobodys_to_give(world: DiscordWorld, bot: TeaBot) -> None:
    ann, guild = world.add_member("ann"), bot.guilds[0]
    world.boost(ann)
    await bot.hears("guild_role_create")
    member = await guild.fetch_member(int(ann.id))
    assert member.premium_since is not None
    (role,) = [each for each in await guild.fetch_roles() if each.is_premium_subscriber()]
    assert [held.id for held in member.roles[1:]] == [role.id]
    with pytest.raises(discord.Forbidden) as refused:
        await member.remove_roles(role)
    assert refused.value.code == 50013
    world.boost(ann, is_boosting=False)
    assert (await guild.fetch_member(int(ann.id))).premium_since is None
    assert ann.roles == []


async def test_members_are_listed_only_for_who_was_allowed_to(world: DiscordWorld, port: int, rest: Rest) -> None:
    for name in ("ann", "bob", "bonnie"):
        world.add_member(name)
    path = f"/guilds/{world.guild_id}/members"
    assert (await rest("GET", f"{path}?limit=10")).body["code"] == 50001
    assert [each["user"]["username"] for each in (await rest("GET", f"{path}/search?query=BO&limit=5")).body] == [
        "bob",
        "bonnie",
    ]
    wants = discord.Intents(guilds=True, members=True)
    world.sessions.allowed_privileged_intents = discord.Intents(members=True).value
    async with TeaBot.running(world.bot_token, wants) as bot:
        listed = [member.name async for member in bot.guilds[0].fetch_members()]
        assert {"ann", "bob", "bonnie"} < set(listed)
        asked = await bot.guilds[0].query_members("bo")
        assert {member.name for member in asked} == {"bob", "bonnie"}
        everybody = await bot.guilds[0].chunk()
        assert len(everybody) == len(world.guild.members)


async def test_without_the_intent_members_are_asked_for_by_id(world: DiscordWorld, bot: TeaBot) -> None:
    ann = world.add_member("ann")
    world.add_member("bob")
    (found,) = await bot.guilds[0].query_members(user_ids=[int(ann.id)])
    assert found.name == "ann"
