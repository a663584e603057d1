"""The ledger as a book and the secrets as secrets: numbers, hashes, and what may be written nowhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from urllib.parse import quote

from bot.rehearsal.counting import counted
from bot.rehearsal.evidence import Case
from bot.rehearsal.ledger import EntryRow
from bot.rehearsal.promises import Promise, judged, unchecked

_VERSION = 1


def entries(case: Case) -> Promise:
    broken = []
    for expected, entry in enumerate(case.ledger.entries, 1):
        if entry.number != expected:
            broken.append(f"Entry {entry.number} stands where {expected} should.")
            break
    for entry in case.ledger.entries:
        broken += [f"Entry {entry.number}: {wrong}" for wrong in _wrongs(entry)]
    sentence = "The ledger's entries are numbered without a gap and say what their hashes say."
    return judged("entries", sentence, broken, f"{len(case.ledger.entries)} entries, hashes computed anew")


def _wrongs(entry: EntryRow) -> Iterable[str]:
    if hashlib.sha256(b"\x00" + entry.canonical).digest() != entry.leaf_hash:
        yield "the leaf hash is not that of its bytes."
    try:
        document = entry.document
    except ValueError:
        yield "its bytes are no JSON."
        return
    columns = {"number": entry.number, "at": entry.at, "kind": entry.kind, "drop": entry.drop, "v": _VERSION}
    for key, value in columns.items():
        if document.get(key) != value:
            yield f"the column {key} says {value!r}, the sealed bytes {document.get(key)!r}."
    if entry.private is None or entry.salt is None:
        return  # erased, which the book allows
    if hashlib.sha256(entry.salt + entry.private).hexdigest() != document.get("private"):
        yield "the private part is not the one that was sealed."


def secrecy(case: Case) -> Promise:
    sentence = f"No secret stands in the log at {case.log_level.upper()}, in the chats or in the ledger."
    if not case.secrets or not case.written:
        return unchecked("secrecy", sentence, "There was no secret or no file to look through.")
    broken = []
    for path in case.written:
        content = path.read_bytes()
        found = sum(any(form in content for form in spellings(secret)) for secret in case.secrets)
        if found:
            broken.append(f"{found} of {len(case.secrets)} secrets stand in {path.name}.")
    files = [path.name for path in case.written if path.parent != case.attachments]
    if attached := len(case.written) - len(files):
        files.append(counted(attached, "attached file"))
    return judged("secrecy", sentence, broken, f"{len(case.secrets)} secrets looked for in {', '.join(files)}")


def spellings(secret: str) -> set[bytes]:
    """A secret as it might be written: plain, in an address, backwards, and in base64 wherever it begins."""
    plain = secret.encode()
    forms = {plain, quote(secret, safe="").encode(), plain[::-1]}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        # What its neighbours have a part in is left out, at both ends.
        forms.add(encoded[4 if shift else 0 : -4])
    return forms
