"""What is kept about somebody: shown, sent, or forgotten; `/privacy` on Discord, `!forgetme` in chat."""

from __future__ import annotations

from bot.domain.answers import Answer, TryAgain
from bot.domain.people import Actor
from bot.domain.privacy import EraseMe, ErasureAsked, ErasureDecision, PersonErased
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.claims import too_fast_text
from bot.wording.control import try_again_text
from bot.wording.privacy import (
    data_card,
    erasure_answer,
    erasure_line,
    expired_text,
    kept_card,
    too_large_text,
)
from cogs.names import Asked, CommandList

EXPORT = r"md:privacy:export"
FORGET = r"md:privacy:forget"
YES = r"md:privacy:yes"
# A little less than Discord takes from a bot.
FILE_BYTES_MAX = 8_000_000


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def forget_me(asked: Asked) -> None:
        try:
            answer = await services.privacy.ask(asked.actor, asked.request_id)
        except TooFast:
            return
        except TryAgain:
            text = try_again_text(services.words, discord=False)
            services.telling.say_to(asked.actor, text, topic="try-again")
            return
        if not answer.repeated:
            _explain(services, asked.actor, answer)

    commands.add("forgetme", forget_me)


def _explain(services: Services, actor: Actor, answer: Answer[ErasureDecision]) -> None:
    text = erasure_line(services.words, answer.decision, actor.name, services.clock.now())
    will_be_said = services.telling.say_to(actor, text, topic="forgetme")
    if isinstance(answer.decision, ErasureAsked) and not will_be_said:
        # Who has not heard what a yes means has not been asked.
        services.confirming.withdraw(actor)


def tell_in_chat(services: Services, actor: Actor, answer: Answer[ErasureDecision]) -> None:
    """What became of a yes."""
    if answer.repeated:
        return
    _forget_in_memory(services, actor, answer)
    services.telling.say_now(erasure_line(services.words, answer.decision, actor.name, services.clock.now()))


async def kept_to_show(services: Services, actor: Actor) -> str | Card:
    """What is kept about whoever asks."""
    try:
        return kept_card(services.words, await services.privacy.kept(actor))
    except TooFast:
        return too_fast_text(services.words)


async def data_to_send(services: Services, actor: Actor) -> str | Card:
    """All that is kept about whoever asks, as a file for them alone."""
    try:
        content = await services.privacy.export(actor)
    except TooFast:
        return too_fast_text(services.words)
    if len(content) > FILE_BYTES_MAX:
        return too_large_text(services.words, ":".join(actor.key))
    return data_card(services.words, content)


async def ask_to_forget(services: Services, actor: Actor, request_id: str) -> str | Card:
    """What being forgotten means, with the button that does it."""
    try:
        answer = await services.privacy.ask(actor, request_id)
    except TooFast:
        return too_fast_text(services.words)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return _shown(services, answer)


async def forget(services: Services, actor: Actor, request_id: str) -> str | Card:
    """Forget whoever has pressed the button within its time."""
    try:
        answer = await services.confirming.confirm(actor, request_id, only=EraseMe)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    if answer is None:
        return expired_text(services.words)
    _forget_in_memory(services, actor, answer)
    return _shown(services, answer)


def _forget_in_memory(services: Services, actor: Actor, answer: Answer[ErasureDecision]) -> None:
    if isinstance(answer.decision, PersonErased):
        services.telling.forget(actor)


def _shown(services: Services, answer: Answer[ErasureDecision]) -> str | Card:
    now, days = services.clock.now(), services.privacy.copies_days
    return erasure_answer(services.words, answer.decision, now, copies_days=days)
