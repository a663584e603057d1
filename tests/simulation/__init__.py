"""The whole bot but its platforms, played in virtual time over a real ledger: each seed is one evening."""
