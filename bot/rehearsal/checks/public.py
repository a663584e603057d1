"""The public ledger as strangers meet it: fingerprints in chat, signed notes on cards, files to check a drop."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.rehearsal.bundle import Bundle, BundleBroken, Tree, read_bundle
from bot.rehearsal.counting import counted
from bot.rehearsal.evidence import Case
from bot.rehearsal.ledger import NewsRow
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.stage.record import SeenLine

_IN_CHAT = ("opened", "reopened", "sold-out", "closed", "cancelled")
_ON_CARDS = (*_IN_CHAT, "announced")
_CHAT, _CARDS = "twitch:chat", "discord:announcements"
_NOTE = re.compile(r"```\n([^`\n]+\n(?P<size>\d+)\n(?P<root>[A-Za-z0-9+/]{43}=)\n\n(?:\u2014 [^`\n]+\n)+)```")
_FINGERPRINT = re.compile(r"(?<!\S)(\d+) ([a-z2-7]{10})$")
_BUNDLE, _PAGE = ".microdrops.txt", "verify.html"


class _Seen(NamedTuple):
    """A checkpoint as people can see it: its number of entries, and the beginning of its root in base32."""

    size: int
    fingerprint: str


def fingerprints(case: Case) -> Promise:
    """Every checkpoint that was shown is that of the ledger's entries, and the same news shows one everywhere."""
    sentence = "Chat and Discord show one and the same history of the ledger, by its fingerprints and signed notes."
    if not case.signed:
        return unchecked("fingerprints", sentence, "Nobody signs this ledger.")
    roots, broken = _roots(case), list[str]()
    on_cards: dict[tuple[str, str, int], _Seen] = {}
    for row, card in _said(case, _CARDS, _ON_CARDS):
        what = f"{row.drop}: the card that it is {row.kind}"
        if any(_note(each) != _note(card) for each in _edits(case, row)):
            broken.append(f"{what} has lost or changed its checkpoint in an edit.")
        if (found := _NOTE.search(card["text"])) is None:
            broken.append(f"{what} shows no checkpoint.")
            continue
        root = base64.b64decode(found["root"])
        shown = on_cards[_news(row)] = _Seen(int(found["size"]), _short(root))
        if root != roots.get(shown.size):
            broken.append(f"{what} shows a checkpoint {shown.size} that is not over the ledger's entries.")
    lines = _said(case, _CHAT, _IN_CHAT) if case.fingerprints else []
    for row, line in lines:
        what = f"{row.drop}: the line that it is {row.kind}"
        if (found := _FINGERPRINT.search(line["text"])) is None:
            broken.append(f"{what} ends with no fingerprint: “{line['text']}”")
            continue
        said = _Seen(int(found[1]), found[2])
        if said != on_cards.get(_news(row), said):
            broken.append(f"{what} says {said.size} {said.fingerprint}, its card something else.")
        if said.size not in roots or _short(roots[said.size]) != said.fingerprint:
            broken.append(f"{what} says {said.size} {said.fingerprint}, which the ledger's entries do not give.")
    looked_at = f"{counted(len(lines), 'fingerprint')} in chat, {counted(len(on_cards), 'note')} on cards"
    return judged("fingerprints", sentence, broken, f"{looked_at}, roots computed anew")


def results(case: Case) -> Promise:
    """The files under a final card, read as a stranger would, tell of the winners that the judge has counted."""
    sentence = "Whoever takes the files under a drop's final card can check the drop by themselves."
    if not case.signed or not case.discord or case.attachments is None:
        return unchecked("results", sentence, "No files are attached in this configuration.")
    broken, checked = [], 0
    for row, card in _said(case, _CARDS, ("closed",)):
        files = dict(zip(card["data"].get("files", ()), card["data"].get("file_ids", ()), strict=True))
        bundle = files.get(f"{row.drop}{_BUNDLE}")
        if bundle is None or _PAGE not in files:
            broken.append(f"{row.drop}: the final card has {', '.join(files) or 'no files'} attached.")
            continue
        checked += 1
        content = (case.attachments / bundle).read_bytes()
        broken += [f"{row.drop}: its bundle {wrong}" for wrong in _wrongs(case, row.drop, content)]
    return judged("results", sentence, broken, f"{counted(checked, 'bundle')} read, signatures checked")


def _wrongs(case: Case, drop: str, content: bytes) -> Iterator[str]:
    try:
        bundle = read_bundle(content.decode())
    except (BundleBroken, UnicodeDecodeError) as broken:
        yield f"does not hold: {broken}."
        return
    if bundle.drop != drop:
        yield f"is that of {bundle.drop}."
    if bundle.roots[bundle.size] != _roots(case).get(bundle.size):
        yield f"ends with a checkpoint {bundle.size} that is not over the ledger's entries."
    told, out = _numbers_told(bundle), _numbers_out(case, drop, bundle.size)
    if told != out:
        yield f"tells of {len(told)} numbers with an owner, the ledger of {len(out)}."


def _numbers_told(bundle: Bundle) -> list[int]:
    entries = (json.loads(entry) for _, entry in sorted(bundle.entries.items()))
    return _numbers((entry["kind"], entry["public"]) for entry in entries if entry["drop"] == bundle.drop)


def _numbers_out(case: Case, drop: str, size: int) -> list[int]:
    """Which numbers have an owner after so many entries."""
    return _numbers((entry.kind, entry.public) for entry in case.ledger.entries[:size] if entry.drop == drop)


def _numbers(facts: Iterator[tuple[str, Mapping[str, int]]]) -> list[int]:
    out: set[int] = set()
    for kind, public in facts:
        if kind == "unit.granted":
            out.add(public["number"])
        elif kind == "unit.voided":
            out.discard(public["number"])
    return sorted(out)


def _roots(case: Case) -> dict[int, bytes]:
    """The tree's root after each entry."""
    tree, roots = Tree(), {}
    for entry in case.ledger.entries:
        tree.append(hashlib.sha256(b"\x00" + entry.canonical).digest())
        roots[tree.size] = tree.root()
    return roots


def _said(case: Case, place: str, kinds: Sequence[str]) -> list[tuple[NewsRow, SeenLine]]:
    """News of these kinds that reached the place, each with what the record has of it."""
    there = case.twitch if place == _CHAT else case.discord
    rows = (row for row in case.ledger.news if row.place == place and row.kind in kinds and row.result == "sent")
    return [(row, case.posted[row.reference]) for row in rows if there and row.reference in case.posted]


def _edits(case: Case, row: NewsRow) -> Iterator[SeenLine]:
    for seen in case.record:
        if seen["kind"] == "edit" and str(seen["data"].get("message_id", "")) == row.reference:
            yield seen


def _note(card: SeenLine) -> str:
    found = _NOTE.search(card["text"])
    return found[1] if found else ""


def _news(row: NewsRow) -> tuple[str, str, int]:
    return row.kind, row.drop, row.created_at


def _short(root: bytes) -> str:
    return base64.b32encode(root).decode().lower()[:10]
