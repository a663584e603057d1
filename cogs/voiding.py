"""`/drop void` on a Discord client of the library: a unit is taken back for good."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.domain.drop_plan import SUPPLY_MAX
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX, choices
from cogs.dialogues.voiding import VoidOrder, void_unit
from cogs.presses import request_id

_WHY_MAX = 200


def install_discord(services: Services, steering: app_commands.Group) -> None:
    """`void` in the moderators' group."""
    words = services.words

    @steering.command(name="void", description=words.say("slash-void", discord=True)[:100])
    @app_commands.describe(
        drop=words.say("slash-option-drop", discord=True)[:100],
        unit=words.say("slash-option-unit", discord=True)[:100],
        why=words.say("slash-option-why", discord=True)[:100],
    )
    async def void(
        interaction: discord.Interaction[Any],
        drop: app_commands.Range[str, 1, TYPED_MAX],
        unit: app_commands.Range[int, 1, SUPPLY_MAX],
        why: app_commands.Range[str, 0, _WHY_MAX] = "",
    ) -> None:
        order = VoidOrder(drop, unit, why)
        deciding = void_unit(services, actor_of(interaction), request_id(interaction), order)
        await answer_within(interaction, deciding)

    @void.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        every = reversed((await services.drops.every()).values())
        return choices((drop for drop in every if drop.public and drop.units_owned), typed)
