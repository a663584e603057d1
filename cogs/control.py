"""Steering a drop on a Discord client of the library: `/drop open` and the control card's buttons."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.domain.control import EXTEND_MINUTES_MAX, Verb, fits
from bot.domain.people import Actor
from bot.domain.text import label
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import PLATFORM, actor_of
from bot.platforms.discord.trouble import GuardedModal
from bot.services.services import Services
from bot.wording.buttons import EXTEND_MINUTES
from bot.wording.times import undo_text
from cogs.choices import TYPED_MAX, choices
from cogs.dialogues.confirming import YES, confirm
from cogs.dialogues.control import BUTTON, steer_drop
from cogs.drops import ask
from cogs.presses import asked_by, pressable, request_id
from cogs.steering import Order

# What a drop's name completes to, and every deed that needs nothing but the drop.
_PLAIN_VERBS = (Verb.OPEN, Verb.CLOSE, Verb.PAUSE, Verb.RESUME, Verb.CANCEL)
_Typed = app_commands.Range[str, 0, TYPED_MAX]


def steering_group(services: Services) -> app_commands.Group:
    """`/drop`, which Discord shows to those who may manage messages; each deed checks the rank of its own."""
    return app_commands.Group(
        name="drop",
        description=services.words.say("slash-drop", discord=True)[:100],
        default_permissions=discord.Permissions(manage_messages=True),
        guild_only=True,
    )


def install_discord(bot: DiscordBot, services: Services, steering: app_commands.Group) -> None:
    for verb in _PLAIN_VERBS:
        _add_plain(steering, services, verb)
    _add_extend(steering, services)
    _add_give(steering, services)

    words = services.words
    undo_description = words.say("slash-undo", discord=True, within=undo_text(words))[:100]

    @steering.command(name="undo", description=undo_description)
    async def undo(interaction: discord.Interaction[Any]) -> None:
        await answer_order(interaction, services, Order(Verb.UNDO))

    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        verb, drop = Verb(match["verb"]), match["drop"]
        if verb is Verb.GIVE:
            await interaction.response.send_modal(GiveModal(services, drop))
            return
        minutes = EXTEND_MINUTES if verb is Verb.EXTEND else 0
        await answer_order(interaction, services, Order(verb, drop, minutes))

    async def say_yes(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        actor, asked = actor_of(interaction), asked_by(interaction)
        await answer_within(interaction, confirm(services, actor, request_id(interaction), asked=asked))

    bot.add_dynamic_items(pressable(BUTTON, press), pressable(YES, say_yes))


def _add_plain(steering: app_commands.Group, services: Services, verb: Verb) -> None:
    @steering.command(name=str(verb), description=services.words.say(f"slash-{verb}", discord=True)[:100])
    @app_commands.describe(drop=services.words.say("slash-option-drop", discord=True)[:100])
    async def steer(interaction: discord.Interaction[Any], drop: _Typed = "") -> None:
        await answer_order(interaction, services, Order(verb, drop))

    @steer.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await _offered(interaction, services, verb, typed)


def _add_extend(steering: app_commands.Group, services: Services) -> None:
    words = services.words

    @steering.command(name="extend", description=words.say("slash-extend", discord=True)[:100])
    @app_commands.describe(
        minutes=words.say("slash-option-minutes", discord=True)[:100],
        drop=words.say("slash-option-drop", discord=True)[:100],
    )
    async def extend(
        interaction: discord.Interaction[Any],
        minutes: app_commands.Range[int, 1, EXTEND_MINUTES_MAX] = EXTEND_MINUTES,
        drop: _Typed = "",
    ) -> None:
        await answer_order(interaction, services, Order(Verb.EXTEND, drop, minutes))

    @extend.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await _offered(interaction, services, Verb.EXTEND, typed)


def _add_give(steering: app_commands.Group, services: Services) -> None:
    words = services.words

    @steering.command(name="give", description=words.say("slash-give", discord=True)[:100])
    @app_commands.describe(
        member=words.say("slash-option-member", discord=True)[:100],
        why=words.say("slash-option-why", discord=True)[:100],
        drop=words.say("slash-option-drop", discord=True)[:100],
    )
    async def give(
        interaction: discord.Interaction[Any],
        member: discord.Member,
        why: app_commands.Range[str, 1, 200],
        drop: _Typed = "",
    ) -> None:
        await answer_order(interaction, services, Order(Verb.GIVE, drop, why=why), receiver=receiver_of(member))

    @give.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await _offered(interaction, services, Verb.GIVE, typed)


async def _offered(
    interaction: discord.Interaction[Any], services: Services, verb: Verb, typed: str
) -> list[app_commands.Choice[str]]:
    # Planned drops are the moderators' secret, and the platform lets a server show them the command or not.
    if not actor_of(interaction).steers:
        return []
    return choices((d for d in (await services.drops.every()).values() if fits(verb, d)), typed)


async def answer_order(
    interaction: discord.Interaction[Any],
    services: Services,
    order: Order,
    *,
    receiver: str | Actor | None = None,
) -> None:
    """Do the deed for whoever acted, and tell only them how it went."""

    deciding = steer_drop(services, actor_of(interaction), request_id(interaction), order, receiver=receiver)
    await answer_within(interaction, deciding)


def receiver_of(member: discord.Member | discord.User) -> Actor:
    """Whom a moderator has picked to get something."""
    return Actor(PLATFORM, str(member.id), label(member.display_name) or str(member.id))


class GiveModal(GuardedModal):
    """Who gets a unit by hand, and why: somebody of this server, or else a name typed as it stands in chat."""

    def __init__(self, services: Services, drop: str) -> None:
        words = services.words
        super().__init__(title=words.say("give-form-title", discord=True)[:45])
        self._services = services
        self._drop = drop
        self._member: discord.ui.UserSelect[Any] = discord.ui.UserSelect(required=False, custom_id="give-member")
        label_text = words.say("give-form-member-label", discord=True)[:45]
        self.add_item(discord.ui.Label(text=label_text, component=self._member))
        self._name = ask(self, words, "give-form-name", required=False)
        self._why = ask(self, words, "give-form-why")

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        order = Order(Verb.GIVE, self._drop, why=self._why.value)
        picked = [receiver_of(member) for member in self._member.values]
        receiver: str | Actor | None = picked[0] if picked else self._name.value.strip() or None
        await answer_order(interaction, self._services, order, receiver=receiver)
