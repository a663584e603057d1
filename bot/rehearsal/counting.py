"""How many of what, as it is said: "1 owner", "2 owners"."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun; `many` is `one` with an s where it is left out."""
    return f"{count} {one if count == 1 else many or one + 's'}"
