"""Whom a moderator means by a name: as the platforms say now, or else as the ledger has met them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.people import Actor
from bot.domain.text import normalise_command
from bot.services.ports import NameLookup, PlaceDown
from bot.storage.people import KnownNames


class Receivers:
    """`lookups` finds people by name, per platform; a platform that is absent finds nobody new."""

    def __init__(self, known: KnownNames, lookups: Mapping[str, NameLookup]) -> None:
        self._known = known
        self._lookups = lookups

    async def meant(self, receiver: str | Actor | None, platform: str) -> Actor | None:
        """Whoever was picked, or who goes by the name that was typed on `platform`; None where nobody can tell.

        On Discord members are picked, not typed: a typed name there means a viewer of Twitch chat."""
        if not isinstance(receiver, str):
            return receiver
        wanted = normalise_command(receiver).lstrip("@")
        if not wanted:
            return None
        for where in ("twitch", platform) if platform != "twitch" else (platform,):
            found = await self._person_on(where, wanted)
            if found is not None:
                return found
        return None

    async def _person_on(self, platform: str, name: str) -> Actor | None:
        lookup = self._lookups.get(platform)
        if lookup is not None:
            try:
                found = await lookup.find(name)
            except PlaceDown:
                found = None
            if found is not None:
                return found
        return await self._known.find(platform, name)
