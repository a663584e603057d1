"""Steering a drop: `!drop open` and its like in chat, `/drop open` and the control card's buttons on Discord."""

from __future__ import annotations

from bot.domain.answers import Answer, TryAgain
from bot.domain.control import DropSteered, SteerDecision, SteerNeedsYes, Verb
from bot.domain.people import Actor
from bot.domain.text import normalise_command
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.control import (
    chat_answer,
    confirm_card,
    incomplete_gift_text,
    steer_answer,
    try_again_text,
)
from cogs.dialogues.can import reads_can, say_whether
from cogs.dialogues.drops import show_board, show_next
from cogs.dialogues.moving import move_in_chat, read_move
from cogs.dialogues.voiding import read_void, void_in_chat
from cogs.names import Asked, CommandList
from cogs.steering import Order, read_order, with_receiver

BUTTON = r"md:control:(?P<verb>open|close|pause|resume|extend|give|undo):(?P<drop>[a-z0-9-]{1,40})"


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def drop(asked: Asked) -> None:
        if normalise_command(asked.text) == "next":
            await show_next(asked, services)
            return
        asks_about = reads_can(asked.text)
        if asks_about is not None:
            await say_whether(asked, services, asks_about)
            return
        moving = read_move(asked.text) if asked.actor.steers else None
        if moving is not None:
            await move_in_chat(asked, services, moving)
            return
        voiding = read_void(asked.text) if asked.actor.steers else None
        if voiding is not None:
            await void_in_chat(asked, services, voiding)
            return
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
        tell_in_chat(services, answer)

    commands.add("drop", drop)


def tell_in_chat(services: Services, answer: Answer[SteerDecision]) -> None:
    """What became of a deed, where the line that tells everybody does not say it."""
    text = chat_answer(services.words, answer.decision, services.clock.now())
    if text and not answer.repeated:
        services.telling.say_now(text)


async def steer_drop(
    services: Services, actor: Actor, request_id: str, order: Order, *, receiver: str | Actor | None = None
) -> str | Card:
    """Do the deed for whoever acted; what is said of it is for them alone."""
    try:
        answer = await services.control.steer(
            actor,
            request_id,
            order.verb,
            drop=order.drop,
            minutes=order.minutes,
            receiver=receiver,
            why=order.why,
        )
    except TryAgain:
        return try_again_text(services.words, discord=True)
    _tell_chat_of_gift(services, answer)
    return shown(services, answer)


def _tell_chat_of_gift(services: Services, answer: Answer[SteerDecision]) -> None:
    """A viewer of Twitch chat who is given a unit from Discord hears of it where they are."""
    done = answer.decision
    if isinstance(done, DropSteered) and done.verb is Verb.GIVE and done.receiver_platform == "twitch":
        tell_in_chat(services, answer)


def shown(services: Services, answer: Answer[SteerDecision]) -> str | Card:
    """What became of a deed, for whoever did it on Discord."""
    now = services.clock.now()
    if isinstance(answer.decision, SteerNeedsYes):
        return confirm_card(services.words, answer.decision, now)
    return steer_answer(services.words, answer.decision, now, discord=True)
