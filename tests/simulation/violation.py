"""What the simulation raises when it has found something."""

from __future__ import annotations


class Violation(Exception):
    """A promise was broken. `invariant` is its short name."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(invariant, what)
        self.invariant = invariant
        self.what = what

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"
