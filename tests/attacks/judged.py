"""What people saw, held against a history: by the very functions that the command `verify` uses."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import URL

from bot.domain.bundle import BundleReport, check_bundle
from bot.storage.leaves import read_leaves
from bot.storage.signing import verify_signature
from bot.storage.verify import verify_ledger
from bot.views.bundle import verify_file
from bot.views.seen import Receipt, Seen, compare_receipt, read_receipt, read_seen
from bot.views.verify import compare_seen
from tests.attacks.shown import Shown, exported


class Judged(NamedTuple):
    """The names of what was shown: what the history agrees with, and what contradicts it."""

    agrees: set[str]
    contradicts: set[str]


def told_by(shown: Shown) -> dict[str, Seen]:
    """What chat and cards said of checkpoints, as somebody types it after --seen."""
    lines = {f"line: {name}": read_seen(line) for name, line in shown.lines.items()}
    notes = {f"note: {name}": read_seen(" ".join(note.split("\n")[1:3])) for name, note in shown.notes.items()}
    return {name: seen for name, seen in (lines | notes).items() if seen is not None}


def receipts_of(shown: Shown) -> dict[str, Receipt]:
    """What each winner was told, as they type it after --receipt."""
    typed = {name: read_receipt(answer.splitlines()[-1]) for name, answer in shown.receipts.items()}
    return {f"receipt: {name}": receipt for name, receipt in typed.items() if receipt is not None}


def signed_from(shown: Shown, entry: int) -> set[str]:
    """The lines and notes that were signed over this entry."""
    return {name for name, seen in told_by(shown).items() if seen.size >= entry}


def won_from(shown: Shown, entry: int) -> set[str]:
    """The receipts for this entry and later ones."""
    return {name for name, receipt in receipts_of(shown).items() if receipt.entry >= entry}


def against_ledger(url: URL, shown: Shown) -> Judged:
    """Everything that was shown, against a ledger in which `verify` by itself finds nothing wrong."""
    verified = verify_ledger(url, share=False)
    assert [fault.words for fault in verified.faults] == []
    same = {name: bool(compare_seen(seen, verified)["same"]) for name, seen in told_by(shown).items()}
    receipts = receipts_of(shown)
    leaves = read_leaves(url, [each.entry for each in receipts.values()])
    for name, receipt in receipts.items():
        same[name] = bool(compare_receipt(receipt, leaves.get(receipt.entry, []), "none")["same"])
    return _judged(same)


def against_file(text: str, drop: str, shown: Shown) -> Judged:
    """What was shown of the drop, against a bundle that holds in itself."""
    seen = {name: each for name, each in told_by(shown).items() if f" {drop} " in name}
    receipts = {name: each for name, each in receipts_of(shown).items() if name.endswith(f" {drop}")}
    verdict = verify_file(text.encode(), list(seen.values()), verify_signature, list(receipts.values()))
    assert verdict.public["holds"], verdict.text
    names = [*seen, *receipts]
    compared = [*verdict.public["seen"], *verdict.public["receipts"]]
    return _judged({name: bool(each["same"]) for name, each in zip(names, compared, strict=True)})


def report_of(url: URL, drop: str) -> BundleReport:
    """What a stranger reads in the bundle made of this ledger. Raises BundleRefused."""
    return check_bundle(exported(url, drop), verify_signature)


def faults_of(url: URL) -> list[str]:
    """What `verify` finds wrong in a ledger by itself."""
    return [fault.words for fault in verify_ledger(url, share=False).faults]


def _judged(same: dict[str, bool]) -> Judged:
    return Judged({name for name, is_same in same.items() if is_same}, {name for name in same if not same[name]})
