"""`microdrops verify FILE`: what a bundle or a proof has shown, in plain words. It needs no ledger, no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.bundle import BundleRefused, BundleReport, Leaf, Signed, check_bundle
from bot.domain.checkpoint import Verify
from bot.domain.proof import ProofReport, check_proof
from bot.domain.public_lines import PROOF, text_of
from bot.domain.restore import ranges_of
from bot.domain.text import label
from bot.domain.time import Micros, in_zone
from bot.domain.transparency import KeyChange
from bot.exits import FINE, FOUND_WRONG
from bot.views.seen import Receipt, Seen, compare_receipt

_TURNS = {
    "drop.announced": "announced",
    "drop.opened": "opened",
    "drop.reopened": "opened again",
    "unit.granted": "sold out",
    "unit.lost": "sold out",
    "unit.retired": "sold out",
    "drop.closed": "closed",
    "drop.cancelled": "cancelled",
    "poll.opened": "a poll opened",
    "poll.closed": "a poll closed",
    "log.key": "a new key",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code, the screen, and the same for a machine."""

    code: int
    text: str
    public: dict[str, Any]


def verify_file(raw: bytes, seen: Sequence[Seen], verify: Verify, receipts: Sequence[Receipt] = ()) -> Verdict:
    """Judge the content of a file, and hold it against what people were shown."""
    try:
        text = text_of(raw)
        if text.startswith(PROOF):
            proof = check_proof(text, verify)
            size, root, short = proof.checkpoint.size, proof.checkpoint.root, proof.checkpoint.fingerprint
            checkpoints: Sequence[Signed] = (Signed(size, root, short, "", "", None),)
            origin, first, leaves = proof.key.name, proof.entry.number, [Leaf(proof.entry.leaf, shown=True)]
            lines, public = list(_proof_lines(proof)), _proof_as_public(proof)
        else:
            bundle = check_bundle(text, verify)
            origin, checkpoints = bundle.key.name, bundle.checkpoints
            first, leaves = bundle.first, list(bundle.leaves)
            lines, public = list(_bundle_lines(bundle)), _bundle_as_public(bundle)
    except BundleRefused as refused:
        answer = {"holds": False, "refused": str(refused), "line": refused.line, "entry": refused.entry}
        words = _plain(str(refused))
        return Verdict(FOUND_WRONG, f"It does not hold. {words[0].upper()}{words[1:]}.", answer)
    compared = [_compare(each, origin, checkpoints, first, first + len(leaves) - 1) for each in seen]
    held = [_compare_receipt(each, first, leaves) for each in receipts]
    found = [each["same"] for each in (*compared, *held)]
    same = all(found)
    verdict = "It holds." if same else "It holds in itself, but what you saw lies outside it."
    if False in found:
        verdict = "It holds in itself, but it is not what you saw."
    told = "\n".join((verdict, "", *lines, *(each["words"] for each in (*compared, *held))))
    answer = {"holds": True, **public, "seen": compared, "receipts": held}
    return Verdict(FINE if same else FOUND_WRONG, told, answer)


def _bundle_lines(report: BundleReport) -> Iterator[str]:
    drop = report.drop
    yield from _drop_lines(report)
    yield ""
    yield "Proved:"
    yield f"  Entries {report.first} to {report.size} of the log {report.key.name} are as they were signed."
    yield (
        f"  Within them the supply stayed {drop.plan.supply}, no number is out twice, and every claim came while "
        "the drop was open."
    )
    yield "Not proved:"
    yield "  That others were shown the same. Compare with the chat's lines and the cards on Discord:"
    own = [each for each in report.checkpoints if each.drop in (drop.key, "")]
    for each in own:
        yield f"    {each.size:>7}  {each.fingerprint}  {_moment(each.at)}  {_TURNS.get(each.kind, each.kind)}"
    others = len(report.checkpoints) - len(own)
    if others:
        yield f"    and {others} more, at the turns of other drops (--json has them all)"
    yield "  Who the holders are: the file has a pseudonym for each, and no name."
    if report.hidden:
        hidden = "1 entry" if report.hidden == 1 else f"{report.hidden} entries"
        yield f"  What is hidden: {hidden}, as of drops that are not announced yet, given as a hash alone."
    yield f"  What the log had before entry {report.first}, and what it has after entry {report.size}."
    if report.signed_late:
        upto = f"entries {report.first} to {report.signed_late}"
        yield f"  When {upto} were written: they are older than the log's first key."
    for entry in report.restored:
        yield (
            f"  What was shown before entry {entry}, where the ledger was put back from an older copy: a size from "
            "before may come again with another root."
        )
    for new in report.keys:
        if new.why is KeyChange.LOST:
            yield f"  Whose key signs from entry {new.entry} on: the old one was lost, and has not handed over."


def _drop_lines(report: BundleReport) -> Iterator[str]:
    drop, plan = report.drop, report.drop.plan
    title = label(drop.title) or drop.key
    held_back = f", {plan.held_back} of them held back" if plan.held_back else ""
    yield f"{title}: {plan.supply} in all{held_back}, at most {plan.per_person} each"
    yield f"  announced   {_moment(drop.announced_at)}"
    if drop.opened_at is not None:
        yield f"  opened      {_moment(drop.opened_at)}"
    if drop.closed_at is not None:
        yield f"  {'cancelled' if drop.closed_why == 'cancelled' else 'closed':<10}  {_moment(drop.closed_at)}"
    elif drop.closes_at is not None:
        yield f"  still open, closes {_moment(drop.closes_at)}"
    numbers = [unit.number for unit in report.units]
    given = sum(unit.how == "hand" for unit in report.units)
    by_hand = f" ({given} of them given by a moderator)" if given else ""
    yield f"  out         {len(numbers)} of {plan.supply}{by_hand}: {_ranges(numbers)}"
    if report.taken_back:
        backs = ", ".join(f"#{number} (entry {entry})" for number, entry in report.taken_back[:5])
        yield f"  taken back  {backs}{' and more' if len(report.taken_back) > 5 else ''}"
    if report.lost:
        yield f"  written off, so that nobody can get them: {_ranges([number for number, _ in report.lost])}"


