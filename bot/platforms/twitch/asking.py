"""What a source of evidence needs to ask Helix something, whoever does the asking."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any, Protocol

from bot.services.ports import PlaceDown

PAGE_MAX = 100
Params = Mapping[str, str | int | list[str]]


class AsksHelix(Protocol):
    """One question in one call, with one login's token."""

    async def ask(self, path: str, params: Params, *, token_for: str, needs: str) -> Mapping[str, Any]:
        """Helix's answer. `needs` says which login has to permit it, and how, in case it does not.

        Raises PlaceDown, and SendRefused for what asking again cannot change."""

    def pages(self, path: str, params: Params, *, token_for: str, needs: str) -> AsyncIterator[Any]:
        """Every row of a list, a hundred a call. Raises like `ask`."""


def make_sure_of(users: Iterable[str], asked: Collection[str]) -> None:
    """Raises PlaceDown for an answer about somebody who was not asked about: whom it leaves out, it tells nothing
    of."""
    if any(user not in asked for user in users):
        raise PlaceDown("Twitch's answer is about somebody else")
