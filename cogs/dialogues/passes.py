"""Passes: `!pass` in chat, `/pass` on Discord for their owners, `/passes` for moderators."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.answers import Answer, TryAgain
from bot.domain.pass_deeds import GiveDecision, PassNeedsYes, RevokeDecision, TransferDecision
from bot.domain.pass_terms import PassKind
from bot.domain.people import Actor
from bot.services.passes import HandOnAsked
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.control import try_again_text
from bot.wording.passes import (
    confirm_pass_card,
    hand_on_card,
    incomplete_order_text,
    pass_deed_text,
    passes_lines,
    passes_text,
)
from cogs.dialogues.votes import vote_in_chat
from cogs.names import Asked, CommandList
from cogs.passing import GivingOrder, RevokingOrder, read_pass_order


@dataclass(frozen=True, slots=True)
class PassForm:
    """A pass as a moderator asks for it; `expires` as it was typed."""

    kind: PassKind
    why: str
    uses: int = 1
    expires: str = ""
    transferable: bool = False
    title: str = ""


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def own_pass(asked: Asked) -> None:
        order = read_pass_order(asked.text) if asked.actor.steers else None
        if order is not None:
            await _steer_in_chat(services, asked, order)
            return
        if asked.text:
            await vote_in_chat(services, asked, with_pass=True)
            return
        held = await services.passes.of(asked.actor)
        # All can read it: only what can be spent, and how often.
        for line in passes_lines(services.words, [(asked.actor.name, held.passes)], services.clock.now()):
            services.telling.say_to(asked.actor, line, topic="pass")

    commands.add("pass", own_pass)


async def _steer_in_chat(services: Services, asked: Asked, order: GivingOrder | RevokingOrder) -> None:
    actor, request_id = asked.actor, asked.request_id
    if not order.whole:
        services.telling.say_now(incomplete_order_text(services.words, giving=isinstance(order, GivingOrder)))
        return
    try:
        if isinstance(order, RevokingOrder):
            tell_in_chat(services, await services.passes.revoke(actor, request_id, order.number, why=order.why))
        elif order.kind is not None:
            giving = services.passes.give(actor, request_id, order.kind, order.receiver, why=order.why)
            tell_in_chat(services, await giving)
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))


def tell_in_chat(services: Services, answer: Answer[GiveDecision | RevokeDecision | TransferDecision]) -> None:
    """What became of a deed, or of a yes."""
    if not answer.repeated:
        text = pass_deed_text(services.words, answer.decision, services.clock.now(), discord=False)
        services.telling.say_now(text)


# -- Discord ----------------------------------------------------------------------------------------------------


async def own_passes(services: Services, actor: Actor) -> str:
    """Every pass of whoever asks, for their eyes."""
    held = await services.passes.of(actor)
    return passes_text(services.words, held.passes, services.clock.now(), titles=held.titles)


async def passes_of_somebody(services: Services, actor: Actor, whose: Actor) -> str:
    """Every pass of somebody else, for a moderator's eyes."""
    if not actor.steers:
        return await own_passes(services, actor)
    held, now = await services.passes.of(whose), services.clock.now()
    return passes_text(services.words, held.passes, now, titles=held.titles, whose=whose.name)


async def give_pass(services: Services, actor: Actor, request_id: str, receiver: Actor, form: PassForm) -> str:
    """Give somebody a pass, and say to whoever gave it how that went."""
    try:
        answer = await services.passes.give(
            actor,
            request_id,
            form.kind,
            receiver,
            why=form.why,
            uses=form.uses,
            expires=form.expires,
            transferable=form.transferable,
            title=form.title,
        )
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return _text(services, answer.decision)


async def revoke_pass(services: Services, actor: Actor, request_id: str, number: int, why: str) -> str | Card:
    """Ask whether a pass is to be taken away, or say why none is."""
    try:
        answer = await services.passes.revoke(actor, request_id, number, why=why)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return shown(services, answer.decision)


async def hand_pass_on(
    services: Services, actor: Actor, request_id: str, number: int, receiver: Actor
) -> str | Card:
    """Ask whether a pass is to be handed on, or say why it is not."""
    try:
        answer = await services.passes.hand_on(actor, request_id, number, receiver)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    if isinstance(answer, HandOnAsked):
        return hand_on_card(services.words, answer.held, answer.receiver, services.clock.now())
    return shown(services, answer.decision)


def shown(services: Services, decision: GiveDecision | RevokeDecision | TransferDecision) -> str | Card:
    """What became of a deed, for whoever did it on Discord."""
    if isinstance(decision, PassNeedsYes):
        return confirm_pass_card(services.words, decision, services.clock.now())
    return _text(services, decision)


def _text(services: Services, decision: GiveDecision | RevokeDecision | TransferDecision) -> str:
    return pass_deed_text(services.words, decision, services.clock.now(), discord=True)
