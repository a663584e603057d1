"""Why a peer cannot be measured here: a sentence for the table, and what was said for the terminal."""

from __future__ import annotations


class Missing(Exception):
    """A peer that is not on this machine and could not be brought here. `details` is for the terminal alone."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
