"""Services of passes, game nights and units taken back that record what they were asked, for the dialogues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.domain.answers import Answer, TryAgain
from bot.domain.night_deeds import (
    CancelDecision,
    CreateDecision,
    NightHosted,
    NightNeedsYes,
    NightVerb,
    NightVisited,
    VisitDecision,
)
from bot.domain.nights import Night, Place
from bot.domain.pass_deeds import GiveDecision, PassGiven, PassNeedsYes, RevokeDecision, TransferDecision
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass
from bot.domain.people import Actor
from bot.domain.voiding import VoidDecision, VoidNeedsYes
from bot.services.claims import TooFast
from bot.services.passes import HandOnAsked, HeldPasses
from tests.wording.nights import NIGHTS
from tests.wording.saying import NOW

MOD_VOTE = PassTerms(PassKind.MOD_VOTE)
HELD = Pass(3, MOD_VOTE, 1, "mug", 17)


@dataclass
class FakePasses:
    """Everybody holds `held`; `handed_on` is what a wish to hand one on comes to."""

    held: tuple[Pass, ...] = ()
    given: GiveDecision = field(default_factory=lambda: PassGiven(4, MOD_VOTE, "ann"))
    revoked: RevokeDecision = field(default_factory=lambda: PassNeedsYes(3, MOD_VOTE, 1))
    handed_on: Answer[TransferDecision] | HandOnAsked = field(default_factory=lambda: HandOnAsked(HELD, "ben"))
    trouble: type[TryAgain] | None = None
    asked: list[tuple[str, Any]] = field(default_factory=list)

    async def of(self, whom: Actor) -> HeldPasses:
        self.asked.append((whom.name, "of"))
        return HeldPasses(self.held, {"mug": "Teal Mug"})

    async def give(
        self, actor: Actor, request_id: str, kind: PassKind, receiver: Actor | str, **more: Any
    ) -> Answer[GiveDecision]:
        self._ask(actor, (kind, receiver if isinstance(receiver, str) else receiver.name, more))
        return Answer(request_id, self.given, NOW)

    async def revoke(self, actor: Actor, request_id: str, number: int, *, why: str) -> Answer[RevokeDecision]:
        self._ask(actor, (number, why))
        return Answer(request_id, self.revoked, NOW)

    async def hand_on(
        self, actor: Actor, request_id: str, number: int, receiver: Actor
    ) -> Answer[TransferDecision] | HandOnAsked:
        self._ask(actor, (number, receiver.name))
        return self.handed_on

    def _ask(self, actor: Actor, what: Any) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.asked.append((actor.name, what))


@dataclass
class FakeNights:
    visited: VisitDecision = field(
        default_factory=lambda: NightVisited(NightVerb.JOIN, "friday", "Co-op Friday", Place.SEATED, starts_at=NOW)
    )
    hosted: CreateDecision = field(default_factory=lambda: NightHosted(NightVerb.CREATE, "friday", "Co-op Friday"))
    cancelled: CancelDecision = field(
        default_factory=lambda: NightNeedsYes(NightVerb.CANCEL, "friday", "Co-op Friday", 2)
    )
    planned: tuple[Night, ...] = NIGHTS[:1]
    trouble: type[TryAgain | TooFast] | None = None
    asked: list[tuple[Actor, Any]] = field(default_factory=list)

    async def create(self, actor: Actor, request_id: str, **form: Any) -> Answer[CreateDecision]:
        self._ask(actor, form)
        return Answer(request_id, self.hosted, NOW)

    async def visit(self, actor: Actor, request_id: str, verb: NightVerb, night: str = "") -> Answer[VisitDecision]:
        self._ask(actor, (verb, night))
        return Answer(request_id, self.visited, NOW)

    async def cancel(self, actor: Actor, request_id: str, night: str = "") -> Answer[CancelDecision]:
        self._ask(actor, ("cancel", night))
        return Answer(request_id, self.cancelled, NOW)

    async def every(self) -> tuple[Night, ...]:
        return self.planned

    async def guests(self, night: str) -> list[tuple[str, Place]]:
        return [("ann", Place.SEATED), ("ben", Place.WAITING)]

    def _ask(self, actor: Actor, what: Any) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.asked.append((actor, what))


@dataclass
class FakeVoiding:
    decision: VoidDecision = field(default_factory=lambda: VoidNeedsYes("mug", "Teal Mug", 17, "ann", 1))
    trouble: type[TryAgain] | None = None
    asked: list[tuple[str, str, int, str]] = field(default_factory=list)

    async def void(
        self, actor: Actor, request_id: str, drop: str, number: int, *, why: str = ""
    ) -> Answer[VoidDecision]:
        if self.trouble is not None:
            raise self.trouble
        self.asked.append((actor.name, drop, number, why))
        return Answer(request_id, self.decision, NOW)
