"""Voting: `!vote teal` or a number alone in chat, `/vote` and the buttons of a poll's card on Discord."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from bot.domain.answers import Answer, TryAgain
from bot.domain.ballots import Ballot, Method
from bot.domain.people import Actor
from bot.domain.poll_news import poll_snapshot
from bot.domain.polls import Poll
from bot.domain.voting import VoteChecking, VoteDecision, VoteRefusal, VoteRefused
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.claims import try_again_text
from bot.wording.polls import pass_vote_card
from bot.wording.votes import Voted, my_votes_text, vote_text
from cogs.dialogues.looked_up import answer_looked_up
from cogs.dialogues.privately import Privately
from cogs.names import Asked, CommandList

_KEY = r"(?P<poll>[a-z0-9-]{1,60})"
VOTE = rf"md:vote:{_KEY}:(?P<option>[0-9]{{1,2}})"
BALLOT = rf"md:ballot:{_KEY}"
PASS_VOTE = rf"md:votepass:{_KEY}(?::(?P<option>[0-9]{{1,2}}))?"
_FORM_TOKEN = "[0-9a-f]{8}"
VOTE_TYPED_MAX = 500
# The line that has closed a poll says so to everybody whose number came too late.
_SAID_ALREADY = (VoteRefusal.NOTHING_ON, VoteRefusal.UNKNOWN_POLL, VoteRefusal.CANCELLED, VoteRefusal.CLOSED)


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def vote(asked: Asked) -> None:
        await vote_in_chat(services, asked)

    async def vote_bare(actor: Actor, request_id: str, line: str) -> None:
        answer = await _heard(services, actor, services.voting.vote_bare(actor, request_id, line))
        if answer is not None and getattr(answer.decision, "because", None) not in _SAID_ALREADY:
            _tell_refusal(services, actor, answer)

    def talk(actor: Actor, request_id: str, line: str) -> Awaitable[None] | None:
        return vote_bare(actor, request_id, line) if services.voting.takes_numbers else None

    commands.add("vote", vote)
    commands.answer_talk(talk)


async def vote_in_chat(services: Services, asked: Asked, *, with_pass: bool = False) -> None:
    """Vote for what was typed behind the command. A vote that counts is silent."""
    voting = services.voting.vote(asked.actor, asked.request_id, asked.text, with_pass=with_pass)
    answer = await _heard(services, asked.actor, voting)
    if answer is not None:
        _tell_refusal(services, asked.actor, answer)


async def _heard(
    services: Services, actor: Actor, voting: Awaitable[Answer[VoteDecision] | None]
) -> Answer[VoteDecision] | None:
    try:
        return await voting
    except TooFast:
        return None
    except TryAgain:
        services.telling.say_to(actor, try_again_text(services.words, discord=False), topic="try-again")
        return None


def _tell_refusal(services: Services, actor: Actor, answer: Answer[VoteDecision]) -> None:
    decision = answer.decision
    if isinstance(decision, VoteRefused) and not answer.repeated:
        services.telling.vote_refused(actor, decision, services.polls.options(decision.poll))


# -- Discord ----------------------------------------------------------------------------------------------------


async def answer_vote(
    services: Services,
    actor: Actor,
    request_id: str,
    choice: Ballot | str,
    *,
    poll: str = "",
    with_pass: bool = False,
    privately: Privately,
) -> None:
    """Vote for whoever acted, and tell them alone what was counted. That they are being looked up is no answer
    yet."""
    await answer_looked_up(
        services.words,
        actor,
        services.voting.vote(actor, request_id, choice, poll=poll, with_pass=with_pass),
        checking=VoteChecking,
        checked=services.voting.checked,
        text_of=lambda decision: _answer_text(services, decision),
        privately=privately,
    )


def button_ballot(number: str) -> Ballot:
    """The ballot that the button of an option means; what the poll's method is, the lane knows."""
    return Ballot(Method.PLURALITY, (int(number),))


def pass_choices(services: Services, poll: Poll) -> Card:
    """What somebody may spend their pass on, before it is spent."""
    return pass_vote_card(services.words, poll_snapshot(poll))


def ballot_form(client: str, poll: str, own: str, *, with_pass: bool) -> str:
    """The custom id of a form that is shown: in it stands what it is for, so that whoever has it open while the bot
    starts anew can still send it. `client` is the login that shows it, `own` its own; each has 8 hex digits."""
    return f"md:ballotform:{poll}:{'pass' if with_pass else 'vote'}:{client}{own}"


def ballot_form_of_others(client: str) -> str:
    """The template of forms that some other login has shown."""
    return rf"md:ballotform:{_KEY}:(?P<how>pass|vote):(?!{client}){_FORM_TOKEN}{_FORM_TOKEN}"


def sent_in(data: Mapping[str, Any]) -> tuple[str | None, list[list[str]]]:
    """What a form came back with, as Discord tells it: the text that was typed, None where nothing was to be typed,
    and what was chosen in each field."""
    fields = [label.get("component", {}) for label in data.get("components", ())]
    typed = next((str(each.get("value") or "") for each in fields if each.get("custom_id") == "ballot"), None)
    return typed, [[str(value) for value in each.get("values") or ()] for each in fields]


def filled_in(poll: Poll, chosen: Sequence[Sequence[str]]) -> Ballot | str:
    """The fields of a form, each with the values that were chosen in it, as they could have been typed. Nothing
    chosen abstains."""
    method = poll.plan.method
    named = [value for values in chosen for value in values]
    if not named:
        return Ballot(method)
    match method:
        case Method.RANKED:
            return " > ".join(named)
        case Method.SCORE:
            points = ((option, values[0]) for option, values in enumerate(chosen, 1) if values)
            return " ".join(f"{option}={score}" for option, score in points)
    return " ".join(named)


async def votes_of(services: Services, actor: Actor, *, discord: bool) -> str:
    """The votes that somebody has in what is on, "" for none."""
    own = await services.voting.own(actor)
    voted = [Voted(each.poll.plan.question, each.poll.plan.options, each.vote.ballot) for each in own]
    return my_votes_text(services.words, voted, discord=discord)


def _answer_text(services: Services, decision: VoteDecision) -> str:
    options = services.polls.options(decision.poll)
    return vote_text(services.words, decision, services.clock.now(), discord=True, options=options)
