"""The canonical bytes of a granted claim, piece by piece: by far the most entries are such, and can be compared
with what they have to be without being read."""

from __future__ import annotations

from bot.domain.ledger import ENTRY_VERSION, json_bytes

GRANTED = "unit.granted"

# Instant, `claim_middle`, number, seal of the private part, and pseudonym of who claimed; the unit's number and
# CLAIM_ENDS come next.
CLAIM_BEGINS = b'{"at":%d%b%d,"private":"%b","public":{"holder":"%b","how":"claim","number":'
CLAIM_ENDS = b'},"v":%d}' % ENTRY_VERSION

# A number of more digits is read as something else than a whole number.
DIGITS_MAX = 18


def claim_middle(channel: str, drop: str) -> bytes:
    """What all claims of a drop have in common, from the name of the channel to that of the entry's number."""
    return b',"channel":%b,"drop":%b,"kind":"%b","number":' % (
        json_bytes(channel),
        json_bytes(drop),
        GRANTED.encode(),
    )


def is_number(digits: bytes) -> bool:
    """Whether these are the digits of a whole number from 1 on, as canonical bytes have them."""
    return digits.isdigit() and not digits.startswith(b"0") and len(digits) <= DIGITS_MAX
