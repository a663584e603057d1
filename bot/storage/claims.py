"""Claims in the lane: the standing of one claim, and the fact and outcome that it makes."""

from __future__ import annotations

from bot.domain.claims import (
    ClaimDecision,
    ClaimDrop,
    ClaimGranted,
    ClaimStanding,
    choose_drop,
    decide_claim,
    grant_fact,
    with_receipt,
)
from bot.domain.drops import Drop
from bot.domain.time import Micros
from bot.storage.batch import Batch


def handle(batch: Batch, command: ClaimDrop, moment: Micros) -> ClaimDecision:
    """Decide one claim within the batch."""
    book = batch.book
    chosen = book.choice(command.drop)
    if chosen is None:
        choice = choose_drop(tuple(book.drops.values()), command.drop)
        chosen = choice.key if isinstance(choice, Drop) else choice
        book.keep_choice(command.drop, chosen)
    if not isinstance(chosen, str):
        return chosen
    person = batch.person(command.actor, moment)
    register = batch.register(chosen)
    standing = ClaimStanding(book.drops[chosen], register.held(person.id), register.next_number)
    decision = decide_claim(standing, command, moment)
    if not isinstance(decision, ClaimGranted):
        return decision
    entry = batch.record(grant_fact(command, decision, batch.holder(person, chosen), person.id), moment)
    return with_receipt(decision, entry)
