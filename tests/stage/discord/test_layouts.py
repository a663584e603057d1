"""Messages made of components alone: what stands in them, and what the platform refuses."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest

Json = dict[str, Any]

PICTURE = "https://example.org/mug.png"
TEXT: Json = {"type": 10, "content": "x"}
BUTTON: Json = {"type": 2, "style": 1, "label": "Claim", "custom_id": "claim"}
MEDIA: Json = {"media": {"url": PICTURE}}


def _section(**changes: object) -> Json:
    return {"type": 9, "components": [TEXT], "accessory": BUTTON, **changes}


def _container(*parts: Json, **changes: object) -> Json:
    return {"type": 17, "components": list(parts), **changes}


class ClaimButton(discord.ui.Button[discord.ui.LayoutView]):
    def __init__(self) -> None:
        super().__init__(label="Claim", custom_id="claim")

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Teal Mug #1 of 48 is yours!", ephemeral=True)


async def test_a_whole_layout_is_posted_read_and_pressed(world: DiscordWorld, bot: TeaBot) -> None:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(
        discord.ui.Container(
            discord.ui.Section("# Teal Mug", "48 units", accessory=ClaimButton()),
            discord.ui.Separator(spacing=discord.SeparatorSpacing.large),
            discord.ui.MediaGallery(discord.MediaGalleryItem(PICTURE, description="a mug")),
            discord.ui.Section("Made by TeaPot", accessory=discord.ui.Thumbnail(PICTURE)),
            accent_color=discord.Color.teal(),
        )
    )
    sent = await bot.channel("lounge").send(view=view)
    assert world.messages("lounge")[0].text == "# Teal Mug\n48 units\nMade by TeaPot"
    read = discord.ui.LayoutView.from_message(await bot.channel("lounge").fetch_message(sent.id))
    assert read.total_children_count == view.total_children_count
    answer = await world.press(world.add_member("ann"), str(sent.id), label="Claim").wait()
    assert answer.text.startswith("Teal Mug #1")


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ([BUTTON], ["0", "type"]),
        ([_container()], ["0", "components"]),
        ([_container(_container(TEXT))], ["0", "components", "0", "type"]),
        ([_container(TEXT, accent_color=1 << 24)], ["0", "accent_color"]),
        ([_section(components=[])], ["0", "components"]),
        ([_section(components=[TEXT] * 4)], ["0", "components"]),
        ([_section(components=[BUTTON])], ["0", "components", "0", "type"]),
        ([_section(accessory=None)], ["0", "accessory"]),
        ([_section(accessory=TEXT)], ["0", "accessory", "type"]),
        ([_section(accessory="button")], ["0", "accessory", "type"]),
        ([{"type": 12, "items": []}], ["0", "items"]),
        ([{"type": 12, "items": [MEDIA] * 11}], ["0", "items"]),
        ([{"type": 12, "items": [{}]}], ["0", "items", "0", "media", "url"]),
        ([{"type": 12, "items": [{"media": {"url": "mug.png"}}]}], ["0", "items", "0", "media", "url"]),
        ([{"type": 12, "items": [MEDIA | {"description": "x" * 1025}]}], ["0", "items", "0", "description"]),
        ([{"type": 14, "spacing": 3}], ["0", "spacing"]),
        ([{"type": 10, "content": ""}], ["0", "content"]),
        ([{"type": 1, "components": [TEXT]}], ["0", "components", "0", "type"]),
        ([{"type": 1, "components": [BUTTON | {"style": 7}]}], ["0", "components", "0", "style"]),
        ([{"type": 1, "components": [{"type": 2, "style": 5, "url": "ftp://x"}]}], ["0", "components", "0", "url"]),
    ],
)
async def test_a_layout_the_platform_would_refuse_is_refused_by_field(
    world: DiscordWorld, rest: Rest, parts: list[Json], where: list[str]
) -> None:
    body = {"flags": 1 << 15, "components": parts}
    answer = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", body)
    assert (answer.status, answer.body["code"]) == (400, 50035)
    errors = answer.body["errors"]["components"]
    for step in where:
        errors = errors[step]
    assert errors["_errors"]
    assert world.messages("lounge") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "x"),
        ("embeds", [{"title": "x"}]),
        ("poll", {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "x"}}]}),
    ],
)
async def test_a_layout_stands_alone(world: DiscordWorld, rest: Rest, field: str, value: object) -> None:
    body = {"flags": 1 << 15, "components": [TEXT], field: value}
    answer = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", body)
    code = answer.body["errors"][field]["_errors"][0]["code"]
    assert code == "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"


async def test_a_message_becomes_a_layout_only_without_its_words(world: DiscordWorld, rest: Rest) -> None:
    path = f"/channels/{world.channel('lounge').id}/messages"
    posted = (await rest("POST", path, {"content": "48 left"})).body["id"]
    body = {"flags": 1 << 15, "components": [TEXT]}
    assert list((await rest("PATCH", f"{path}/{posted}", body)).body["errors"]) == ["content"]
    changed = await rest("PATCH", f"{path}/{posted}", body | {"content": None})
    assert (changed.status, changed.body["flags"]) == (200, 1 << 15)
    # There is no way back.
    again = await rest("PATCH", f"{path}/{posted}", {"flags": 0, "content": "47 left"})
    assert list(again.body["errors"]) == ["content"]
