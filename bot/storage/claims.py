"""Claims in the lane: the standing of one claim, and the fact and outcome that it makes."""

from __future__ import annotations

from bot.domain.claims import (
    ClaimChecking,
    ClaimDecision,
    ClaimDrop,
    ClaimGranted,
    choose_drop,
    decide_claim,
)
from bot.domain.drops import Drop
from bot.domain.time import Micros
from bot.storage.batch import Batch
from bot.storage.codes import redeem
from bot.storage.granting import grant
from bot.storage.holds import Hold
from bot.storage.judging import settle_own
from bot.storage.standing import of_one_account, standing_of


def handle(batch: Batch, command: ClaimDrop, moment: Micros) -> ClaimDecision:
    """Decide one claim within the batch. A code that was typed is redeemed whatever becomes of the claim: by now
    everybody may have read it."""
    book, actor = batch.book, command.actor
    bad_code = redeem(batch, command, moment) if command.code else None
    chosen = book.choice(command.drop)
    if chosen is None:
        choice = choose_drop(tuple(book.drops.values()), command.drop)
        chosen = choice.key if isinstance(choice, Drop) else choice
        book.keep_choice(command.drop, chosen)
    if not isinstance(chosen, str):
        return chosen
    person = batch.person(actor, moment)
    told = dict(command.evidence)
    evidence = of_one_account(batch, person.id, told)
    standing = standing_of(batch, chosen, person.id, actor.key, evidence, moment)
    if standing.holds_own:
        # What this claim knows may be what the earlier one waits for.
        settle_own(batch, chosen, person.id, actor.key, told, moment)
        standing = standing_of(batch, chosen, person.id, actor.key, evidence, moment)
    if bad_code is not None:
        standing = standing._replace(bad_code=bad_code)
    decision = decide_claim(standing, command, moment)
    if isinstance(decision, ClaimGranted):
        return grant(batch, command.request_id, actor, standing, decision, moment)
    if isinstance(decision, ClaimChecking) and not standing.holds_own:
        hold = Hold(command.request_id, chosen, person.id, actor, moment, accounts=standing.accounts)
        hold.learn(actor.key, told)
        batch.hold(hold)
    return decision
