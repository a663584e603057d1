"""A yes: whatever its sender was asked last is done, and its feature says what came of it."""

from __future__ import annotations

from typing import Any

from bot.domain.answers import Answer, TryAgain
from bot.domain.control import SteerDrop
from bot.domain.linking import LinkDecision, UnlinkDecision
from bot.domain.night_deeds import CancelNight, NightHosted, NightNeedsYes, NightRefused
from bot.domain.pass_deeds import (
    PassGiven,
    PassNeedsYes,
    PassRefused,
    PassRevoked,
    PassTransferred,
    RevokePass,
    TransferPass,
)
from bot.domain.people import Actor
from bot.domain.poll_control import PollNeedsYes, PollRefused, PollSteered, SteerPoll
from bot.domain.privacy import ErasureDecision
from bot.domain.voiding import VoidDecision, VoidUnit
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.control import nothing_waits_text, try_again_text
from cogs.dialogues import control, linking, nights, passes, polls, privacy, voiding
from cogs.names import Asked, CommandList

YES = r"md:confirm:yes"
# What its button means; being forgotten and parting have buttons of their own.
DEEDS = SteerDrop | SteerPoll | RevokePass | TransferPass | CancelNight | VoidUnit
_OF_POLLS = PollSteered | PollRefused | PollNeedsYes
_OF_PASSES = PassGiven | PassRevoked | PassTransferred | PassNeedsYes | PassRefused
_OF_NIGHTS = NightHosted | NightNeedsYes | NightRefused


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def yes(asked: Asked) -> None:
        try:
            answer = await services.confirming.confirm(asked.actor, asked.request_id)
        except TryAgain:
            services.telling.say_now(try_again_text(services.words, discord=False))
            return
        if answer is None:
            return
        if isinstance(answer.decision, ErasureDecision):
            privacy.tell_in_chat(services, asked.actor, answer)
        elif isinstance(answer.decision, LinkDecision | UnlinkDecision):
            linking.tell_in_chat(services, asked.actor, answer)
        elif isinstance(answer.decision, _OF_POLLS):
            polls.tell_in_chat(services, answer)
        elif isinstance(answer.decision, _OF_PASSES):
            passes.tell_in_chat(services, answer)
        elif isinstance(answer.decision, _OF_NIGHTS):
            nights.tell_in_chat(services, answer)
        elif isinstance(answer.decision, VoidDecision):
            voiding.tell_in_chat(services, answer)
        else:
            control.tell_in_chat(services, answer)

    commands.add("yes", yes)


async def confirm(services: Services, actor: Actor, request_id: str, *, asked: str = "") -> str | Card:
    """Do what this person was asked to confirm on Discord; what is said of it is for them alone. `asked` is the
    request whose answer the pressed button is on: an older question's button means nothing newer."""
    try:
        answer = await services.confirming.confirm(actor, request_id, only=DEEDS, asked=asked)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return nothing_waits_text(services.words) if answer is None else _shown(services, answer)


def _shown(services: Services, answer: Answer[Any]) -> str | Card:
    decision = answer.decision
    if isinstance(decision, _OF_POLLS):
        return polls.shown(services, decision)
    if isinstance(decision, _OF_PASSES):
        return passes.shown(services, decision)
    if isinstance(decision, _OF_NIGHTS):
        return nights.shown(services, decision)
    if isinstance(decision, VoidDecision):
        return voiding.shown(services, decision)
    return control.shown(services, answer)
