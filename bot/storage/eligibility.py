"""Whether somebody may claim, asked in the lane: at its moment and by its knowledge, and nothing is kept of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.claims import choose_drop
from bot.domain.drops import Drop
from bot.domain.eligibility import AskEligibility, EligibilityAnswer, decide_eligibility
from bot.domain.entitlements import Found, Question
from bot.domain.time import Micros
from bot.storage.batch import Batch
from bot.storage.standing import of_one_account, standing_of

# Whoever was never met is nobody's person yet, and must not become one by asking.
_STRANGER = 0


def handle(batch: Batch, command: AskEligibility, moment: Micros) -> EligibilityAnswer:
    """Say what a claim would come to."""
    chosen = choose_drop(tuple(batch.book.drops.values()), command.drop)
    if not isinstance(chosen, Drop):
        return chosen
    person_id = batch.known(command.who.key) or _STRANGER
    evidence: Mapping[Question, Found] = dict(command.evidence)
    if not command.of_all:
        evidence = of_one_account(batch, person_id, evidence)
    standing = standing_of(batch, chosen.key, person_id, command.who.key, evidence, moment, looks_ahead=True)
    return decide_eligibility(standing, moment)
