"""What a claim depends on, gathered in the lane: the drop, the asker's units, in an early window the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.domain.claims import ClaimStanding
from bot.domain.entitlements import Found, Question, Source
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import Gate, questions
from bot.domain.people import Account
from bot.domain.time import Micros
from bot.storage.batch import Batch
from bot.storage.own_evidence import own_evidence

_TWITCH = frozenset({Source.TWITCH_SUBSCRIPTIONS, Source.TWITCH_FOLLOWERS, Source.TWITCH_VIPS})
_TWITCH |= {Source.TWITCH_MODERATORS, Source.TWITCH_BADGES}
_PLATFORMS: Mapping[Source, str] = {**dict.fromkeys(_TWITCH, "twitch"), Source.DISCORD_MEMBERS: "discord"}


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
) -> ClaimStanding:
    """The standing of one person before the drop `key`. `evidence` is what the platforms have told of them, and
    `request_id` the claim that is judged, if it holds a unit already."""
    register, drop = batch.register(key), batch.book.drops[key]
    people = batch.together(person_id, key)
    held = (
        register.held(person_id) if len(people) == 1 else tuple(n for each in people for n in register.held(each))
    )
    if not drop.early:
        return ClaimStanding(drop, held, register.next_number)
    gate, accounts = gate_of(drop.plan.early), batch.accounts(person_id, account)
    known = dict(evidence)
    if gate is not None:
        known |= _not_there(gate, accounts, moment)
        known |= own_evidence(batch, gate, batch.counted_as(person_id), accounts, moment)
    others = [hold for hold in batch.book.holds.of(key) if hold.request_id != request_id]
    own = any(hold.person_id in people for hold in others)
    return ClaimStanding(drop, held, register.next_number, gate, known, accounts, len(others), own)


def _not_there(gate: Gate, accounts: tuple[Account, ...], moment: Micros) -> dict[Question, Found]:
    """A no to whatever a platform would have to tell on which the person has no account that we know of."""
    platforms = {platform for platform, _ in accounts}
    return {
        question: Found(0, moment, moment + 1)
        for source, asked in questions(gate).items()
        if source in _PLATFORMS and _PLATFORMS[source] not in platforms
        for question in asked
    }
