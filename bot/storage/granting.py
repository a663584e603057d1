"""Putting a granted claim into the ledger, whether it was granted at once or had waited for evidence."""

from __future__ import annotations

from bot.domain.claims import ClaimGranted, ClaimStanding, early_grant_fact, grant_fact, with_receipt
from bot.domain.people import Actor
from bot.domain.time import Micros
from bot.storage.batch import Batch


def grant(
    batch: Batch,
    request_id: str,
    actor: Actor,
    standing: ClaimStanding,
    granted: ClaimGranted,
    moment: Micros,
) -> ClaimGranted:
    """Put a grant into the ledger; returns it with its receipt."""
    person, drop = batch.person(actor, moment), standing.drop
    fact = grant_fact(request_id, actor, granted, batch.holder(person, drop.key), person.id)
    if drop.early:
        fact = early_grant_fact(fact, standing, moment)
    return with_receipt(granted, batch.record(fact, moment))
