"""Menus that the server fills, forms with such menus, and options that complete themselves."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.stage.discord.errors import InteractionFailed, StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import PickView, TeaBot
from tests.stage.discord.conftest import Rest


@pytest.fixture
def ann(world: DiscordWorld) -> Member:
    return world.add_member("ann")


@pytest.mark.parametrize(
    ("menu", "picks", "said"),
    [
        ("user", ["bob"], "Member bob"),
        ("user", ["bob", "ann"], "Member bob, Member ann"),
        ("role", ["@moderator"], "Role moderator"),
        ("mentionable", ["@drop-reminders"], "Role drop-reminders"),
        ("mentionable", ["bob"], "Member bob"),
        ("channel", ["#lounge"], "AppCommandChannel lounge"),
    ],
)
async def test_members_roles_and_channels_are_chosen_from_menus(
    world: DiscordWorld, bot: TeaBot, ann: Member, menu: str, picks: list[str], said: str
) -> None:
    world.add_member("bob")
    sent = await bot.channel("lounge").send("Pick", view=PickView())
    values = [_named(world, pick) for pick in picks]
    assert (await world.select(ann, str(sent.id), values, menu).wait()).text == said


def _named(world: DiscordWorld, name: str) -> Any:
    if name.startswith("@"):
        return world.role(name[1:])
    return world.channel(name) if name.startswith("#") else world.member(name)


@pytest.mark.parametrize(
    ("menu", "picks", "complaint"),
    [
        ("user", ["@moderator"], "offers no"),
        ("user", [], "takes 1 to 2"),
        ("user", ["ann", "ann"], "once"),
        ("role", ["ann"], "offers no"),
        ("channel", ["ann"], "offers no"),
        ("colour", ["ann"], "0 selects fit"),
    ],
)
async def test_a_menu_takes_only_what_it_offers(
    world: DiscordWorld, bot: TeaBot, ann: Member, menu: str, picks: list[str], complaint: str
) -> None:
    sent = await bot.channel("lounge").send("Pick", view=PickView())
    with pytest.raises(StageError, match=complaint):
        world.select(ann, str(sent.id), [_named(world, pick) for pick in picks], menu)


async def test_a_form_takes_a_member_and_a_channel(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    for values, said in (
        ({"Who": ann}, "Given to ann"),
        ({"Who": [ann.id], "where": world.channel("lounge")}, "Given to ann in #lounge"),
    ):
        asked = world.slash(ann, "give")
        await asked.wait()
        assert (await world.submit(ann, asked, values).wait()).text == said


async def test_a_form_cannot_be_sent_without_what_it_needs(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    asked = world.slash(ann, "give")
    await asked.wait()
    with pytest.raises(StageError, match="takes 1 to 1"):
        world.submit(ann, asked, {})
    with pytest.raises(StageError, match="No modal is open"):
        world.submit(world.add_member("bob"), asked, {"Who": ann})


async def test_an_option_completes_what_is_typed(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    offered = await world.complete(ann, "pick", "drop", "Teal").wait()
    assert offered.choices == {"Teal Mug": "mug"}
    chosen = world.slash(ann, "pick", {"drop": "mug", "units": 2})
    assert (await chosen.wait()).text == "2 of mug"
    kinds = [(seen.kind, seen.text) for seen in world.record.seen if seen.kind in ("autocomplete", "choices")]
    assert kinds == [("autocomplete", "/pick drop:Teal"), ("choices", "Teal Mug")]


async def test_a_list_that_does_not_come_fails_by_itself(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    world.desk.deadline_seconds = 0.05
    with pytest.raises(InteractionFailed):
        await world.complete(ann, "pick", "drop", "sleepy").wait()
    assert world.record.seen[-1].kind == "choices-failed"


async def test_only_some_options_complete_themselves(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    with pytest.raises(StageError, match="does not complete"):
        world.complete(ann, "pick", "units", "1", {"drop": "mug"})


async def test_each_member_is_offered_their_own_commands(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    everybody = {"drop", "think", "give", "pick", "new"}
    assert set(world.offered(ann)) == everybody
    assert set(world.offered(world.member("mod_mia"))) == everybody | {"manage"}
    assert world.offered(ann, channel="moderators") == []


_OFFER = {"name": "Teal Mug", "value": "mug"}


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ([_OFFER] * 26, []),
        ([{"name": "x" * 101, "value": "mug"}], ["0", "name"]),
        ([{"name": "", "value": "mug"}], ["0", "name"]),
        ([{"name": "x", "value": "x" * 101}], ["0", "value"]),
        ([{"name": "x"}], ["0", "value"]),
    ],
)
async def test_choices_beyond_a_limit_are_refused_by_field(
    world: DiscordWorld, rest: Rest, ann: Member, choices: list[Any], where: list[str]
) -> None:
    option = {"type": 3, "name": "drop", "description": "x", "autocomplete": True}
    world.commands.upsert(None, {"name": "pick", "description": "x", "options": [option]})
    act = world.complete(ann, "pick", "drop", "")
    path = f"/interactions/{act.id}/{act.token}/callback"
    refused = await rest("POST", path, {"type": 8, "data": {"choices": choices}})
    assert (refused.status, refused.body["code"]) == (400, 50035)
    errors = refused.body["errors"]["data"]["choices"]
    for step in where:
        errors = errors[step]
    assert errors["_errors"]
    # A message is no answer to it, and choices still are.
    assert (await rest("POST", path, {"type": 4, "data": {"content": "x"}})).body["code"] == 50035
    assert (await rest("POST", path, {"type": 8, "data": {"choices": [_OFFER]}})).status == 204
    assert act.answers[0].choices == {"Teal Mug": "mug"}


async def test_a_form_beyond_a_limit_is_refused_by_field(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    world.commands.upsert(None, {"name": "new", "description": "x"})
    text = {"type": 4, "custom_id": "t", "style": 1}
    label = {"type": 18, "label": "Title", "component": text}
    form: dict[str, Any] = {"title": "New", "custom_id": "new", "components": [label]}
    act = world.slash(ann, "new")
    path = f"/interactions/{act.id}/{act.token}/callback"
    for wrong, where in (
        ({"title": "x" * 46}, ["title"]),
        ({"custom_id": "x" * 101}, ["custom_id"]),
        ({"components": []}, ["components"]),
        ({"components": [label] * 6}, ["components"]),
        ({"components": [label | {"label": "x" * 46}]}, ["components", "0", "label"]),
        ({"components": [label | {"description": "x" * 101}]}, ["components", "0", "description"]),
        ({"components": [{"type": 18, "label": "Title"}]}, ["components", "0", "component"]),
        ({"components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}, ["components", "0", "type"]),
    ):
        refused = await rest("POST", path, {"type": 9, "data": form | wrong})
        assert refused.body["code"] == 50035, wrong
        errors = refused.body["errors"]
        for step in where:
            errors = errors[step]
        assert errors["_errors"]
    assert (await rest("POST", path, {"type": 9, "data": form})).status == 204
    assert discord.InteractionResponseType.modal.value == act.response_type
