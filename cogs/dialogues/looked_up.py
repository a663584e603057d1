"""Answering somebody on Discord who may have to be looked up first: what comes of it follows, if in time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from bot.domain.answers import Answer, TryAgain
from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.wording.catalogue import Wording
from bot.wording.claims import too_fast_text, try_again_text
from cogs.dialogues.privately import Privately

# So long whoever is being looked up is kept waiting, before they are told that they are.
CHECK_SECONDS = 4.0
# Discord takes what is said to one person alone for fifteen minutes after their press.
ANSWERABLE_SECONDS = 14 * 60.0

Decision = TypeVar("Decision")


class Checked(Protocol[Decision]):
    async def __call__(self, actor: Actor, answer: Answer[Decision], *, seconds: float) -> Decision:
        """What has come of it within so many seconds; the decision of the answer, if nothing."""


async def answer_looked_up(
    words: Wording,
    actor: Actor,
    asking: Awaitable[Answer[Decision]],
    *,
    checking: type[Any],
    checked: Checked[Decision],
    text_of: Callable[[Decision], str],
    privately: Privately,
) -> bool:
    """Tell whoever acted, and only them, what was decided; `checking` is the class of a decision that is none yet.
    Returns whether they were told what has come of it."""
    decided: tuple[Answer[Decision], Decision] | None = None

    async def deciding() -> str:
        nonlocal decided
        try:
            answer = await asking
        except TooFast:
            return too_fast_text(words)
        except TryAgain:
            return try_again_text(words, discord=True)
        decision = answer.decision
        if isinstance(decision, checking):
            decision = await checked(actor, answer, seconds=CHECK_SECONDS)
        decided = answer, decision
        return text_of(decision)

    if not await privately(deciding()) or decided is None:
        return False
    answer, decision = decided
    if not isinstance(decision, checking):
        return True
    decision = await checked(actor, answer, seconds=ANSWERABLE_SECONDS)
    return not isinstance(decision, checking) and await privately(_at_once(text_of(decision)))


async def _at_once(text: str) -> str:
    return text
