"""Decisions as bytes and back, so that the same request gets the same answer after a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import BindParameter, Connection, Select, bindparam, select, update

from bot.domain.answers import Answer
from bot.domain.claims import ClaimChecking, ClaimGranted, ClaimNeedsName, ClaimRefused
from bot.domain.code_sets import CodesIssued, CodesRefused
from bot.domain.control import DropSteered, SteerNeedsYes, SteerRefused
from bot.domain.ledger import json_bytes
from bot.domain.linking import (
    LinkAsked,
    LinkMade,
    LinkRefused,
    UnlinkAsked,
    Unlinked,
    UnlinkRefused,
)
from bot.domain.moving import DropMoved, MoveRefused
from bot.domain.night_deeds import NightHosted, NightNeedsYes, NightRefused, NightVisited
from bot.domain.nights import night_scope
from bot.domain.pass_deeds import PassGiven, PassNeedsYes, PassRefused, PassRevoked, PassTransferred
from bot.domain.people import Actor
from bot.domain.planning import DropPlanned, PlanRefused, PlansApplied
from bot.domain.poll_control import PollNeedsYes, PollRefused, PollSteered
from bot.domain.polls import poll_scope
from bot.domain.privacy import ErasureAsked, ErasureRefused, PersonErased
from bot.domain.recounting import PollRecounted
from bot.domain.time import Micros
from bot.domain.voiding import UnitVoided, VoidNeedsYes, VoidRefused
from bot.domain.voting import VoteAccepted, VoteChecking, VoteRefused
from bot.storage import tables
from bot.storage.rows import Lookup

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from bot.storage.batch import Batch

CHECKING, VOTE_CHECKING = "claim.checking", "vote.checking"
# Kept nowhere: see VoidNeedsYes.
_VOID_ASKED = "void.needs-yes"

# The names are stored: a class may be renamed, its name here may not.
_CLASSES: dict[str, type[Any]] = {
    "claim.granted": ClaimGranted,
    "claim.refused": ClaimRefused,
    "claim.needs-name": ClaimNeedsName,
    CHECKING: ClaimChecking,
    "steer.done": DropSteered,
    "steer.refused": SteerRefused,
    "steer.needs-yes": SteerNeedsYes,
    "move.done": DropMoved,
    "move.refused": MoveRefused,
    "plan.done": DropPlanned,
    "plan.refused": PlanRefused,
    "plans.applied": PlansApplied,
    "erasure.asked": ErasureAsked,
    "erasure.done": PersonErased,
    "erasure.refused": ErasureRefused,
    "link.asked": LinkAsked,
    "link.done": LinkMade,
    "link.refused": LinkRefused,
    "unlink.asked": UnlinkAsked,
    "unlink.done": Unlinked,
    "unlink.refused": UnlinkRefused,
    "codes.issued": CodesIssued,
    "codes.refused": CodesRefused,
    "poll.done": PollSteered,
    "poll.refused": PollRefused,
    "poll.needs-yes": PollNeedsYes,
    "poll.recounted": PollRecounted,
    "vote.accepted": VoteAccepted,
    "vote.refused": VoteRefused,
    VOTE_CHECKING: VoteChecking,
    "pass.given": PassGiven,
    "pass.transferred": PassTransferred,
    "pass.revoked": PassRevoked,
    "pass.needs-yes": PassNeedsYes,
    "pass.refused": PassRefused,
    "night.visited": NightVisited,
    "night.hosted": NightHosted,
    "night.needs-yes": NightNeedsYes,
    "night.refused": NightRefused,
    "void.done": UnitVoided,
    _VOID_ASKED: VoidNeedsYes,
    "void.refused": VoidRefused,
}
_KINDS = {cls: kind for kind, cls in _CLASSES.items()}
_OWED = frozenset(kind for kind in _CLASSES if kind.startswith("claim."))
# These say nothing of who had asked: after the last of them nobody may know it any more.
_NAMELESS = frozenset(kind for kind in _CLASSES if kind.startswith("erasure."))


def kind_of(decision: object) -> str:
    """The stored name of a decision's class. Raises KeyError for one that is never stored."""
    return _KINDS[type(decision)]


def scope_of(decision: object) -> str:
    """What a decision is about, as entries name it; "" for what is about nothing in particular."""
    if (drop := getattr(decision, "drop", None)) is not None:
        return str(drop)
    if isinstance(decision, PollSteered):
        return decision.poll.scope
    if poll := getattr(decision, "poll", ""):
        return poll_scope(poll)
    night = getattr(decision, "night", "")
    return night_scope(night) if night else ""


def to_bytes(decision: object) -> bytes:
    return json_bytes(decision)


def from_bytes(kind: str, raw: bytes) -> Any:
    """The decision as it was; unknown fields of a newer version raise TypeError rather than lose meaning."""
    values = orjson.loads(raw)
    cls = _CLASSES[kind]
    unknown = values.keys() - {field.name for field in dataclasses.fields(cls)}
    if unknown:
        raise TypeError(f"{kind} has fields that this version does not know: {', '.join(sorted(unknown))}")
    return _reader(kind).validate_python(values)


@cache
def _reader(kind: str) -> TypeAdapter[Any]:
    """Makes a decision of plain values, also what is nested in it. Only a request that comes twice needs one."""
    from pydantic import TypeAdapter

    return TypeAdapter(_CLASSES[kind])


def _by_request(requests: Sequence[BindParameter[Any]]) -> Select[Any]:
    outcome = tables.outcome.c
    return select(outcome.request_id, outcome.kind, outcome.decision, outcome.at).where(
        outcome.channel_id == bindparam("channel"), outcome.request_id.in_(requests)
    )


_BY_REQUEST = Lookup(_by_request)


def load(connection: Connection, channel_id: int, request_ids: Sequence[str]) -> dict[str, Answer[Any]]:
    """The answers that these requests were given before."""
    rows = _BY_REQUEST.rows(connection, request_ids, channel=channel_id)
    return {
        request_id: Answer(request_id, from_bytes(kind, decision), at, repeated=True)
        for request_id, kind, decision, at in rows
    }


def store(batch: Batch, request_id: str, actor: Actor, decision: Any, moment: Micros) -> bool:
    """Keep the answer with the effect, in the same transaction; returns whether it is kept. Only viewers' claims
    are owed a telling: whoever steers sees the deed itself. A claim whose person waits already is answered, and
    asked again decided again."""
    kind = kind_of(decision)
    if kind == _VOID_ASKED:
        return False
    if kind == CHECKING and request_id not in batch.book.holds:
        return False
    if kind == VOTE_CHECKING and request_id not in batch.book.participation.held_votes:
        return False
    told_at = None if kind in _OWED else moment
    drop = scope_of(decision)
    user_id, name = ("", "") if kind in _NAMELESS else (actor.user_id, actor.name)
    row = (batch.channel_id, request_id, kind, drop, actor.platform, user_id, name)
    batch.outcomes.add((*row, to_bytes(decision), moment, told_at))
    return True


def complete(batch: Batch, request_id: str, decision: Any, moment: Micros) -> None:
    """Put the answer in the place of "checking": that of a claim is owed a telling, whatever was told before."""
    # The row may be waiting in this very batch.
    batch.write_rows()
    outcome, kind = tables.outcome, kind_of(decision)
    batch.connection.execute(
        update(outcome).where(outcome.c.channel_id == batch.channel_id, outcome.c.request_id == request_id),
        {
            "kind": kind,
            "decision": to_bytes(decision),
            "at": moment,
            "told_at": None if kind in _OWED else moment,
        },
    )
