"""What a source of evidence needs to ask Helix something, whoever does the asking."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

PAGE_MAX = 100
Params = Mapping[str, str | int | list[str]]


class AsksHelix(Protocol):
    """One question in one call, with one login's token."""

    async def ask(self, path: str, params: Params, *, token_for: str, needs: str) -> Mapping[str, Any]:
        """Helix's answer. `needs` says which login has to permit it, and how, in case it does not.

        Raises PlaceDown, and SendRefused for what asking again cannot change."""

    def pages(self, path: str, params: Params, *, token_for: str, needs: str) -> AsyncIterator[Any]:
        """Every row of a list, a hundred a call. Raises like `ask`."""
