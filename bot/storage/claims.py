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
)
from bot.domain.drops import Drop
from bot.domain.time import Micros
from bot.storage.batch import Batch


def handle(batch: Batch, command: ClaimDrop, moment: Micros) -> ClaimDecision:
    """Decide one claim within the batch."""
    channel_id = command.channel_id
    book = batch.book(channel_id)
    chosen = book.chosen.get(command.drop)
    if chosen is None:
        choice = choose_drop(tuple(book.drops.values()), command.drop)
        # In a rush everybody types the same: what that means changes only with a drop's state.
        chosen = book.chosen[command.drop] = choice.key if isinstance(choice, Drop) else choice
    if not isinstance(chosen, str):
        return chosen
    drop = book.drops[chosen]
    person = batch.person(channel_id, command.actor, moment)
    standing = ClaimStanding(
        drop=drop,
        numbers_held=batch.numbers_held(channel_id, person.id, chosen),
        next_number=book.numbers(batch.connection, chosen).next,
        holder=batch.holder(channel_id, person, chosen),
        person_id=person.id,
    )
    decision = decide_claim(standing, command, moment)
    if isinstance(decision, ClaimGranted):
        batch.record(channel_id, grant_fact(standing, command, decision), moment)
    return decision
