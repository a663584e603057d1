"""Twitch logins: kept in one book, renewed once however many ask, and stored before they are used."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
import twitchio
from cachetools import TTLCache
from twitchio.authentication import OAuth, RefreshTokenPayload

log = structlog.stdlib.get_logger(__name__)

RENEWALS_MAX = 6
RENEWALS_WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str = field(repr=False)
    refresh: str = field(repr=False)


TokensRefreshed = Callable[[str, TokenPair], Awaitable[None]]
"""Awaited with a user id and its new tokens before anybody uses them."""


class TokenBook:
    """The tokens in force, by user id. It outlives the client, which is made anew after a crash."""

    def __init__(self, pairs: Mapping[str, TokenPair], keep: TokensRefreshed | None = None) -> None:
        self._pairs = dict(pairs)
        self._keep = keep
        self.refused: set[str] = set()

    def __iter__(self) -> Any:
        return iter(tuple(self._pairs.items()))

    def owner_of(self, refresh: str) -> str | None:
        return next((user_id for user_id, pair in self if pair.refresh == refresh), None)

    def refuse(self, refresh: str) -> None:
        """Twitch takes this refresh token no more: whoever it belongs to must log in again."""
        owner = self.owner_of(refresh)
        if owner is not None:
            self.refused.add(owner)

    async def renew(self, old_refresh: str, new: TokenPair) -> None:
        owner = self.owner_of(old_refresh)
        if owner is None:
            return
        self._pairs[owner] = new
        if self._keep is None:
            return
        try:
            await self._keep(owner, new)
        except Exception:
            # The old refresh token is spent: going on with the new one in memory beats being cut off.
            log.exception("twitch.tokens-not-stored", user_id=owner)


class SingleRefresh(OAuth):
    """Twitch's login service as the client uses it, made safe for refresh tokens that are good only once.

    `on_refused` is called when a refresh token has been refused.
    """

    def __init__(
        self,
        book: TokenBook,
        on_refused: Callable[[], None],
        *,
        client_id: str,
        client_secret: str | None,
        session: aiohttp.ClientSession,
    ) -> None:
        super().__init__(client_id=client_id, client_secret=client_secret, session=session)
        self._book = book
        self._on_refused = on_refused
        # Whoever asked with the old token a moment late gets the answer of the first, not a second renewal.
        self._renewals: TTLCache[str, asyncio.Task[RefreshTokenPayload]] = TTLCache(maxsize=16, ttl=600.0)
        self._moments: deque[float] = deque(maxlen=RENEWALS_MAX)

    async def refresh_token(self, refresh_token: str, /) -> RefreshTokenPayload:
        renewal = self._renewals.get(refresh_token)
        if renewal is None or (renewal.done() and _worth_another_try(renewal)):
            renewal = asyncio.create_task(self._renew(refresh_token), name="twitch token renewal")
            self._renewals[refresh_token] = renewal
        # A renewal that has begun is finished and stored even when its asker is cancelled.
        return await asyncio.shield(renewal)

    async def _renew(self, refresh: str) -> RefreshTokenPayload:
        now = asyncio.get_running_loop().time()
        if len(self._moments) == RENEWALS_MAX and now - self._moments[0] < RENEWALS_WINDOW_SECONDS:
            # A server that refuses every new token would otherwise be asked without end.
            raise twitchio.HTTPException("tokens were renewed too often", status=503, extra="")
        self._moments.append(now)
        try:
            payload = await super().refresh_token(refresh)
        except twitchio.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            self._book.refuse(refresh)
            self._on_refused()
            raise twitchio.HTTPException("Twitch refuses to renew the login", status=401, extra="") from None
        await self._book.renew(refresh, TokenPair(payload.access_token, payload.refresh_token))
        return payload

    async def request(self, route: Any) -> Any:
        # The loop that checks tokens every hour survives HTTPException, but not every network error.
        try:
            return await super().request(route)
        except (aiohttp.ClientError, TimeoutError):
            raise twitchio.HTTPException("Twitch's login service cannot be reached", status=503, extra="") from None

    async def close(self) -> None:
        unfinished = [renewal for renewal in self._renewals.values() if not renewal.done()]
        if unfinished:
            await asyncio.wait(unfinished, timeout=3.0)
        await super().close()


def _worth_another_try(renewal: asyncio.Task[RefreshTokenPayload]) -> bool:
    if renewal.cancelled():
        return True
    error = renewal.exception()
    return isinstance(error, twitchio.HTTPException) and error.status != 401
