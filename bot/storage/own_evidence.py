"""What the ledger itself knows of a person when a gate asks, at this very moment: units and passes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.gates import Gate, questions
from bot.domain.people import Account
from bot.domain.time import Micros
from bot.storage.batch import Batch

_OF_UNITS = (Source.UNITS, Source.PASSES)


def own_evidence(
    batch: Batch, gate: Gate, people: Sequence[int], accounts: Sequence[Account], moment: Micros
) -> dict[Question, Found]:
    """The answers to those questions of the gate that nobody outside has to be asked. They hold for this moment:
    the next claim finds its own."""
    asked = questions(gate)
    units = [question for source in _OF_UNITS for question in asked.get(source, ())]
    return {question: _said(_holds_unit(batch, question, people), moment) for question in units}


def _said(yes: bool, moment: Micros) -> Found:
    return Found(int(yes), moment, moment + 1)


def _holds_unit(batch: Batch, question: Question, people: Sequence[int]) -> bool:
    """Whether one of them has a unit of the drop of that name, or of any occurrence of that series."""
    kind = "pass" if question.about is Entitlement.PASS else None
    named = [
        key
        for key, drop in batch.book.drops.items()
        if question.subject in (key, drop.plan.series) and kind in (None, drop.plan.kind)
    ]
    return any(batch.register(key).held(person) for key in named for person in people)
