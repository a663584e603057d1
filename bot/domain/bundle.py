"""A drop's bundle: all that a stranger needs to check it, as it is written. docs/verifying.md has each byte."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.domain.bundle_check import BundleReport, Leaf, NewKey, Signed, check_bundle
from bot.domain.checkpoint import NoteKey
from bot.domain.public_lines import BUNDLE, BundleRefused, note_lines
from bot.domain.story import UnitOut

__all__ = [
    "BundleRefused",
    "BundleReport",
    "Hidden",
    "Leaf",
    "NewKey",
    "Signed",
    "UnitOut",
    "bundle_end",
    "check_bundle",
    "write_bundle",
]


class Hidden(NamedTuple):
    """An entry that a bundle does not show, only its leaf hash."""

    leaf_hash: bytes


def bundle_end(last_entry: int, checkpoints: Sequence[int]) -> int | None:
    """Where a bundle ends: at the first checkpoint that covers the drop's last entry, or else at the last one there
    is; None without any. `checkpoints` are sizes, ascending."""
    covering = (size for size in checkpoints if size >= last_entry)
    return next(covering, checkpoints[-1] if checkpoints else None)


def write_bundle(
    drop: str,
    *,
    key: NoteKey | str,
    before: int,
    peaks: Sequence[bytes],
    entries: Iterable[bytes | Hidden],
    notes: Mapping[int, str],
) -> str:
    """The bundle of a drop. `entries` are those after the first `before` ones, canonical or hidden; `peaks` stand
    for those before; `notes` are the signed checkpoints by size, and the last one belongs to the last entry.

    `key` has signed the first of them. It writes what it is given: `check_bundle` says whether that holds."""
    lines = [BUNDLE, f"drop {drop}", f"key {key}", f"before {before}"]
    lines += (f"peak {_base64(peak)}" for peak in peaks)
    for number, entry in enumerate(entries, before + 1):
        lines.append(
            f"hidden {_base64(entry.leaf_hash)}" if isinstance(entry, Hidden) else f"entry {entry.decode()}"
        )
        if number in notes:
            lines += note_lines(notes[number])
    return "".join(f"{line}\n" for line in lines)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
