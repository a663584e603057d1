"""Polls: `!poll` and `!modvote` in chat, `/poll` on Discord; what is on, for everybody."""

from __future__ import annotations

from bot.domain.answers import Answer, TryAgain
from bot.domain.people import Actor
from bot.domain.poll_asked import PollForm, read_asked, read_form
from bot.domain.poll_control import (
    OpenDecision,
    PollNeedsYes,
    PollRefusal,
    PollRefused,
    PollVerb,
    SteerPollDecision,
)
from bot.domain.poll_news import poll_snapshot
from bot.domain.poll_words import PollMistakes
from bot.domain.polls import PollKind
from bot.domain.recounting import RecountDecision
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.control import try_again_text
from bot.wording.polls import (
    confirm_poll_card,
    live_poll_card,
    mistakes_text,
    polls_on_line,
    recounted_text,
    steered_text,
)
from cogs.names import Asked, CommandList
from cogs.polling import PollOrder, read_poll_order


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def poll(asked: Asked) -> None:
        if not asked.actor.steers or not asked.text:
            say_what_is_on(services, asked)
            return
        order = read_poll_order(asked.text)
        await (_put(services, asked, PollKind.POLL) if order is None else _steer(services, asked, order))

    async def mod_vote(asked: Asked) -> None:
        if not asked.actor.steers or not asked.text:
            say_what_is_on(services, asked)
            return
        # Whoever has put one with this command closes it with it, too.
        order = read_poll_order(asked.text)
        await (_put(services, asked, PollKind.MOD_VOTE) if order is None else _steer(services, asked, order))

    commands.add("poll", poll)
    commands.add("modvote", mod_vote)


def say_what_is_on(services: Services, asked: Asked) -> None:
    """Say in chat which poll is on, and how to vote."""
    now = services.clock.now()
    # A number in chat is a vote in what is on in the stream, also while a mod vote goes on beside it.
    meant = services.polls.meant()
    snapshots = [poll_snapshot(poll) for poll in (services.polls.running if meant is None else (meant,))]
    services.telling.say_to(asked.actor, polls_on_line(services.words, snapshots, now), topic="poll")


async def _put(services: Services, asked: Asked, kind: PollKind) -> None:
    read = read_asked(asked.text, kind)
    if isinstance(read, PollMistakes):
        services.telling.say_now(mistakes_text(services.words, read, discord=False))
        return
    try:
        answer = await services.polls.open(asked.actor, asked.request_id, read)
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))
        return
    tell_in_chat(services, answer)


async def _steer(services: Services, asked: Asked, order: PollOrder) -> None:
    actor, request_id = asked.actor, asked.request_id
    try:
        if order.verb is PollVerb.RECOUNT:
            _tell_recount(services, await services.polls.recount(actor, request_id, order.poll))
            return
        answer = await services.polls.steer(actor, request_id, order.verb, poll=order.poll, added=order.added)
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))
        return
    tell_in_chat(services, answer)


def tell_in_chat(services: Services, answer: Answer[OpenDecision | SteerPollDecision]) -> None:
    """What became of a deed, where the line that tells everybody does not say it."""
    text = steered_text(services.words, answer.decision, services.clock.now(), discord=False)
    if text and not answer.repeated:
        services.telling.say_now(text)


def _tell_recount(services: Services, answer: Answer[RecountDecision]) -> None:
    if not answer.repeated:
        now = services.clock.now()
        services.telling.say_now(recounted_text(services.words, answer.decision, now, discord=False))


# -- Discord ----------------------------------------------------------------------------------------------------


async def put_poll(services: Services, actor: Actor, request_id: str, form: PollForm) -> str | Card:
    """Put a poll from a form, and say to whoever put it how that went."""
    if not actor.steers:
        # They are told that, and not what is wrong with the poll.
        return shown(services, PollRefused(PollRefusal.NOT_ALLOWED, PollVerb.OPEN))
    read = read_form(form)
    if isinstance(read, PollMistakes):
        return mistakes_text(services.words, read, discord=True)
    try:
        answer = await services.polls.open(actor, request_id, read)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return shown(services, answer.decision)


async def steer_poll(services: Services, actor: Actor, request_id: str, order: PollOrder) -> str | Card:
    """Close, cancel or extend a poll; what is said of it is for whoever acted."""
    try:
        answer = await services.polls.steer(actor, request_id, order.verb, poll=order.poll, added=order.added)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return shown(services, answer.decision)


async def recount_poll(services: Services, actor: Actor, request_id: str, poll: str) -> str | Card:
    """Count a closed poll again."""
    try:
        answer = await services.polls.recount(actor, request_id, poll)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return recounted_text(services.words, answer.decision, services.clock.now(), discord=True)


async def poll_to_show(services: Services, poll: str) -> str | Card:
    """How a poll stands, or how it came out, with the buttons to vote while it is open."""
    found = await services.polls.shown(poll)
    if isinstance(found, PollRefused):
        return shown(services, found)
    return live_poll_card(services.words, poll_snapshot(found.poll), found.counts, services.clock.now())


def shown(services: Services, decision: OpenDecision | SteerPollDecision) -> str | Card:
    """What became of a deed, for whoever did it on Discord."""
    now = services.clock.now()
    if isinstance(decision, PollNeedsYes):
        return confirm_poll_card(services.words, decision, now)
    return steered_text(services.words, decision, now, discord=True)
