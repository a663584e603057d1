"""Channel messages: limits, permissions, nonces, pings and reading back."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest

Json = dict[str, Any]


def _row(*parts: Json) -> Json:
    return {"components": [{"type": 1, "components": list(parts)}]}


def _button(**changes: object) -> Json:
    return {"type": 2, "style": 1, "label": "Claim", "custom_id": "claim", **changes}


def _select(options: int) -> Json:
    return {"type": 3, "custom_id": "s", "options": [{"label": str(n), "value": str(n)} for n in range(options)]}


def _embed(**parts: object) -> Json:
    return {"embeds": [parts]}


def _layout(*parts: Json, **more: object) -> Json:
    return {"flags": 1 << 15, "components": list(parts), **more}


_TEXT = {"type": 10, "content": "x"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"content": "x" * 2001}, ["content"]),
        ({"content": "x", "nonce": "x" * 26}, ["nonce"]),
        (_embed(title="x" * 257), ["embeds", "0", "title"]),
        (_embed(description="x" * 4097), ["embeds", "0", "description"]),
        (_embed(fields=[{"name": "n", "value": "x" * 1025}]), ["embeds", "0", "fields", "0", "value"]),
        (_embed(fields=[{"name": "", "value": "v"}]), ["embeds", "0", "fields", "0", "name"]),
        (_embed(fields=[{"name": "n", "value": "v"}] * 26), ["embeds", "0", "fields"]),
        ({"embeds": [{"description": "x" * 3001}] * 2}, ["embeds"]),
        ({"embeds": [{"title": "x"}] * 11}, ["embeds"]),
        (_row(_button(label="x" * 81)), ["components", "0", "components", "0", "label"]),
        (_row(_button(custom_id="x" * 101)), ["components", "0", "components", "0", "custom_id"]),
        (_row(_button(), _button()), ["components", "0", "components", "1", "custom_id"]),
        (_row(*(_button(custom_id=str(n)) for n in range(6))), ["components", "0", "components"]),
        (_row(_select(26)), ["components", "0", "components", "0", "options"]),
        (_row(_select(0)), ["components", "0", "components", "0", "options"]),
        (_row(_select(1), _button()), ["components", "0", "components"]),
        ({"components": [_TEXT]}, ["components", "0", "type"]),
        ({"components": ["button"]}, ["components", "0", "type"]),
        (_row({"label": "Claim"}), ["components", "0", "components", "0", "type"]),
        ({"components": "button"}, ["components"]),
        (_layout(_TEXT, content="no"), ["content"]),
        (_layout(*[_TEXT] * 41), ["components"]),
        (_layout(*[{"type": 10, "content": "x" * 2001}] * 2), ["components"]),
        ({"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}, ["allowed_mentions"]),
    ],
)
async def test_a_message_beyond_a_limit_is_refused_by_field(
    world: DiscordWorld, rest: Rest, body: Json, where: list[str]
) -> None:
    answer = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", body)
    assert (answer.status, answer.body["code"]) == (400, 50035)
    errors = answer.body["errors"]
    for step in where:
        errors = errors[step]
    assert errors["_errors"]
    assert world.messages("lounge") == []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        _embed(title="x" * 256, fields=[{"name": "n", "value": "v"}] * 25),
        _row(*(_button(custom_id=str(n), label="x" * 80) for n in range(5))),
        _row(_select(25)),
        _layout(*[_TEXT] * 40),
    ],
)
async def test_a_message_at_its_limit_is_posted(world: DiscordWorld, rest: Rest, body: Json) -> None:
    assert (await rest("POST", f"/channels/{world.channel('lounge').id}/messages", body)).status == 200
    assert len(world.messages("lounge")) == 1


async def test_an_empty_message_is_refused(world: DiscordWorld, rest: Rest) -> None:
    answer = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", {"content": ""})
    assert answer.body["code"] == 50006


async def test_an_edit_keeps_what_it_does_not_name(world: DiscordWorld, rest: Rest) -> None:
    path = f"/channels/{world.channel('lounge').id}/messages"
    first = await rest("POST", path, {"content": "48 left", **_row(_button())})
    await rest("PATCH", f"{path}/{first.body['id']}", {"content": "47 left"})
    (message,) = world.messages("lounge")
    assert (message.content, [button.label for button in message.buttons]) == ("47 left", ["Claim"])
    too_long = await rest("PATCH", f"{path}/{first.body['id']}", {"content": "x" * 2001})
    assert too_long.body["code"] == 50035
    assert message.content == "47 left"


async def test_the_same_enforced_nonce_is_posted_once(world: DiscordWorld, bot: TeaBot) -> None:
    lounge = bot.channel("lounge")
    first = await lounge.send("Teal Mug opens", nonce="outbox-7")
    again = await lounge.send("Teal Mug opens", nonce="outbox-7")
    other = await lounge.send("Teal Mug opens", nonce="outbox-8")
    assert (first.id == again.id, first.id == other.id) == (True, False)
    assert [seen.data["nonce"] for seen in world.record.seen if seen.kind == "message"] == ["outbox-7", "outbox-8"]


async def test_a_nonce_is_forgotten_after_some_minutes(world: DiscordWorld, rest: Rest) -> None:
    path = f"/channels/{world.channel('lounge').id}/messages"
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    await rest("POST", path, body)
    world.messages("lounge")[0].created_at -= 6 * 60 * 1_000_000
    await rest("POST", path, body)
    assert len(world.messages("lounge")) == 2


async def test_only_an_allowed_mention_pings(world: DiscordWorld, bot: TeaBot) -> None:
    role = bot.guilds[0].get_role(int(world.role("drop-reminders").id))
    assert role is not None
    lounge = bot.channel("lounge")
    words = f"{role.mention} @everyone"
    allowed = discord.AllowedMentions(everyone=True, users=False, roles=[role])
    await lounge.send(words, allowed_mentions=discord.AllowedMentions.none())
    await lounge.send(words, allowed_mentions=allowed)
    assert [message.mention_roles for message in world.messages("lounge")] == [[], [str(role.id)]]
    pings = [seen for seen in world.record.seen if seen.kind == "ping"]
    # The bot may not mention everyone, whatever it asks for.
    assert [(seen.text, seen.data["everyone"]) for seen in pings] == [("@drop-reminders", False)]


async def test_a_role_that_is_not_mentionable_is_not_pinged(world: DiscordWorld, bot: TeaBot) -> None:
    await bot.channel("lounge").send(f"<@&{world.role('moderator').id}>")
    assert [seen for seen in world.record.seen if seen.kind == "ping"] == []


async def test_a_card_is_recorded_with_all_its_text(world: DiscordWorld, bot: TeaBot) -> None:
    card = discord.Embed(title="Teal Mug", description="48 units").add_field(name="Left", value="48")
    await bot.channel("announcements").send("Soon", embed=card)
    seen = world.record.seen[-1]
    assert (seen.place, seen.text) == ("discord:#announcements", "Soon\nTeal Mug\n48 units\nLeft\n48")


async def test_a_layout_is_posted_and_read(world: DiscordWorld, bot: TeaBot) -> None:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("# Teal Mug")))
    sent = await bot.channel("lounge").send(view=view)
    assert sent.flags.components_v2
    assert world.record.seen[-1].text == "# Teal Mug"


async def test_a_channel_the_bot_cannot_see_is_closed_to_it(world: DiscordWorld, bot: TeaBot) -> None:
    world.channel("lounge").overwrites[world.guild_id] = (0, 1 << 10)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.channel("lounge").send("hello")
    assert refused.value.code == 50001


async def test_a_channel_the_bot_may_only_read_takes_no_message(world: DiscordWorld, bot: TeaBot) -> None:
    world.channel("lounge").overwrites[world.guild_id] = (0, 1 << 11)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.channel("lounge").send("hello")
    assert refused.value.code == 50013


async def test_history_is_read_in_pages(world: DiscordWorld, bot: TeaBot) -> None:
    lounge = bot.channel("lounge")
    sent = [await lounge.send(str(number)) for number in range(5)]
    newest = [message.content async for message in lounge.history(limit=2)]
    after = [message.content async for message in lounge.history(after=sent[1], limit=2)]
    before = [message.content async for message in lounge.history(before=sent[2], limit=5)]
    assert (newest, after, before) == (["4", "3"], ["2", "3"], ["1", "0"])


async def test_a_message_is_fetched_pinned_and_deleted(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send("card")
    await sent.pin()
    assert (await bot.channel("lounge").fetch_message(sent.id)).pinned
    await sent.delete()
    with pytest.raises(discord.NotFound) as gone:
        await bot.channel("lounge").fetch_message(sent.id)
    assert gone.value.code == 10008
