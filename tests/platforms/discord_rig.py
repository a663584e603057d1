"""A small Discord cog and a connected platform, for tests on the stage."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.platforms.discord.answers import answer, answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.discord.trouble import guarded
from bot.stage.server import Stage
from tests.platforms.rig import running, until


def discord_settings(stage: Stage, **changes: Any) -> DiscordSettings:
    world = stage.discord
    settings = DiscordSettings(
        token=world.bot_token,
        guild_id=int(world.guild_id),
        channels={
            DISCORD_ANNOUNCEMENTS: int(world.channel("announcements").id),
            DISCORD_MODERATORS: int(world.channel("moderators").id),
        },
        reminder_role_id=int(world.role("drop-reminders").id),
        backoff_base=0.1,
        backoff_cap=1.0,
    )
    return replace(settings, **changes)


class Booth:
    """What the test cog was asked, and how it is to behave."""

    def __init__(self) -> None:
        self.actors: list[Any] = []
        self.presses: list[str] = []
        self.gaps: list[float] = []
        self.told: list[bool] = []
        self.digest: str | None = None
        self.installs = 0
        self.extra_command = ""
        self.thinking = asyncio.Event()
        self.thinking.set()

    async def load_digest(self) -> str | None:
        return self.digest

    async def save_digest(self, digest: str) -> None:
        self.digest = digest

    async def on_connected(self, gap_seconds: float) -> None:
        self.gaps.append(gap_seconds)

    def install(self, bot: DiscordBot) -> None:
        booth = self
        self.installs += 1

        @bot.tree.command(name="drop", description="What is on")
        async def drop(interaction: discord.Interaction[Any]) -> None:
            booth.actors.append(actor_of(interaction))
            booth.told.append(await answer(interaction, "Teal Mug is next."))

        @bot.tree.command(name="think", description="Takes its time")
        async def think(interaction: discord.Interaction[Any]) -> None:
            async def decide() -> str:
                await booth.thinking.wait()
                return "Decided."

            booth.told.append(await answer_within(interaction, decide(), defer_after=0.2))

        @bot.tree.command(name="broken", description="Fails")
        async def broken(interaction: discord.Interaction[Any]) -> None:
            raise ValueError("the cog is broken")

        @bot.tree.command(name="steer", description="For moderators")
        @app_commands.default_permissions(manage_messages=True)
        async def steer(interaction: discord.Interaction[Any]) -> None:
            booth.actors.append(actor_of(interaction))
            booth.told.append(await answer(interaction, "Steered."))

        if self.extra_command:
            bot.tree.command(name=self.extra_command, description="One more")(drop.callback)

        class ClaimButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"md:claim:(?P<drop>[a-z-]+)"):
            def __init__(self, drop: str) -> None:
                super().__init__(discord.ui.Button(label="Claim", custom_id=f"md:claim:{drop}"))
                self.drop = drop

            @classmethod
            async def from_custom_id(
                cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
            ) -> ClaimButton:
                return cls(match["drop"])

            @guarded
            async def callback(self, interaction: discord.Interaction[Any]) -> None:
                booth.presses.append(self.drop)
                if self.drop == "broken":
                    raise ValueError("the button is broken")
                booth.told.append(await answer(interaction, f"{self.drop} #1 is yours!"))

        bot.add_dynamic_items(ClaimButton)


@asynccontextmanager
async def on_discord(stage: Stage, booth: Booth, **changes: Any) -> AsyncIterator[DiscordPlatform]:
    """A connected Discord platform."""
    before = len(booth.gaps)
    platform = DiscordPlatform(
        discord_settings(stage, **changes),
        install=booth.install,
        on_connected=booth.on_connected,
        load_digest=booth.load_digest,
        save_digest=booth.save_digest,
    )
    async with running(platform.run):
        await until(lambda: len(booth.gaps) > before, within=60.0)
        yield platform
