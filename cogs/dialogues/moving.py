"""Moving an announced drop: `!drop move mug 21:00 ill` in chat, `/drop move` on Discord."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.answers import TryAgain
from bot.domain.moved import read_reason
from bot.domain.moving import DropMoved
from bot.domain.people import Actor
from bot.services.services import Services
from bot.wording.control import try_again_text
from bot.wording.moving import move_answer
from cogs.names import Asked

# Where a time begins among what was typed, and what may go on with it.
_CLOCK = r"[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}(?::[0-9]{2})?[ap]m"
_BEGINS = re.compile(rf"[+-][0-9].*|{_CLOCK}|[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}.*")
_GOES_ON = re.compile(rf"{_CLOCK}|[ap]m|[0-9.][0-9.a-z]*", re.IGNORECASE)
_BEFORE_TIME = ("to", "at")
_UNITS = re.compile(r"(?:ms|s(?:ec|econds?)?|m(?:in|inutes?)?|h(?:rs?|ours?)?|d(?:ays?)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """A move as it was typed; what is empty was left out."""

    drop: str = ""
    opens: str = ""
    why: str = ""
    lasts: str = ""


def read_move(text: str) -> MoveOrder | None:
    """The move, or None when the first word is another: "move mug 21:00 ill", "move teal mug +1h 30m technical"."""
    word, _, rest = " ".join(text.split()).partition(" ")
    if word.casefold() != "move":
        return None
    words = rest.split()
    begins = next((at for at in range(len(words)) if _begins(words, at)), len(words))
    ends = begins + 1
    while ends < len(words) and (_GOES_ON.fullmatch(words[ends]) or _UNITS.fullmatch(words[ends])):
        ends += 1
    drop, why = words[:begins], words[ends:]
    if begins < len(words) and drop and drop[-1].casefold() in _BEFORE_TIME:
        drop = drop[:-1]
    if begins == len(words) and drop and read_reason(drop[-1]) is not None:
        # Without a time, the reason must not become a part of the drop's name.
        drop, why = drop[:-1], drop[-1:]
    return MoveOrder(" ".join(drop), " ".join(words[begins:ends]), " ".join(why))


def _begins(words: list[str], at: int) -> bool:
    span_follows = words[at].casefold() == "in" and at + 1 < len(words) and words[at + 1][0].isdigit()
    return span_follows or _BEGINS.fullmatch(words[at].casefold()) is not None


async def move_in_chat(asked: Asked, services: Services, order: MoveOrder) -> None:
    """Move it; the line that tells everybody is the answer, and only a refusal needs one of its own."""
    try:
        answer = await services.control.move(
            asked.actor, asked.request_id, drop=order.drop, opens=order.opens, why=order.why
        )
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))
        return
    if not isinstance(answer.decision, DropMoved) and not answer.repeated:
        services.telling.say_now(move_answer(services.words, answer.decision, services.clock.now(), discord=False))


async def move_drop(services: Services, actor: Actor, request_id: str, order: MoveOrder) -> str:
    """Move it for whoever acted on Discord; what is said of it is for them alone."""
    try:
        answer = await services.control.move(
            actor, request_id, drop=order.drop, opens=order.opens, why=order.why, lasts=order.lasts
        )
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return move_answer(services.words, answer.decision, services.clock.now(), discord=True)
