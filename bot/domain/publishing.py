"""What a channel shows of its public ledger, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publishing:
    """`url` is where the results can be read besides, "" for nowhere. `fingerprints` end the lines of chat that
    open and close a drop, `receipts_in_chat` tell winners in chat which entry is theirs, and `attach` puts the
    files with the results on the final card."""

    url: str = ""
    fingerprints: bool = True
    receipts_in_chat: bool = False
    attach: bool = True
