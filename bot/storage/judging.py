"""Judging claims that waited for evidence, in the lane: each is answered once, with a unit or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete

from bot.domain.answers import Answer
from bot.domain.claims import ClaimChecking, ClaimGranted, JudgeHolds, decide_held
from bot.domain.entitlements import Found, Question
from bot.domain.people import Account
from bot.domain.time import Micros
from bot.domain.voting import VoteChecking
from bot.storage import tables, voting
from bot.storage.batch import Batch
from bot.storage.granting import grant
from bot.storage.holds import Hold
from bot.storage.outcomes import complete
from bot.storage.standing import standing_of, whose_evidence


def handle(batch: Batch, command: JudgeHolds, moment: Micros) -> int:
    """Judge again every claim and vote that waits for something about these accounts; returns how many were
    answered."""
    told: dict[Account, dict[Question, Found]] = {}
    for account, question, found in command.evidence:
        told.setdefault(account, {})[question] = found
    answered = 0
    for hold in list(batch.book.holds):
        known = [account for account in whose_evidence(batch, hold) if account in told]
        for account in known:
            hold.learn(account, told[account])
        if known:
            answered += settle(batch, hold, moment)
    return answered + voting.learn(batch, told, moment)


def settle_ended(batch: Batch, moment: Micros) -> None:
    """Judge what waited in an early window that is over, by now everybody is let in or nobody any more; and
    votes that waited in a poll which has taken a turn."""
    if batch.book.participation.turned:
        voting.settle_turned(batch, moment)
    if not batch.book.holds:
        return
    for hold in list(batch.book.holds):
        if not batch.book.drops[hold.drop].early:
            settle(batch, hold, moment)


def settle_own(
    batch: Batch, drop: str, person_id: int, account: Account, evidence: Mapping[Question, Found], moment: Micros
) -> None:
    """Judge again what this person waits for in a drop, with what is known of one account of theirs. Who was linked
    with them before may still count as one with them, and is in by no evidence of theirs."""
    people = batch.counted_as(person_id)
    for hold in batch.book.holds.of(drop):
        if hold.person_id in people:
            whose_evidence(batch, hold)
            hold.learn(account, evidence)
            settle(batch, hold, moment)


def by_now(batch: Batch, before: Answer[Any]) -> Answer[Any]:
    """What a request was answered before, or what that has become in this very batch."""
    if not isinstance(before.decision, ClaimChecking | VoteChecking):
        return before
    done = (answer for _, answer in (*batch.settled, *batch.voted))
    return next((answer for answer in done if answer.request_id == before.request_id), before)


def settle(batch: Batch, hold: Hold, moment: Micros) -> bool:
    """Answer a waiting claim if that can be done by now; returns whether it was."""
    request_id, actor = hold.request_id, hold.actor
    whose_evidence(batch, hold)
    standing = standing_of(
        batch, hold.drop, hold.person_id, actor.key, hold.evidence, moment, request_id=request_id
    )
    decision = decide_held(standing, moment)
    if decision is None:
        return False
    batch.book.holds.remove(request_id)
    batch.write_rows()
    waiting = tables.hold.c
    batch.connection.execute(
        delete(tables.hold).where(waiting.channel_id == batch.channel_id, waiting.request_id == request_id)
    )
    if isinstance(decision, ClaimGranted):
        decision = grant(batch, request_id, actor, standing, decision, moment)
    complete(batch, request_id, decision, moment)
    batch.settled.append((actor, Answer(request_id, decision, moment)))
    return True
