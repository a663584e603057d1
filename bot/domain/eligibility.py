"""Whether somebody may claim, or from when on, without their claiming: what `!drop can` and "Can I?" ask."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.claims import (
    ClaimChecking,
    ClaimGranted,
    ClaimNeedsName,
    ClaimRefusal,
    ClaimRefused,
    ClaimStanding,
    decided_now,
    not_known_on,
)
from bot.domain.drops import Drop
from bot.domain.entitlements import Found, Question
from bot.domain.people import Account, Actor
from bot.domain.time import Micros
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, Unknown, Verdict, evaluate
from bot.domain.windows import Window, before_public, verdict_at


@dataclass(frozen=True, slots=True)
class AskEligibility:
    """Somebody wants to know whether they may claim a drop; `evidence` as in a claim, or `of_all` their accounts.
    Nothing is kept of it."""

    channel_id: int
    who: Actor
    drop: str = ""
    evidence: tuple[tuple[Question, Found], ...] = ()
    of_all: bool = False


@dataclass(frozen=True, slots=True)
class Eligible:
    """What the windows and the gate say of somebody. With `waits` the drop opens on a cue or when the stream is on:
    the verdict then is whether they may come early, and `early_for` how long before everybody. `accounts` are those
    about whom the unanswered questions are, `elsewhere` as in a refusal."""

    drop: str
    title: str
    verdict: Verdict
    waits: bool = False
    early_for: Micros = 0
    accounts: tuple[Account, ...] = ()
    elsewhere: str = ""


EligibilityAnswer = Eligible | ClaimRefused | ClaimNeedsName
"""A refusal is one that has nothing to do with who asks, or that they hold enough already."""


def decide_eligibility(standing: ClaimStanding, moment: Micros) -> EligibilityAnswer:
    """What a claim would come to now, or when it would come to something."""
    drop = standing.drop
    decided = decided_now(standing, moment)
    match decided:
        case ClaimRefused(because=ClaimRefusal.NOT_OPEN_YET):
            return _before_opening(standing, moment)
        case ClaimRefused(because=ClaimRefusal.NOT_ENTITLED) | ClaimChecking():
            return _about(standing, _verdict_now(standing, moment))
        case ClaimGranted():
            verdict = _verdict_now(standing, moment) if drop.early else Accepted()
            return _about(standing, verdict)
    return decided


def _verdict_now(standing: ClaimStanding, moment: Micros) -> Verdict:
    # A gate that cannot be read lets nobody in.
    if standing.gate is None:
        return RefusedUntil(standing.drop.public_at) if standing.drop.public_at is not None else Refused()
    return evaluate(standing.gate, standing.evidence, moment, standing.drop.public_at)


def _before_opening(standing: ClaimStanding, moment: Micros) -> Eligible:
    drop, gate = standing.drop, standing.gate
    # One whose time has come and that is not open yet waits to be told of the stream.
    if drop.on_cue or drop.postponed_why or drop.opens_at is None or moment >= (drop.begins_at or 0):
        verdict = Refused() if gate is None else evaluate(gate, standing.evidence, moment)
        return _about(standing, verdict, waits=True)
    if gate is None:
        return _about(standing, RefusedUntil(drop.opens_at))
    windows = before_public(Window(drop.opens_at, drop.opens_at + drop.plan.window), drop.plan.early_for)
    return _about(standing, verdict_at(windows, gate, standing.evidence, moment))


def _about(standing: ClaimStanding, verdict: Verdict, *, waits: bool = False) -> Eligible:
    drop: Drop = standing.drop
    accounts = standing.accounts if isinstance(verdict, Unknown) else ()
    elsewhere = "" if isinstance(verdict, Accepted) else not_known_on(standing)
    return Eligible(drop.key, drop.title, verdict, waits, drop.plan.early_for, accounts, elsewhere)
