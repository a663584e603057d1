"""What people were shown while it happened, as they type it in, and a winner's receipt against an entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.domain.checkpoint import FINGERPRINT_CHARACTERS

# "57 k3j2l4m5n6", a whole line of chat that ends so, or a whole note; what has another form is a slip of the hand,
# and no other history.
_SEEN = re.compile(
    r"(?:(microdrops/[a-z0-9-]+)\s+|^|\s)([1-9][0-9]{0,15})\s+"
    r"(?:([A-Za-z0-9+/]{43}=)(?=\s|\Z)|([a-z2-7]{10})[\s.]*\Z)",
    re.IGNORECASE,
)
# "57 6fe1...", and the whole answer: "Entry 57 of the public ledger, leaf hash 6fe1...", "(entry 57 6fe1...)".
_RECEIPT = re.compile(r"(?:.*\bentry\s+)?([1-9][0-9]{0,15})\b.*?\b([0-9a-f]{10,64})\W*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw in chat or on Discord: a size, and the root or its fingerprint; `origin` is the log's name,
    "" where that was not told."""

    size: int
    shown: str
    origin: str = ""

    @property
    def whole(self) -> bool:
        """Whether the whole root was seen, and not its fingerprint alone."""
        return len(self.shown) > FINGERPRINT_CHARACTERS


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a winner was told: an entry's number, and its leaf hash in hex or its first characters."""

    entry: int
    leaf: str


def read_seen(text: str) -> Seen | None:
    """A comparison as it was typed: "57 k3j2l4m5n6", also with what stood before it in chat, or a note from a card;
    None if it is none."""
    found = _SEEN.search(text.strip())
    if found is None:
        return None
    origin, size, root, fingerprint = found.groups()
    return Seen(int(size), root or fingerprint.lower(), (origin or "").lower())


def read_receipt(text: str) -> Receipt | None:
    """A receipt as it was typed: an entry and at least ten characters of its hash, also with the words around them;
    None if it is none."""
    found = _RECEIPT.fullmatch(text.strip())
    return Receipt(int(found[1]), found[2].lower()) if found else None


def compare_receipt(receipt: Receipt, leaves: list[bytes], missing: str, *, hidden: bool = False) -> dict[str, Any]:
    """A receipt against the leaf hash of its entry, of which a ledger of several channels has several; `missing` is
    said where there is none. `hidden` tells that nothing but the hash is shown."""
    entry, hashes = receipt.entry, [leaf.hex() for leaf in leaves]
    same = any(each.startswith(receipt.leaf) for each in hashes)
    if not hashes:
        words = missing
    elif same and hidden:
        same, words = False, f"Entry {entry} is that of the receipt, but what it says is hidden: no grant ever is."
    elif same:
        words = f"Entry {entry} is that of the receipt."
    else:
        here = hashes[0][: len(receipt.leaf)]
        told = f"the receipt says {receipt.leaf}"
        words = f"Entry {entry} has the leaf hash {here} here, {told}: these are two histories."
    return {"entry": entry, "leaf": receipt.leaf, "same": same, "words": words}
