"""Steering a drop: `!drop open` and its like in chat, `/drop open` and the control card's buttons on Discord."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.domain.answers import Answer, TryAgain
from bot.domain.control import EXTEND_MINUTES_MAX, DropSteered, SteerDecision, SteerNeedsYes, Verb, fits
from bot.domain.people import Actor
from bot.domain.text import label
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import PLATFORM, actor_of
from bot.platforms.discord.trouble import GuardedModal
from bot.services.services import Services
from bot.wording.buttons import EXTEND_MINUTES
from bot.wording.cards import Card
from bot.wording.control import (
    chat_answer,
    confirm_card,
    incomplete_gift_text,
    nothing_waits_text,
    steer_answer,
    try_again_text,
)
from bot.wording.times import undo_text
from cogs.choices import TYPED_MAX, choices
from cogs.commands import Asked, ChatCommands
from cogs.drops import ask, show_board
from cogs.presses import pressable, request_id
from cogs.steering import Order, read_order, with_receiver

BUTTON = r"md:control:(?P<verb>open|close|pause|resume|extend|give|undo):(?P<drop>[a-z0-9-]{1,40})"
YES = r"md:confirm:yes"
# What a drop's name completes to, and every deed that needs nothing but the drop.
_PLAIN_VERBS = (Verb.OPEN, Verb.CLOSE, Verb.PAUSE, Verb.RESUME, Verb.CANCEL)
_Typed = app_commands.Range[str, 0, TYPED_MAX]


def install_twitch(chat: ChatCommands, services: Services) -> None:
    async def drop(asked: Asked) -> None:
        order = read_order(asked.text)
        if order is None or not asked.actor.steers:
            await show_board(asked, services)
            return
        if order.verb is Verb.GIVE:
            order = with_receiver(order, (await services.drops.every()).values())
            if not order.receiver or not order.why:
                known = bool(order.receiver)
                services.telling.say_now(incomplete_gift_text(services.words, order.drop, receiver_known=known))
                return
        try:
            answer = await services.control.steer(
                asked.actor,
                asked.request_id,
                order.verb,
                drop=order.drop,
                minutes=order.minutes,
                receiver=order.receiver or None,
                why=order.why,
            )
        except TryAgain:
            services.telling.say_now(try_again_text(services.words, discord=False))
            return
        _say(services, answer)

    async def yes(asked: Asked) -> None:
        try:
            answer = await services.control.confirm(asked.actor, asked.request_id)
        except TryAgain:
            services.telling.say_now(try_again_text(services.words, discord=False))
            return
        if answer is not None:
            _say(services, answer)

    chat.add("drop", drop)
    chat.add("yes", yes)


def _say(services: Services, answer: Answer[SteerDecision]) -> None:
    text = chat_answer(services.words, answer.decision, services.clock.now())
    if text and not answer.repeated:
        services.telling.say_now(text)


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
        await answer_within(interaction, _confirming(interaction, services))

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
        await answer_order(interaction, services, Order(Verb.GIVE, drop, why=why), receiver=_receiver(member))

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

    async def deciding() -> str | Card:
        try:
            answer = await services.control.steer(
                actor_of(interaction),
                request_id(interaction),
                order.verb,
                drop=order.drop,
                minutes=order.minutes,
                receiver=receiver,
                why=order.why,
            )
        except TryAgain:
            return try_again_text(services.words, discord=True)
        _tell_chat_of_gift(services, answer)
        return _shown(services, answer)

    await answer_within(interaction, deciding())


def _tell_chat_of_gift(services: Services, answer: Answer[SteerDecision]) -> None:
    """A viewer of Twitch chat who is given a unit from Discord hears of it where they are."""
    done = answer.decision
    if isinstance(done, DropSteered) and done.verb is Verb.GIVE and done.receiver_platform == "twitch":
        _say(services, answer)


async def _confirming(interaction: discord.Interaction[Any], services: Services) -> str | Card:
    try:
        answer = await services.control.confirm(actor_of(interaction), request_id(interaction))
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return nothing_waits_text(services.words) if answer is None else _shown(services, answer)


def _shown(services: Services, answer: Answer[SteerDecision]) -> str | Card:
    now = services.clock.now()
    if isinstance(answer.decision, SteerNeedsYes):
        return confirm_card(services.words, answer.decision, now)
    return steer_answer(services.words, answer.decision, now, discord=True)


def _receiver(member: discord.Member | discord.User) -> Actor:
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
        picked = [_receiver(member) for member in self._member.values]
        receiver: str | Actor | None = picked[0] if picked else self._name.value.strip() or None
        await answer_order(interaction, self._services, order, receiver=receiver)
