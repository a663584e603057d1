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
    chosen = choose_drop(tuple(book.drops.values()), command.drop)
    if not isinstance(chosen, Drop):
        return chosen
    person = batch.person(channel_id, command.actor, moment)
    standing = ClaimStanding(
        drop=chosen,
        numbers_held=batch.numbers_held(channel_id, person.id, chosen.key),
        next_number=book.numbers(batch.connection, chosen.key).next,
        holder=batch.holder(channel_id, person, chosen.key),
        person_id=person.id,
    )
    decision = decide_claim(standing, command, moment)
    if isinstance(decision, ClaimGranted):
        batch.record(channel_id, grant_fact(standing, command, decision), moment)
    return decision
