"""A drop that opens early for subscribers, and what people and the world do to it through the lane, for tests."""

from __future__ import annotations

from typing import Any

from bot.domain.claims import ClaimDrop, JudgeHolds
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from tests.conftest import CHANNEL, NOON, plan, viewer

SUBSCRIBER = Question(Entitlement.SUBSCRIBER)
# Two of the mugs go early, to subscribers, in the ten minutes before noon.
EARLY = {"early": "subscriber", "early_for": 10 * MINUTE, "early_units": 2}
BEGINS = NOON - 10 * MINUTE


def found(value: int, at: int = BEGINS, until: int = NOON + HOUR) -> Found:
    return Found(value, at, until)


async def begin(lane, clock, **changes) -> None:
    """A mug whose early window has just opened."""
    clock.at = NOON - HOUR
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(**{**EARLY, **changes}),)))
    clock.at = BEGINS
    await lane.submit(Wake(CHANNEL))


def claiming(who: str | Actor, *evidence: tuple[Question, Found], request: str = "") -> ClaimDrop:
    """The claim of a viewer of Twitch, or of whoever it is."""
    actor = viewer(who) if isinstance(who, str) else who
    return ClaimDrop(CHANNEL, request or f"twitch:{actor.name}", actor, "", evidence)


async def claim(lane, who: str | Actor, *evidence: tuple[Question, Found], request: str = "") -> Any:
    """What they were answered."""
    return (await lane.submit(claiming(who, *evidence, request=request))).decision


def judging(who: str | Actor, value: int, at: int = BEGINS) -> JudgeHolds:
    """That Twitch says so of their subscription."""
    actor = viewer(who) if isinstance(who, str) else who
    return JudgeHolds(CHANNEL, ((actor.key, SUBSCRIBER, found(value, at)),))


class Settled:
    """Claims that had waited, by request, with what they were answered; each answered once."""

    def __init__(self, lane) -> None:
        self.answers: dict[str, Any] = {}
        lane.listen(self._note)

    def _note(self, committed) -> None:
        for actor, answer in committed.settled:
            assert answer.request_id not in self.answers, f"{actor.name} is answered twice"
            self.answers[answer.request_id] = answer.decision

    def numbers(self) -> dict[str, int | str]:
        """By request the number, or why there is none."""
        return {
            request: getattr(decision, "number", None) or str(decision.because)
            for request, decision in self.answers.items()
        }
