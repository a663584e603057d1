"""The codes that a browser brings back from the log-in page, each good once and for a short time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.stage.record import SECOND
from bot.stage.twitch.model import Problem, TwitchUser

CODE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Grant:
    """Who said yes to what, and the address to which the code was sent."""

    user: TwitchUser
    scopes: frozenset[str]
    redirect_uri: str
    expires_at: int


class Codes:
    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._grants: dict[str, Grant] = {}

    def issue(self, user: TwitchUser, scopes: frozenset[str], redirect_uri: str) -> str:
        code = secrets.token_hex(15)
        self._grants[code] = Grant(user, scopes, redirect_uri, self._clock() + CODE_SECONDS * SECOND)
        return code

    def redeem(self, code: str, redirect_uri: str) -> Grant:
        """Raises Problem 400 for a code that is unknown, spent, too old or was sent elsewhere."""
        grant = self._grants.pop(code, None)
        if grant is None or grant.expires_at <= self._clock():
            raise Problem(400, "Invalid authorization code")
        if grant.redirect_uri != redirect_uri:
            raise Problem(400, "Parameter redirect_uri does not match registered URI")
        return grant
