"""`!yes` in chat: whatever its sender was asked last is done, and its feature says what came of it."""

from __future__ import annotations

from bot.domain.answers import TryAgain
from bot.domain.linking import LinkDecision, UnlinkDecision
from bot.domain.privacy import ErasureDecision
from bot.services.services import Services
from bot.wording.control import try_again_text
from cogs.dialogues import control, linking, privacy
from cogs.names import Asked, CommandList


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
        else:
            control.tell_in_chat(services, answer)

    commands.add("yes", yes)
