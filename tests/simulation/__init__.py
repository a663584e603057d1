"""The whole bot but its platforms, played in virtual time over a real ledger: thousands of evenings, each one seed."""
