"""Voting on a Discord client of the library: `/vote`, the buttons of a poll's card, and forms for whole ballots."""

from __future__ import annotations

import re
import secrets
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.domain.ballots import SCORE_MAX, Ballot, Method
from bot.domain.polls import Poll
from bot.domain.text import normalise_command
from bot.platforms.discord.answers import answer, answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.platforms.discord.trouble import GuardedModal
from bot.services.services import Services
from bot.wording.poll_about import choice_labels
from bot.wording.votes import ballot_prompt
from cogs.choices import CHOICES_MAX, TYPED_MAX
from cogs.dialogues.votes import (
    BALLOT,
    PASS_VOTE,
    VOTE,
    VOTE_TYPED_MAX,
    answer_vote,
    ballot_form,
    ballot_form_of_others,
    button_ballot,
    filled_in,
    pass_choices,
    sent_in,
)
from cogs.polls import Offered, poll_choices
from cogs.presses import pressable, request_id

# As many fields as a form can have.
FIELDS_MAX = 5
_Typed = app_commands.Range[str, 0, TYPED_MAX]


def install_discord(bot: DiscordBot, services: Services) -> None:
    words, client = services.words, secrets.token_hex(4)

    @bot.tree.command(name="vote", description=words.say("slash-vote", discord=True)[:100])
    @app_commands.describe(
        choice=words.say("slash-option-choice", discord=True)[:100],
        poll=words.say("slash-option-poll", discord=True)[:100],
    )
    @app_commands.guild_only()
    async def vote(
        interaction: discord.Interaction[Any], choice: app_commands.Range[str, 1, VOTE_TYPED_MAX], poll: _Typed = ""
    ) -> None:
        await _vote(interaction, services, choice, poll)

    @vote.autocomplete("choice")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> Offered:
        poll = services.polls.meant(getattr(interaction.namespace, "poll", None) or "")
        return [] if poll is None else option_choices(poll, typed)

    @vote.autocomplete("poll")
    async def offer_poll(interaction: discord.Interaction[Any], typed: str) -> Offered:
        return poll_choices(services.polls.running, typed)

    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await _vote(interaction, services, button_ballot(match["option"]), match["poll"])

    async def ask(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await _ask(interaction, services, client, match["poll"])

    async def spend(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        key, option = match["poll"], match["option"]
        poll = services.polls.meant(key)
        if option is not None:
            await _vote(interaction, services, button_ballot(option), key, with_pass=True)
        elif poll is not None and poll.plan.method is Method.PLURALITY:
            await answer(interaction, card=pass_choices(services, poll))
        else:
            await _ask(interaction, services, client, key, with_pass=True)

    async def take(match: re.Match[str], interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data
        typed, chosen = sent_in(data)
        poll = services.polls.meant(match["poll"])
        ballot = typed if typed is not None else "" if poll is None else filled_in(poll, chosen)
        await _vote(interaction, services, ballot, match["poll"], with_pass=match["how"] == "pass")

    bot.hear_forms(ballot_form_of_others(client), take)
    bot.add_dynamic_items(pressable(VOTE, press), pressable(BALLOT, ask), pressable(PASS_VOTE, spend))


async def _vote(
    interaction: discord.Interaction[Any],
    services: Services,
    choice: Ballot | str,
    poll: str,
    *,
    with_pass: bool = False,
) -> None:
    await answer_vote(
        services,
        actor_of(interaction),
        request_id(interaction),
        choice,
        poll=poll,
        with_pass=with_pass,
        privately=partial(answer_within, interaction),
    )


async def _ask(
    interaction: discord.Interaction[Any], services: Services, client: str, key: str, *, with_pass: bool = False
) -> None:
    """Have the whole ballot filled in; whoever presses too late is told that."""
    poll = services.polls.meant(key)
    if poll is None:
        await _vote(interaction, services, "", key, with_pass=with_pass)
    else:
        await interaction.response.send_modal(BallotModal(services, client, poll, with_pass=with_pass))


def option_choices(poll: Poll, typed: str) -> Offered:
    """The options with what was typed so far in them; whoever types a whole ballot is offered nothing."""
    wanted = normalise_command(typed)
    labels = enumerate(choice_labels(poll.plan.options), 1)
    found = [(number, text) for number, text in labels if wanted in normalise_command(text)]
    return [app_commands.Choice(name=text, value=str(number)) for number, text in found[:CHOICES_MAX]]


class BallotModal(GuardedModal):
    """A ballot to fill in: whom to approve of, who comes first, second and so on, or points for each."""

    def __init__(self, services: Services, client: str, poll: Poll, *, with_pass: bool = False) -> None:
        custom_id = ballot_form(client, poll.key, secrets.token_hex(4), with_pass=with_pass)
        super().__init__(title=services.words.say("ballot-form-title", discord=True)[:45], custom_id=custom_id)
        self._services = services
        self._poll = poll
        self._with_pass = with_pass
        self._labels = choice_labels(poll.plan.options)
        self._typed: discord.ui.TextInput[Any] | None = None
        self._selects: list[discord.ui.Select[Any]] = []
        match poll.plan.method:
            case Method.RANKED:
                for place in range(1, min(FIELDS_MAX, len(self._labels)) + 1):
                    self._offer(ballot_prompt(services.words, Method.RANKED, place=place), self._options())
            case Method.SCORE if len(self._labels) <= FIELDS_MAX:
                points = [discord.SelectOption(label=str(each)) for each in range(SCORE_MAX, -1, -1)]
                for option in poll.plan.options:
                    self._offer(ballot_prompt(services.words, Method.SCORE, option=option), points)
            case Method.SCORE:
                # Their numbers stand on the card.
                prompt = services.words.say("ballot-form-scores", discord=True, most=SCORE_MAX)[:45]
                self._typed = discord.ui.TextInput(max_length=VOTE_TYPED_MAX, custom_id="ballot")
                self.add_item(discord.ui.Label(text=prompt, component=self._typed))
            case method:
                several = len(self._labels) if method is Method.APPROVAL else 1
                self._offer(ballot_prompt(services.words, method), self._options(), at_most=several)

    def _options(self) -> list[discord.SelectOption]:
        return [discord.SelectOption(label=text, value=str(number)) for number, text in enumerate(self._labels, 1)]

    def _offer(self, prompt: str, options: list[discord.SelectOption], *, at_most: int = 1) -> None:
        further = bool(self._selects) and self._poll.plan.method is Method.RANKED
        unset = "ballot-form-no-further" if further else "ballot-form-abstain"
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"ballot-{len(self._selects) + 1}",
            placeholder=self._services.words.say(unset, discord=True)[:100],
            options=options,
            min_values=0,
            max_values=at_most,
            required=False,
        )
        self._selects.append(select)
        self.add_item(discord.ui.Label(text=prompt, component=select))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        chosen = [select.values for select in self._selects]
        ballot = filled_in(self._poll, chosen) if self._typed is None else self._typed.value
        await _vote(interaction, self._services, ballot, self._poll.key, with_pass=self._with_pass)
