"""Drops, decisions and news to put into words, and a wording that remembers which sentences it was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.announcing import FOR_MODERATORS, NewsKind, snapshot
from bot.domain.checkpoint import Checkpoint, NoteKey, sign_note
from bot.domain.claims import ClaimRefusal, ClaimRefused
from bot.domain.control import DropSteered, SteerRefusal, SteerRefused, Verb
from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.drops import Drop, DropState
from bot.domain.entitlements import Entitlement, Question
from bot.domain.gates import Condition, Truth
from bot.domain.proofs import ProofFound, SeenAt
from bot.domain.time import DAY, MINUTE, SECOND, Micros
from bot.domain.verdicts import Accepted, Finding, Refused, RefusedUntil, Unknown, Verdict
from bot.wording.cards import Card
from bot.wording.catalogue import Wording

# News of drops that everybody hears; polls and game nights have news of their own.
DROP_NEWS = [k for k in NewsKind if k not in FOR_MODERATORS and not k.startswith(("poll-", "night-"))]
EIGHT: Micros = int(datetime(2026, 12, 1, 20, 0, tzinfo=UTC).timestamp()) * SECOND
NOW: Micros = EIGHT - 12 * MINUTE

PLAN = DropPlan(
    key="mug",
    title="Teal Mug",
    kind="other",
    supply=48,
    held_back=2,
    per_person=1,
    opening=Opening.CLOCK,
    while_offline=WhileOffline.WAIT,
    zone="UTC",
    announce_at=NOW,
    opens_at=EIGHT,
    window=10 * MINUTE,
)
ANNOUNCED = Drop(PLAN, state=DropState.ANNOUNCED, opens_at=EIGHT, announced_at=NOW)
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOW, closes_at=NOW + 10 * MINUTE, claimed=15, given=0)
PAUSED = replace(OPEN, paused_at=NOW, paused_why="moderator")
SOLD_OUT = replace(OPEN, claimed=46)
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOW + 10 * MINUTE, closed_why="time")
CUE = replace(ANNOUNCED, plan=replace(PLAN, key="cap", title="Red Cap", opens_at=None), opens_at=None, on_cue=True)
CHECKPOINT = Checkpoint("microdrops/teal-fox", 57, bytes(range(32)))
NOTE = sign_note(CHECKPOINT.text, [(NoteKey(CHECKPOINT.origin, bytes(32)), lambda _message: bytes(64))])

FOUND = ProofFound(
    drop="mug",
    title="Teal Mug",
    number=17,
    entry=57,
    leaf="ab12cd34ef567890" * 4,
    at=EIGHT + 4 * SECOND,
    size=60,
    fingerprint=CHECKPOINT.fingerprint,
    seen=SeenAt.CLOSE,
    signed_at=EIGHT + 10 * MINUTE,
    text="microdrops proof 1\n",
)

_NAMES = {"role": "Tea Circle", "badge": "mug-2026", "pass": "game-night", "code": "EARLY", "listed": "founders"}
_TIER_2 = Condition(Entitlement.SUBSCRIBER, "", 2)
_DAYS = Condition(Entitlement.FOLLOWER_DAYS, "", 90)
_FOLLOWER = Condition(Entitlement.FOLLOWER)
CONDITIONS = (
    *(Condition(each, _NAMES.get(each, "")) for each in Entitlement),
    _TIER_2,
    _DAYS,
    *(Condition(each, holds=False) for each in (Entitlement.SUBSCRIBER, Entitlement.GIFT, Entitlement.VIP)),
    Condition(Entitlement.SUBSCRIBER, "", 2, holds=False),
    Condition(Entitlement.FOLLOWER_DAYS, "", 30, holds=False),
)
_REASONS = (
    Finding(_TIER_2, Truth.NO),
    Finding(_FOLLOWER, Truth.YES),
    Finding(_DAYS, Truth.NO, EIGHT + DAY),
    Finding(Condition(Entitlement.FOLLOWER_DAYS, "", 30, holds=False), Truth.YES, EIGHT),
    Finding(Condition(Entitlement.ROLE, "Tea Circle"), Truth.UNKNOWN),
)
VERDICTS: tuple[Verdict, ...] = (
    Accepted(_REASONS),
    RefusedUntil(EIGHT, _REASONS, (_TIER_2,)),
    Refused(_REASONS, (_TIER_2,)),
    Refused(_REASONS, (_FOLLOWER, _DAYS)),
    Refused(_REASONS),
    Unknown(_REASONS, (Question(Entitlement.ROLE, "Tea Circle"),)),
)


class Remembering(Wording):
    """The usual words; `asked` collects the keys of the sentences that were used."""

    __slots__ = ("asked",)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        object.__setattr__(self, "asked", set())

    asked: set[str]

    def say(self, key: str, *, discord: bool = False, **values: str | int) -> str:
        self.asked.add(key)
        return super().say(key, discord=discord, **values)


def about(drop: Drop, **said: object) -> dict[str, object]:
    """What news carries about a drop."""
    return {**snapshot(drop), "at": NOW, **said}


def refused(because: ClaimRefusal, **more: Any) -> ClaimRefused:
    return ClaimRefused(because, **{"drop": "mug", "title": "Teal Mug", "supply": 48, **more})


def steered(verb: Verb, **more: Any) -> DropSteered:
    usual = {"closes_at": EIGHT, "supply": 48, "units_left": 31}
    return DropSteered(verb, **{"drop": "mug", "title": "Teal Mug", **usual, **more})


def steer_refused(because: SteerRefusal, verb: Verb = Verb.OPEN, **more: Any) -> SteerRefused:
    return SteerRefused(because, verb, **{"drop": "mug", "title": "Teal Mug", **more})


def drawn(card: Card) -> str:
    """A card as text, for people to read in a snapshot."""
    lines = [*card.lead.splitlines(), f"[{card.title}]", *card.text.splitlines()]
    lines += [f"  {name}: {value}" for name, value in (*card.fields, *card.blocks)]
    lines += [f"  ({file.name}, {len(file.content)} bytes)" for file in card.files]
    lines += ["  " + " ".join(f"<{b.label}>" if b.enabled else f"({b.label})" for b in card.buttons)] * bool(
        card.buttons
    )
    if card.footer:
        lines.append(f"  ({card.footer})")
    if card.ping:
        lines.append("  (mentions the reminder role)")
    return "\n".join(lines)
