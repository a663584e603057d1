"""What is said when the ledger disagrees with itself."""

from __future__ import annotations

SENTENCES = {
    "not-verified-title": "The ledger does not hold",
    "not-verified": "Verifying the ledger has found this: {fault}. Drops go on. Please tell whoever runs the bot: "
    "type `microdrops verify` there, keep a copy of the ledger as it is, and look into it before the next drop.",
    "not-verified-more": "Verifying the ledger has found this and {count} more: {fault}. Drops go on. Please tell "
    "whoever runs the bot: type `microdrops verify` there, keep a copy of the ledger as it is, and look into it "
    "before the next drop.",
}
