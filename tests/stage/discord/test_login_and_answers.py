"""The unmodified discord.py logs in, registers its commands and answers members, over real sockets."""

from __future__ import annotations

import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import ClaimView, TeaBot


async def test_the_client_logs_in_and_sees_the_server(world: DiscordWorld, bot: TeaBot) -> None:
    assert bot.user is not None
    assert str(bot.user.id) == world.application_id
    assert [channel.name for channel in bot.guilds[0].text_channels] == ["announcements", "moderators", "lounge"]
    assert bot.guilds[0].me.guild_permissions.manage_roles


async def test_a_slash_command_is_answered(world: DiscordWorld, bot: TeaBot) -> None:
    ann, bob = world.add_member("ann"), world.add_member("bob", global_name="Bob")
    act = world.slash(ann, "drop", {"item": "cup", "who": bob})
    answer = await act.wait()
    assert (answer.text, answer.ephemeral, act.state) == ("cup for Bob", False, "answered")
    assert [message.content for message in world.messages("lounge")] == ["cup for Bob"]


async def test_a_button_press_is_answered_to_its_member_alone(world: DiscordWorld, bot: TeaBot) -> None:
    await bot.channel("announcements").send("Teal Mug is open", view=ClaimView())
    (message,) = world.messages("announcements")
    assert message.buttons[0] == ("Claim", "claim", False)
    ann = world.add_member("ann")
    answer = await world.press(ann, message.id, label="Claim").wait()
    assert (answer.text, answer.ephemeral) == ("Teal Mug #1 of 48 is yours!", True)
    seen = world.record.seen[-1]
    assert (seen.kind, seen.visible_to, seen.data["custom_id"]) == ("answer", ann.id, "claim")
    assert seen.data["latency_us"] > 0


async def test_messages_are_created_and_edited(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send("48 left")
    await sent.edit(content="47 left")
    (message,) = world.messages("lounge")
    assert (message.content, message.edited) == ("47 left", 1)
    kinds = [(seen.kind, seen.text) for seen in world.record.seen if seen.place == "discord:#lounge"]
    assert kinds == [("message", "48 left"), ("edit", "47 left")]


async def test_a_command_nobody_registered_is_not_offered(world: DiscordWorld, bot: TeaBot) -> None:
    with pytest.raises(StageError, match="not registered"):
        world.slash(world.add_member("ann"), "raffle")