def _proof_lines(proof: ProofReport) -> Iterator[str]:
    entry, checkpoint = proof.entry, proof.checkpoint
    yield f"#{proof.number} of {_plain(entry.drop)}: {'given by a moderator' if proof.how == 'hand' else 'claimed'}"
    yield f"  at          {_moment(entry.at)}"
    yield f"  entry       {entry.number}, leaf hash {entry.leaf.hex()}"
    yield f"  holder      {_plain(proof.holder)} (a pseudonym)"
    yield ""
    yield "Proved:"
    yield f"  That entry is in the log {checkpoint.origin} of {checkpoint.size} entries, as its key has signed it."
    yield "Not proved:"
    yield "  That others were shown the same. Compare with the chat's lines and the cards on Discord:"
    yield f"    {checkpoint.size:>7}  {checkpoint.fingerprint}"
    yield "  That it was not taken back later, and that the whole drop was fair: the drop's bundle says that."


def _compare(seen: Seen, origin: str, checkpoints: Sequence[Signed], first: int, last: int) -> dict[str, Any]:
    """What was seen against a file with the entries `first` to `last`; "same" is None where it does not reach."""
    found = next((each for each in checkpoints if each.size == seen.size), None)
    same: bool | None
    if seen.origin and seen.origin != origin:
        same, words = False, f"What you saw is of the log {seen.origin}, and the file is of {origin}."
    elif found is None and not first <= seen.size < last:
        here = f"entry {first}" if first == last else f"entries {first} to {last}"
        same, words = None, f"Checkpoint {seen.size} lies outside the file, which has {here}."
    elif found is None:
        sizes = ", ".join(str(each.size) for each in checkpoints[-8:])
        same, words = False, f"The file has no checkpoint {seen.size}; its last are {sizes}."
    elif seen.shown in (found.fingerprint, _root(found)):
        same, words = True, f"Checkpoint {seen.size} is the one that you saw."
    else:
        shown = _root(found) if seen.whole else found.fingerprint
        words = f"Checkpoint {seen.size} is {shown} here, and you saw {seen.shown}: these are two histories."
        same = False
    return {"size": seen.size, "shown": seen.shown, "same": same, "words": words}


def _compare_receipt(receipt: Receipt, first: int, leaves: Sequence[Leaf]) -> dict[str, Any]:
    place, last = receipt.entry - first, first + len(leaves) - 1
    if not 0 <= place < len(leaves):
        words = f"The file has no entry {receipt.entry}: it has {first} to {last}."
        return compare_receipt(receipt, [], words) | {"same": None}
    return compare_receipt(receipt, [leaves[place].hash], "", hidden=not leaves[place].shown)


def _root(signed: Signed) -> str:
    return b64encode(signed.root).decode()


def _moment(at: Micros | None) -> str:
    if at is None:
        return " " * 23
    try:
        return in_zone(at, ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:
        return f"{at} microseconds after 1970"


def _ranges(numbers: Sequence[int]) -> str:
    runs = ranges_of(numbers)
    shown = ", ".join(f"#{first}" if first == last else f"#{first} to #{last}" for first, last in runs[:8])
    return f"{shown} and more" if len(runs) > 8 else shown or "none"


def _plain(text: str) -> str:
    """A stranger's text without anything that a terminal would obey."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _bundle_as_public(report: BundleReport) -> dict[str, Any]:
    drop = report.drop
    return {
        "kind": "bundle",
        "log": report.key.name,
        "channel": report.channel,
        "key": str(report.key),
        "drop": drop.key,
        "plan": drop.plan.as_public(),
        "state": str(drop.state),
        "announced_at": drop.announced_at,
        "opened_at": drop.opened_at,
        "closes_at": drop.closes_at,
        "closed_at": drop.closed_at,
        "first": report.first,
        "size": report.size,
        "told": report.told,
        "hidden": report.hidden,
        "signed_late": report.signed_late,
        "units": [unit._asdict() for unit in report.units],
        "lost": [{"number": number, "entry": entry} for number, entry in report.lost],
        "taken_back": [{"number": number, "entry": entry} for number, entry in report.taken_back],
        "restored": list(report.restored),
        "checkpoints": [{**each._asdict(), "root": _root(each)} for each in report.checkpoints],
        "keys": [{"entry": new.entry, "key": str(new.key), "why": str(new.why)} for new in report.keys],
    }


def _proof_as_public(proof: ProofReport) -> dict[str, Any]:
    entry, checkpoint = proof.entry, proof.checkpoint
    return {
        "kind": "proof",
        "log": checkpoint.origin,
        "channel": entry.channel,
        "key": str(proof.key),
        "drop": entry.drop,
        "number": proof.number,
        "how": proof.how,
        "holder": proof.holder,
        "at": entry.at,
        "entry": entry.number,
        "leaf": entry.leaf.hex(),
        "size": checkpoint.size,
        "fingerprint": checkpoint.fingerprint,
    }
