"""Polls on a Discord client of the library: `/poll` for moderators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.domain.ballots import Method
from bot.domain.poll_asked import QUORUM_MAX, PollForm
from bot.domain.poll_control import PollVerb
from bot.domain.polls import Poll, PollKind, PollState
from bot.domain.text import label, normalise_command
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import CHOICES_MAX, TYPED_MAX
from cogs.dialogues.polls import poll_to_show, put_poll, recount_poll, steer_poll
from cogs.polling import PollOrder, more_time
from cogs.presses import request_id

OPTIONS_TYPED_MAX = 600
_Typed = app_commands.Range[str, 0, TYPED_MAX]
Offered = list[app_commands.Choice[str]]


def install_discord(bot: DiscordBot, services: Services) -> None:
    words = services.words
    polling = app_commands.Group(
        name="poll",
        description=words.say("slash-poll", discord=True)[:100],
        default_permissions=discord.Permissions(manage_messages=True),
        guild_only=True,
    )
    _add_open(polling, services)
    for verb in (PollVerb.CLOSE, PollVerb.CANCEL):
        _add_ending(polling, services, verb)
    _add_extend(polling, services)
    _add_looks(polling, services)
    bot.tree.add_command(polling)


def _add_open(polling: app_commands.Group, services: Services) -> None:
    words = services.words

    @polling.command(name="open", description=words.say("slash-poll-open", discord=True)[:100])
    @app_commands.describe(
        question=words.say("slash-option-question", discord=True)[:100],
        options=words.say("slash-option-options", discord=True)[:100],
        lasts=words.say("slash-option-lasts", discord=True)[:100],
        kind=words.say("slash-option-poll-kind", discord=True)[:100],
        method=words.say("slash-option-method", discord=True)[:100],
        hidden=words.say("slash-option-hidden", discord=True)[:100],
        quorum=words.say("slash-option-quorum", discord=True)[:100],
        who=words.say("slash-option-who", discord=True)[:100],
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=str(each), value=str(each)) for each in PollKind],
        method=[app_commands.Choice(name=str(each), value=str(each)) for each in Method],
    )
    async def put(
        interaction: discord.Interaction[Any],
        question: app_commands.Range[str, 1, 2 * TYPED_MAX],
        options: app_commands.Range[str, 1, OPTIONS_TYPED_MAX],
        lasts: _Typed = "",
        kind: str = PollKind.POLL.value,
        method: str = Method.PLURALITY.value,
        hidden: bool = False,
        quorum: app_commands.Range[int, 0, QUORUM_MAX] | None = None,
        who: app_commands.Range[str, 0, 2 * TYPED_MAX] = "",
    ) -> None:
        form = PollForm(question, options, lasts, who, PollKind(kind), Method(method), hidden, quorum)
        putting = put_poll(services, actor_of(interaction), request_id(interaction), form)
        await answer_within(interaction, putting)


def _add_ending(polling: app_commands.Group, services: Services, verb: PollVerb) -> None:
    words = services.words

    @polling.command(name=str(verb), description=words.say(f"slash-poll-{verb}", discord=True)[:100])
    @app_commands.describe(poll=words.say("slash-option-poll", discord=True)[:100])
    async def end(interaction: discord.Interaction[Any], poll: _Typed = "") -> None:
        order = PollOrder(verb, poll)
        await answer_within(
            interaction, steer_poll(services, actor_of(interaction), request_id(interaction), order)
        )

    @end.autocomplete("poll")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> Offered:
        return poll_choices(services.polls.running, typed)


def _add_extend(polling: app_commands.Group, services: Services) -> None:
    words = services.words

    @polling.command(name="extend", description=words.say("slash-poll-extend", discord=True)[:100])
    @app_commands.describe(
        added=words.say("slash-option-added", discord=True)[:100],
        poll=words.say("slash-option-poll", discord=True)[:100],
    )
    async def extend(interaction: discord.Interaction[Any], added: _Typed, poll: _Typed = "") -> None:
        order = PollOrder(PollVerb.EXTEND, poll, more_time(added))
        await answer_within(
            interaction, steer_poll(services, actor_of(interaction), request_id(interaction), order)
        )

    @extend.autocomplete("poll")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> Offered:
        return poll_choices(services.polls.running, typed)


def _add_looks(polling: app_commands.Group, services: Services) -> None:
    words = services.words

    @polling.command(name="recount", description=words.say("slash-poll-recount", discord=True)[:100])
    @app_commands.describe(poll=words.say("slash-option-poll", discord=True)[:100])
    async def recount(interaction: discord.Interaction[Any], poll: _Typed = "") -> None:
        counting = recount_poll(services, actor_of(interaction), request_id(interaction), poll)
        await answer_within(interaction, counting)

    @recount.autocomplete("poll")
    async def offer_closed(interaction: discord.Interaction[Any], typed: str) -> Offered:
        every = reversed(await services.polls.every())
        return poll_choices((poll for poll in every if poll.state is PollState.CLOSED), typed)

    @polling.command(name="show", description=words.say("slash-poll-show", discord=True)[:100])
    @app_commands.describe(poll=words.say("slash-option-poll", discord=True)[:100])
    async def show(interaction: discord.Interaction[Any], poll: _Typed = "") -> None:
        await answer_within(interaction, poll_to_show(services, poll))

    @show.autocomplete("poll")
    async def offer_every(interaction: discord.Interaction[Any], typed: str) -> Offered:
        return poll_choices(reversed(await services.polls.every()), typed)


def poll_choices(polls: Iterable[Poll], typed: str) -> Offered:
    """The polls whose question or key has what was typed so far in it, as Discord offers them."""
    wanted = normalise_command(typed)
    found = [poll for poll in polls if wanted in poll.key or wanted in normalise_command(poll.plan.question)]
    return [
        app_commands.Choice(name=label(poll.plan.question) or poll.key, value=poll.key)
        for poll in found[:CHOICES_MAX]
    ]
