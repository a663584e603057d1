"""Proves to anybody that a unit was granted: by its entry, and by the checkpoint that was signed over it."""

from __future__ import annotations

import orjson
import structlog

from bot.domain.checkpoint import NoteRefused, Verify, read_checkpoint, read_key
from bot.domain.drops import Drop
from bot.domain.merkle import included
from bot.domain.people import Actor
from bot.domain.proof import write_proof
from bot.domain.proofs import (
    ProofAnswer,
    ProofFound,
    ProofPending,
    ProofPlaces,
    ProofRefusal,
    ProofUnknown,
    choose_drop,
    seen_at,
    why_not_given,
)
from bot.services.claims import AskerBudget
from bot.services.ports import Clock
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.proofs import Grant, Signed, find_grant, first_checkpoint, is_lost, read_inclusion
from bot.storage.signing import verify_signature

log = structlog.get_logger(__name__)


class Proofs:
    """`clock` never jumps; `verify` checks a signature."""

    def __init__(
        self,
        reads: Reads,
        channel_id: int,
        clock: Clock,
        places: ProofPlaces,
        *,
        verify: Verify = verify_signature,
    ) -> None:
        self.places = places
        self._reads = reads
        self._channel_id = channel_id
        self._verify = verify
        self._budget = AskerBudget(clock)

    async def prove(self, actor: Actor, number: int, drop_text: str = "") -> ProofAnswer:
        """What can be said of a unit: the same to everybody, and nothing of who has it. Raises TooFast."""
        self._budget.take(actor)
        drops = await read_drops(self._reads, self._channel_id)
        drop = choose_drop(list(drops.values()), drop_text)
        if isinstance(drop, ProofUnknown):
            return drop
        if not drop.plan.has_unit(number):
            return _unknown(drop, number, ProofRefusal.NO_SUCH_NUMBER)
        grant = await find_grant(self._reads, self._channel_id, drop.key, number)
        if grant is None:
            lost = await is_lost(self._reads, self._channel_id, drop.key, number)
            return _unknown(drop, number, why_not_given(drop, number, lost=lost))
        signed = await first_checkpoint(self._reads, self._channel_id, grant.entry)
        if signed is None:
            return ProofPending(drop.key, drop.title, number, grant.entry, grant.leaf.hex(), grant.at)
        try:
            return await self._found(drop, number, grant, signed)
        except (LookupError, NoteRefused, ValueError) as error:
            # A ledger that disagrees with itself: `microdrops verify` names what is wrong with it.
            log.critical("a unit cannot be proved from this ledger", entry=grant.entry, reason=str(error))
            return _unknown(drop, number, ProofRefusal.UNSOUND)

    async def _found(self, drop: Drop, number: int, grant: Grant, signed: Signed) -> ProofFound:
        """The whole proof, checked before anybody gets it. Raises LookupError, NoteRefused or ValueError."""
        hashes = await read_inclusion(self._reads, self._channel_id, grant.entry, signed.size)
        checkpoint = read_checkpoint(signed.note.rpartition("\n\n")[0] + "\n")
        if not included(grant.leaf, grant.entry - 1, signed.size, hashes, checkpoint.root):
            raise ValueError(f"checkpoint {signed.size} was signed over other entries")
        key = read_key(orjson.loads(signed.key)["public"]["key"])
        text = write_proof(key=key, entry=grant.canonical, hashes=hashes, note=signed.note, verify=self._verify)
        return ProofFound(
            drop=drop.key,
            title=drop.title,
            number=number,
            entry=grant.entry,
            leaf=grant.leaf.hex(),
            at=grant.at,
            size=signed.size,
            fingerprint=checkpoint.fingerprint,
            seen=seen_at(signed.kind, same_drop=signed.drop == drop.key),
            signed_at=signed.at,
            text=text,
        )


def _unknown(drop: Drop, number: int, because: ProofRefusal) -> ProofUnknown:
    return ProofUnknown(because, drop.key, drop.title, number, drop.plan.supply)
