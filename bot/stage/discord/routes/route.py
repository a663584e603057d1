"""What every endpoint is made of: its pattern, its limit, and a plain function from world and call to reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from bot.stage.discord.files import Upload
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.world import DiscordWorld

USUAL = Limit(50, 1.0)


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `gateway_url` is where this very server takes gateway connections."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    gateway_url: str
    files: tuple[Upload, ...] = ()

    def with_files(self, message: dict[str, Any]) -> dict[str, Any]:
        """The part of the body that is a message, together with the files that came beside it."""
        return message | {"uploads": self.files} if self.files else message


class Reply(NamedTuple):
    """`body` None means an answer without one."""

    status: int
    body: Any = None


Handler = Callable[[DiscordWorld, Call], Reply]


class Route(NamedTuple):
    """`hook` names the fault hook that watches it; `limit` None means the platform does not count it.

    `major` is the path's part that has a bucket of its own; `takes` the kind of JSON a body must be.
    """

    method: str
    path: str
    handler: Handler
    limit: Limit | None = USUAL
    major: str = ""
    needs_token: bool = True
    hook: Literal["on_message", "on_callback"] | None = None
    takes: type[dict[str, Any]] | type[list[Any]] = dict
