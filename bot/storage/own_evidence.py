"""What the ledger itself knows of a person when a gate asks, at this very moment: what they hold, and the lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.gates import Gate, questions
from bot.domain.pass_words import read_kind
from bot.domain.people import Account
from bot.domain.time import DAY, Micros
from bot.storage import tables
from bot.storage.batch import Batch

PASS, UNLOCK = "pass", "unlock"
# A unit of a drop of that kind is a token that runs for so long from when it was granted.
UNLOCK_RUNS_FOR: Micros = DAY


def own_evidence(
    batch: Batch, gate: Gate, people: Sequence[int], accounts: Sequence[Account], moment: Micros
) -> dict[Question, Found]:
    """The answers to those questions of the gate that nobody outside has to be asked. They are found anew for each
    claim: a unit may be taken back, and a token ends."""
    asked = questions(gate)

    def holds_unit(question: Question) -> Found:
        return _said(_holds_unit(batch, question, people), moment)

    def holds_pass(question: Question) -> Found:
        held = _holds_pass(batch, question, people, moment) or _holds_unit(batch, question, people)
        return _said(held, moment)

    def runs(_question: Question) -> Found:
        return _unlocked(batch, people, moment)

    def redeemed(question: Question) -> Found:
        return _said(_has_redeemed(batch, question.subject, people), moment)

    def is_listed(question: Question) -> Found:
        listed = batch.book.settings.lists.get(question.subject, frozenset())
        return _said(not listed.isdisjoint(accounts), moment)

    ways: Mapping[Source, Callable[[Question], Found]] = {
        Source.UNITS: holds_unit,
        Source.PASSES: holds_pass,
        Source.UNLOCKS: runs,
        Source.CODES: redeemed,
        Source.LISTS: is_listed,
    }
    return {question: way(question) for source, way in ways.items() for question in asked.get(source, ())}


def _said(yes: bool, moment: Micros) -> Found:
    return Found(int(yes), moment, moment + 1)


def _holds_unit(batch: Batch, question: Question, people: Sequence[int]) -> bool:
    """Whether one of them has a unit of the drop of that name, or of any occurrence of that series."""
    kind = PASS if question.about is Entitlement.PASS else None
    named = [
        key
        for key, drop in batch.book.drops.items()
        if question.subject in (key, drop.plan.series) and kind in (None, drop.plan.kind)
    ]
    return any(batch.register(key).held(person) for key in named for person in people)


def _holds_pass(batch: Batch, question: Question, people: Sequence[int], moment: Micros) -> bool:
    """Whether one of them has a pass of the kind of that name which they could spend now."""
    kind = read_kind(question.subject)
    passes = batch.book.participation.passes.of(people)
    return any(held.terms.kind is kind and held.why_not(moment) is None for held in passes)


def _unlocked(batch: Batch, people: Sequence[int], moment: Micros) -> Found:
    """Whether a token of theirs runs, and until when the newest does."""
    tokens = [key for key, drop in batch.book.drops.items() if drop.plan.kind == UNLOCK]
    batch.write_rows()  # the token may have been granted in this very batch
    unit = tables.unit.c
    query = select(func.max(unit.granted_at)).where(
        unit.channel_id == batch.channel_id, unit.person_id.in_(people), unit.drop_key.in_(tokens)
    )
    granted_at = batch.connection.scalar(query)
    ends_at = moment if granted_at is None else granted_at + UNLOCK_RUNS_FOR
    return Found(1, moment, ends_at) if moment < ends_at else _said(False, moment)


def _has_redeemed(batch: Batch, code_set: str, people: Sequence[int]) -> bool:
    code = tables.claim_code.c
    query = select(code.number).where(
        code.channel_id == batch.channel_id, code.code_set == code_set, code.used_by.in_(people)
    )
    return batch.connection.scalar(query.limit(1)) is not None
