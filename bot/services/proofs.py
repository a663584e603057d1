"""Proves to anybody that a unit was granted: by its entry, and by the checkpoint that was signed over it."""

from __future__ import annotations

import orjson
import structlog

from bot.domain.checkpoint import NoteRefused, Verify, read_key
from bot.domain.drops import Drop
from bot.domain.people import Actor
from bot.domain.proof import check_proof, write_proof
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
from bot.domain.public_lines import BundleRefused
from bot.services.claims import AskerBudget
from bot.services.ports import Clock
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.proofs import Grant, Signed, read_record
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
        try:
            record = await self._reads.consult(
                lambda ledger: read_record(ledger, self._channel_id, drop.key, number)
            )
            if record.grant is None:
                return _unknown(drop, number, why_not_given(drop, number, lost=record.lost))
            return self._proved(drop, number, record.grant, record.signed)
        except (BundleRefused, LookupError, NoteRefused, ValueError) as error:
            # A ledger that disagrees with itself: `microdrops verify` names what is wrong with it.
            log.critical(
                "a unit cannot be proved from this ledger", drop=drop.key, number=number, reason=str(error)
            )
            return _unknown(drop, number, ProofRefusal.UNSOUND)

    def _proved(self, drop: Drop, number: int, grant: Grant, signed: Signed | None) -> ProofFound | ProofPending:
        """The proof, checked as a stranger checks it before anybody gets it. Raises BundleRefused or ValueError."""
        if signed is None:
            leaf = grant.leaf.hex()
            return ProofPending(drop.key, drop.title, number, grant.entry, leaf, grant.at, over=drop.over)
        text = write_proof(
            key=read_key(orjson.loads(signed.key)["public"]["key"]),
            entry=grant.canonical,
            hashes=signed.hashes,
            note=signed.note,
            verify=self._verify,
        )
        report = check_proof(text, self._verify)
        if (report.entry.drop, report.number, report.entry.number) != (drop.key, number, grant.entry):
            raise ValueError(f"entry {grant.entry} grants another unit")
        return ProofFound(
            drop=drop.key,
            title=drop.title,
            number=number,
            entry=grant.entry,
            leaf=grant.leaf.hex(),
            at=grant.at,
            size=signed.size,
            fingerprint=report.checkpoint.fingerprint,
            seen=seen_at(signed.kind, same_drop=signed.drop == drop.key),
            signed_at=signed.at,
            text=text,
        )


def _unknown(drop: Drop, number: int, because: ProofRefusal) -> ProofUnknown:
    return ProofUnknown(because, drop.key, drop.title, number, drop.plan.supply)
