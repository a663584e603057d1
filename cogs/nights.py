"""Game nights on a Discord client of the library: `/night` and the buttons of a night's card."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.domain.drop_plan import TITLE_CHARACTERS_MAX
from bot.domain.night_deeds import SEATS_MAX, NightVerb
from bot.domain.nights import Night
from bot.domain.text import label, normalise_command
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import CHOICES_MAX, TYPED_MAX
from cogs.dialogues.nights import BUTTON, NightForm, cancel_night, create_night, nights_to_show, visit_night
from cogs.presses import pressable, request_id

_Typed = app_commands.Range[str, 0, TYPED_MAX]
Offered = list[app_commands.Choice[str]]


def install_discord(bot: DiscordBot, services: Services) -> None:
    """One group for all: what only hosts may do, each command checks by itself."""
    words = services.words
    hosting = app_commands.Group(
        name="night", description=words.say("slash-night", discord=True)[:100], guild_only=True
    )
    _add_hosting(hosting, services)
    for verb in (NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE):
        _add_visit(hosting, services, verb)

    @hosting.command(name="list", description=words.say("slash-night-list", discord=True)[:100])
    async def listed(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, nights_to_show(services, actor_of(interaction)))

    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        actor, verb = actor_of(interaction), NightVerb(match["verb"])
        await answer_within(
            interaction, visit_night(services, actor, request_id(interaction), verb, match["night"])
        )

    bot.add_dynamic_items(pressable(BUTTON, press))
    bot.tree.add_command(hosting)


def _add_hosting(hosting: app_commands.Group, services: Services) -> None:
    words = services.words

    @hosting.command(name="create", description=words.say("slash-night-create", discord=True)[:100])
    @app_commands.describe(
        title=words.say("slash-option-title", discord=True)[:100],
        starts=words.say("slash-option-starts", discord=True)[:100],
        seats=words.say("slash-option-seats", discord=True)[:100],
        lasts=words.say("slash-option-night-lasts", discord=True)[:100],
        needs_pass=words.say("slash-option-needs-pass", discord=True)[:100],
    )
    async def create(
        interaction: discord.Interaction[Any],
        title: app_commands.Range[str, 1, TITLE_CHARACTERS_MAX],
        starts: app_commands.Range[str, 1, TYPED_MAX],
        seats: app_commands.Range[int, 1, SEATS_MAX],
        lasts: _Typed = "",
        needs_pass: bool = True,
    ) -> None:
        form = NightForm(title, starts, seats, lasts, needs_pass)
        await answer_within(
            interaction, create_night(services, actor_of(interaction), request_id(interaction), form)
        )

    @hosting.command(name="cancel", description=words.say("slash-night-cancel", discord=True)[:100])
    @app_commands.describe(night=words.say("slash-option-night", discord=True)[:100])
    async def cancel(interaction: discord.Interaction[Any], night: _Typed = "") -> None:
        await answer_within(
            interaction, cancel_night(services, actor_of(interaction), request_id(interaction), night)
        )

    @cancel.autocomplete("night")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> Offered:
        return night_choices(await services.nights.every(), typed)


def _add_visit(hosting: app_commands.Group, services: Services, verb: NightVerb) -> None:
    words = services.words

    @hosting.command(name=str(verb), description=words.say(f"slash-night-{verb}", discord=True)[:100])
    @app_commands.describe(night=words.say("slash-option-night", discord=True)[:100])
    async def visit(interaction: discord.Interaction[Any], night: _Typed = "") -> None:
        actor = actor_of(interaction)
        await answer_within(interaction, visit_night(services, actor, request_id(interaction), verb, night))

    @visit.autocomplete("night")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> Offered:
        return night_choices(await services.nights.every(), typed)


def night_choices(nights: Iterable[Night], typed: str) -> Offered:
    """The nights to come whose title or key has what was typed so far in it, as Discord offers them."""
    wanted = normalise_command(typed)
    found = [
        night
        for night in nights
        if night.on and (wanted in night.key or wanted in normalise_command(night.plan.title))
    ]
    return [
        app_commands.Choice(name=label(night.plan.title) or night.key, value=night.key)
        for night in found[:CHOICES_MAX]
    ]
