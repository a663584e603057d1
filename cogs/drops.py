"""On a Discord client of the library: what is on and what is mine, for everybody; planning a drop live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from bot.domain.drop_plan import WhileOffline
from bot.domain.planning import KINDS, DropForm
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.platforms.discord.trouble import GuardedModal
from bot.services.services import Services
from bot.wording.catalogue import Wording
from cogs.choices import TYPED_MAX
from cogs.dialogues.drops import board_to_show, held_text, plan_drop
from cogs.presses import request_id

_FIELD_CHARACTERS_MAX = 100


def install_discord(bot: DiscordBot, services: Services, steering: app_commands.Group) -> None:
    """`/drops` and `/mine` for everybody; `show` and `new` in the moderators' group."""
    words = services.words

    @bot.tree.command(name="drops", description=words.say("slash-drops", discord=True)[:100])
    @app_commands.guild_only()
    async def drops(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, board_to_show(services))

    @bot.tree.command(name="mine", description=words.say("slash-mine", discord=True)[:100])
    @app_commands.guild_only()
    async def mine(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, held_text(services, actor_of(interaction)))

    @steering.command(name="show", description=words.say("slash-drops", discord=True)[:100])
    async def show(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, board_to_show(services))

    @steering.command(name="new", description=words.say("slash-new", discord=True)[:100])
    @app_commands.describe(
        kind=words.say("slash-option-kind", discord=True)[:100],
        per_person=words.say("slash-option-per-person", discord=True)[:100],
        announce=words.say("slash-option-announce", discord=True)[:100],
        while_offline=words.say("slash-option-while-offline", discord=True)[:100],
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=kind, value=kind) for kind in KINDS],
        while_offline=[app_commands.Choice(name=str(each), value=str(each)) for each in WhileOffline],
    )
    async def new(
        interaction: discord.Interaction[Any],
        kind: str = KINDS[0],
        per_person: app_commands.Range[int, 1, 1000] = 1,
        announce: app_commands.Range[str, 0, TYPED_MAX] = "now",
        while_offline: str = WhileOffline.WAIT.value,
    ) -> None:
        chosen = Chosen(kind, str(per_person), announce, while_offline)
        await interaction.response.send_modal(DropModal(services, chosen))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the command's options say about a new drop; the form asks for the rest."""

    kind: str
    per_person: str
    announce: str
    while_offline: str


class DropModal(GuardedModal):
    """The form of a new drop: the five questions that Discord allows, the rest are options of the command."""

    def __init__(self, services: Services, chosen: Chosen) -> None:
        super().__init__(title=services.words.say("form-title", discord=True)[:45])
        self._services = services
        self._chosen = chosen
        self._title = self._ask("title")
        self._supply = self._ask("supply")
        self._opens = self._ask("opens")
        self._lasts = self._ask("lasts")
        self._held_back = self._ask("held-back", required=False)

    def _ask(self, name: str, *, required: bool = True) -> discord.ui.TextInput[DropModal]:
        return ask(self, self._services.words, f"form-{name}", required=required)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        form = DropForm(
            title=self._title.value,
            supply=self._supply.value,
            opens=self._opens.value,
            lasts=self._lasts.value,
            kind=self._chosen.kind,
            held_back=self._held_back.value,
            per_person=self._chosen.per_person,
            announce=self._chosen.announce,
            while_offline=self._chosen.while_offline,
        )
        deciding = plan_drop(self._services, actor_of(interaction), request_id(interaction), form)
        await answer_within(interaction, deciding)


def ask(modal: discord.ui.Modal, words: Wording, key: str, *, required: bool = True) -> discord.ui.TextInput[Any]:
    """Add one line to write to a form, with the label and the hint that stand under `key`."""
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        placeholder=words.say(f"{key}-hint", discord=True)[:100],
        required=required,
        max_length=_FIELD_CHARACTERS_MAX,
        custom_id=key,
    )
    modal.add_item(discord.ui.Label(text=words.say(f"{key}-label", discord=True)[:45], component=field))
    return field
