"""What somebody at the side of the stage can do while a play is on: speak as anybody, press, cause faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class Backstage(Protocol):
    """The handles of one play. Who is not there yet joins. Raises StageRefused with a sentence."""

    @property
    def ledger(self) -> Path:
        """The ledger file of this play; it may not be there yet."""

    async def say(self, login: str, text: str) -> str:
        """Type in Twitch chat as `login` ("streamer" is the broadcaster). Returns why it was swallowed, or ""."""

    async def press(self, user: str, message_id: str, custom_id: str) -> None:
        """Press a button on Discord as the member called `user`."""

    async def slash(self, user: str, line: str) -> None:
        """Use a slash command on Discord in the lounge, written as one line: "/drop extend mug minutes:10"."""

    async def submit(self, user: str, interaction_id: str, values: Mapping[str, str]) -> None:
        """Send the form that opened for `user` when they did `interaction_id`, with texts by the fields' ids."""

    async def live(self, on: bool) -> None:
        """Begin or end the stream."""

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        """Let more of the crowd come, as the seed has them."""

    async def fault(
        self, name: str, seconds: float | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """Cause a fault of the catalogue now."""


class StageRefused(Exception):
    """Something cannot be done on the stage; the text is for the person who tried."""
