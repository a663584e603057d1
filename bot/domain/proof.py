"""The proof that one unit stands in the log, written and checked. docs/verifying.md has each byte."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.checkpoint import Checkpoint, NoteKey, Verify, open_note
from bot.domain.merkle import included
from bot.domain.public_lines import PROOF, BundleRefused, EntryRefused, Lines, PublicEntry, note_lines
from bot.domain.story import number_of

__all__ = ["ProofReport", "check_proof", "write_proof"]


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What a proof has shown: `entry` has granted `number` of a drop, and was in the log at `checkpoint`."""

    key: NoteKey
    entry: PublicEntry
    number: int
    how: str
    holder: str
    checkpoint: Checkpoint


def write_proof(*, key: NoteKey, entry: bytes, hashes: Sequence[bytes], note: str, verify: Verify) -> str:
    """The proof of a grant. `hashes` are its inclusion proof in the tree of `note`, which `key` has signed, perhaps
    among others: a proof carries no signature that its reader could not check. Raises NoteRefused."""
    text, _ = open_note(note, [key], verify)
    lines = [PROOF, f"key {key}", f"entry {entry.decode()}"]
    lines += (f"hash {base64.b64encode(each).decode()}" for each in hashes)
    _, _, signatures = note.rpartition("\n\n")
    own = next(line for line in signatures.split("\n") if _is_of(line, key))
    lines += note_lines(f"{text}\n{own}\n")
    return "".join(f"{line}\n" for line in lines)


def check_proof(text: str, verify: Verify) -> ProofReport:
    """What the proof shows; `verify` checks a signature. Raises BundleRefused for one that does not hold."""
    lines = Lines(text)
    lines.take_title(PROOF, "proof")
    key = lines.take_key()
    entry = lines.take_entry(key.name)
    try:
        number, how, holder = number_of(entry), entry.public.get("how"), entry.public.get("holder")
    except EntryRefused as error:
        raise lines.refused(str(error), entry.number) from None
    if entry.kind != "unit.granted" or not isinstance(how, str) or not isinstance(holder, str):
        raise lines.refused("it grants no unit", entry.number)
    hashes = []
    while lines.next_is("hash"):
        hashes.append(lines.take_hash("hash"))
    note = lines.take_note((key,), verify)
    note.check_form((key,))
    checkpoint = note.checkpoint
    if not lines.over:
        raise lines.refused_next("a proof ends with its checkpoint")
    if not included(entry.leaf, entry.number - 1, checkpoint.size, hashes, checkpoint.root):
        words = f"it, a hash or the checkpoint was changed: nothing shows that checkpoint {checkpoint.size} has it"
        raise BundleRefused(words, line=note.line, entry=entry.number)
    return ProofReport(key, entry, number, how, holder, checkpoint)


def _is_of(line: str, key: NoteKey) -> bool:
    name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
    return name == key.name and base64.b64decode(encoded)[: len(key.id)] == key.id
