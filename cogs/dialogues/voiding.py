"""Taking a unit back for good: `!drop void mug 5` in chat, `/drop void` on Discord."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.answers import Answer, TryAgain
from bot.domain.people import Actor
from bot.domain.voiding import VoidDecision, VoidNeedsYes
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.control import try_again_text
from bot.wording.voiding import confirm_void_card, void_text, void_which_text
from cogs.names import Asked

_NUMBER = re.compile(r"#?([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class VoidOrder:
    """A unit to take back, as it was typed; 0 is no number."""

    drop: str = ""
    number: int = 0
    why: str = ""


def read_void(text: str) -> VoidOrder | None:
    """The order, or None when the first word is another: "void mug 5", "void Teal Mug #17 stolen card"."""
    word, _, rest = " ".join(text.split()).partition(" ")
    if word.casefold() != "void":
        return None
    words = rest.split()
    # A drop's name may have a number in it, and comes first.
    at = next((place for place in range(1, len(words)) if _NUMBER.fullmatch(words[place])), None)
    if at is None:
        return VoidOrder(rest)
    return VoidOrder(" ".join(words[:at]), int(words[at].lstrip("#")), " ".join(words[at + 1 :]))


async def void_in_chat(asked: Asked, services: Services, order: VoidOrder) -> None:
    """Ask whether a unit is to be taken back, or say why none is."""
    if not order.number:
        services.telling.say_now(void_which_text(services.words, discord=False))
        return
    try:
        answer = await services.voiding.void(asked.actor, asked.request_id, order.drop, order.number, why=order.why)
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))
        return
    tell_in_chat(services, answer)


def tell_in_chat(services: Services, answer: Answer[VoidDecision]) -> None:
    """What became of a deed, or of a yes."""
    if not answer.repeated:
        services.telling.say_now(void_text(services.words, answer.decision, services.clock.now(), discord=False))


async def void_unit(services: Services, actor: Actor, request_id: str, order: VoidOrder) -> str | Card:
    """The same for whoever acted on Discord, who alone is told."""
    try:
        answer = await services.voiding.void(actor, request_id, order.drop, order.number, why=order.why)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return shown(services, answer.decision)


def shown(services: Services, decision: VoidDecision) -> str | Card:
    """What became of a deed, for whoever did it on Discord."""
    now = services.clock.now()
    if isinstance(decision, VoidNeedsYes):
        return confirm_void_card(services.words, decision, now)
    return void_text(services.words, decision, now, discord=True)
