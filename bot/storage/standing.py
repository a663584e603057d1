"""What a claim depends on, gathered in the lane: the drop, the asker's units, in an early window the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.domain.claims import ClaimStanding
from bot.domain.entitlements import ACCOUNT_AGE, PLATFORM_OF, Evidence, Found, Question
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import Gate, questions
from bot.domain.people import Account
from bot.domain.time import Micros
from bot.storage.batch import Batch
from bot.storage.holds import Hold
from bot.storage.own_evidence import own_evidence


@lru_cache(maxsize=256)
def gate_of(text: str) -> Gate | None:
    """The gate of a plan; None for a text that is none, which lets nobody in."""
    gate = read_gate(text)
    return None if isinstance(gate, GateMistake) else gate


def standing_of(
    batch: Batch,
    key: str,
    person_id: int,
    account: Account,
    evidence: Mapping[Question, Found],
    moment: Micros,
    *,
    request_id: str = "",
    looks_ahead: bool = False,
) -> ClaimStanding:
    """The standing of one person before the drop `key`. `evidence` is what the platforms have told of them, and
    `request_id` the claim that is judged, if it holds a unit already. With `looks_ahead` the gate counts also
    before its window."""
    register, drop = batch.register(key), batch.book.drops[key]
    people = batch.together(person_id, key)
    held = (
        register.held(person_id) if len(people) == 1 else tuple(n for each in people for n in register.held(each))
    )
    if not (drop.early or (looks_ahead and drop.plan.early)):
        return ClaimStanding(drop, held, register.next_number)
    gate, accounts = gate_of(drop.plan.early), batch.accounts(person_id, account)
    counted = batch.counted_as(person_id)
    known = {} if gate is None else evidence_for(batch, gate, counted, accounts, evidence, moment)
    others = [hold for hold in batch.book.holds.of(key) if hold.request_id != request_id]
    own = any(hold.person_id in people for hold in others)
    return ClaimStanding(drop, held, register.next_number, gate, known, accounts, len(others), own)


def of_one_account(batch: Batch, person_id: int, evidence: Mapping[Question, Found]) -> Mapping[Question, Found]:
    """What one account tells of a person: with another one, which may be older, not how long they are around."""
    if ACCOUNT_AGE not in evidence or batch.book.links.of(person_id) is None:
        return evidence
    return {question: found for question, found in evidence.items() if question != ACCOUNT_AGE}


def evidence_for(
    batch: Batch,
    gate: Gate,
    people: tuple[int, ...],
    accounts: tuple[Account, ...],
    evidence: Mapping[Question, Found],
    moment: Micros,
) -> Evidence:
    """All that is known of one human, who is these persons under these accounts: what the platforms have told, and
    what the ledger finds by itself."""
    found = own_evidence(batch, gate, people, accounts, moment)
    return {**evidence, **_not_there(gate, accounts, moment), **found}


def _not_there(gate: Gate, accounts: tuple[Account, ...], moment: Micros) -> dict[Question, Found]:
    """A no to whatever a platform would have to tell on which the person has no account that we know of."""
    platforms = {platform for platform, _ in accounts}
    return {
        question: Found(0, moment, moment + 1)
        for source, asked in questions(gate).items()
        if source in PLATFORM_OF and PLATFORM_OF[source] not in platforms
        for question in asked
    }


def whose_evidence(batch: Batch, hold: Hold) -> tuple[Account, ...]:
    """Whose evidence counts for a claim or vote that waits. That of an account which is theirs no more is
    forgotten."""
    accounts = batch.accounts(hold.person_id, hold.actor.key)
    if not set(hold.accounts) <= set(accounts):
        hold.evidence.clear()
    hold.accounts = accounts
    hold.count_age()
    return accounts
