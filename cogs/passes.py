"""Passes on a Discord client of the library: `/pass` for their owners, `/passes` for moderators."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.domain.drop_plan import TITLE_CHARACTERS_MAX
from bot.domain.pass_deeds import USES_MAX
from bot.domain.pass_terms import PassKind
from bot.domain.pass_words import KINDS_BY_WORD
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX
from cogs.control import receiver_of
from cogs.dialogues.passes import PassForm, give_pass, hand_pass_on, own_passes, passes_of_somebody, revoke_pass
from cogs.dialogues.votes import answer_vote
from cogs.presses import request_id

_NUMBER_MAX = 1_000_000_000
_WHY_MAX = 200
_Number = app_commands.Range[int, 1, _NUMBER_MAX]
_Why = app_commands.Range[str, 1, _WHY_MAX]


def install_discord(bot: DiscordBot, services: Services) -> None:
    words = services.words
    own = app_commands.Group(name="pass", description=words.say("slash-pass", discord=True)[:100], guild_only=True)
    steering = app_commands.Group(
        name="passes",
        description=words.say("slash-passes", discord=True)[:100],
        default_permissions=discord.Permissions(manage_messages=True),
        guild_only=True,
    )
    _add_own(own, services)
    _add_giving(steering, services)
    _add_looking(steering, services)
    bot.tree.add_command(own)
    bot.tree.add_command(steering)


def _add_own(own: app_commands.Group, services: Services) -> None:
    words = services.words

    @own.command(name="list", description=words.say("slash-pass-own", discord=True)[:100])
    async def listed(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, own_passes(services, actor_of(interaction)))

    @own.command(name="spend", description=words.say("slash-pass-spend", discord=True)[:100])
    @app_commands.describe(choice=words.say("slash-option-choice", discord=True)[:100])
    async def spend(interaction: discord.Interaction[Any], choice: app_commands.Range[str, 1, TYPED_MAX]) -> None:
        actor, privately = actor_of(interaction), partial(answer_within, interaction)
        await answer_vote(services, actor, request_id(interaction), choice, with_pass=True, privately=privately)

    @own.command(name="hand-on", description=words.say("slash-pass-transfer", discord=True)[:100])
    @app_commands.describe(
        number=words.say("slash-option-pass-number", discord=True)[:100],
        member=words.say("slash-option-person", discord=True)[:100],
    )
    async def hand_on(interaction: discord.Interaction[Any], number: _Number, member: discord.Member) -> None:
        asking = hand_pass_on(services, actor_of(interaction), request_id(interaction), number, receiver_of(member))
        await answer_within(interaction, asking)


def _add_giving(steering: app_commands.Group, services: Services) -> None:
    words = services.words

    @steering.command(name="give", description=words.say("slash-pass-give", discord=True)[:100])
    @app_commands.describe(
        member=words.say("slash-option-person", discord=True)[:100],
        kind=words.say("slash-option-pass-kind", discord=True)[:100],
        why=words.say("slash-option-why", discord=True)[:100],
        uses=words.say("slash-option-uses", discord=True)[:100],
        expires=words.say("slash-option-pass-expires", discord=True)[:100],
        transferable=words.say("slash-option-transferable", discord=True)[:100],
        title=words.say("slash-option-pass-title", discord=True)[:100],
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=word, value=str(kind)) for word, kind in KINDS_BY_WORD.items()]
    )
    async def give(
        interaction: discord.Interaction[Any],
        member: discord.Member,
        kind: str,
        why: _Why,
        uses: app_commands.Range[int, 1, USES_MAX] = 1,
        expires: app_commands.Range[str, 0, TYPED_MAX] = "",
        transferable: bool = False,
        title: app_commands.Range[str, 0, TITLE_CHARACTERS_MAX] = "",
    ) -> None:
        form = PassForm(PassKind(kind), why, uses, expires, transferable, title)
        giving = give_pass(services, actor_of(interaction), request_id(interaction), receiver_of(member), form)
        await answer_within(interaction, giving)


def _add_looking(steering: app_commands.Group, services: Services) -> None:
    words = services.words

    @steering.command(name="list", description=words.say("slash-pass-list", discord=True)[:100])
    @app_commands.describe(member=words.say("slash-option-who-member", discord=True)[:100])
    async def listed(interaction: discord.Interaction[Any], member: discord.Member) -> None:
        await answer_within(interaction, passes_of_somebody(services, actor_of(interaction), receiver_of(member)))

    @steering.command(name="revoke", description=words.say("slash-pass-revoke", discord=True)[:100])
    @app_commands.describe(
        number=words.say("slash-option-pass-number", discord=True)[:100],
        why=words.say("slash-option-why", discord=True)[:100],
    )
    async def revoke(interaction: discord.Interaction[Any], number: _Number, why: _Why) -> None:
        asking = revoke_pass(services, actor_of(interaction), request_id(interaction), number, why)
        await answer_within(interaction, asking)
