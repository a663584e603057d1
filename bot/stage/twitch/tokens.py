"""Who may do what: access tokens, one-time refresh tokens and the scopes a user has granted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator

from bot.stage.twitch.model import SECOND, Problem, Token, TwitchUser


class Tokens:
    """All tokens of the one registered application; the clock decides what has expired."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}
        self._spent_refreshes: dict[str, Token] = {}

    def __iter__(self) -> Iterator[Token]:
        return iter(tuple(self._by_access.values()))

    def issue(self, user: TwitchUser | None, scopes: Iterable[str], expires_in: int) -> Token:
        """A new token that lives `expires_in` seconds."""
        token = Token(
            access=secrets.token_hex(15),
            refresh=secrets.token_hex(25) if user is not None else None,
            user=user,
            scopes=frozenset(scopes),
            expires_at=self._clock() + expires_in * SECOND,
        )
        self._by_access[token.access] = token
        if token.refresh is not None:
            self._by_refresh[token.refresh] = token
        return token

    def find(self, access: str) -> Token | None:
        """The token, or None when it is unknown, revoked or expired."""
        token = self._by_access.get(access)
        if token is None or token.revoked or token.expires_at <= self._clock():
            return None
        return token

    def refresh(self, refresh: str, expires_in: int) -> Token:
        """Spend a refresh token; raises Problem 400 when it is unknown, revoked or already spent.

        A spent one that comes again takes every token of that user with it, as Twitch does with one-time
        refresh tokens: whoever restores an old backup and spends it is cut off.
        """
        again = self._spent_refreshes.get(refresh)
        if again is not None and again.user is not None:
            self.revoke_all(again.user)
        token = self._by_refresh.pop(refresh, None)
        if token is None or token.revoked:
            raise Problem(400, "Invalid refresh token")
        self._spent_refreshes[refresh] = token
        return self.issue(token.user, token.scopes, expires_in)

    def expire(self, token: Token) -> None:
        """Let a token be too old from now on; its refresh token stays good."""
        token.expires_at = self._clock()

    def revoke(self, access: str) -> None:
        """End one token together with its refresh token; raises Problem 400 when it is not known."""
        token = self._by_access.get(access)
        if token is None or token.revoked:
            raise Problem(400, "Invalid token")
        token.revoked = True

    def revoke_all(self, user: TwitchUser) -> None:
        for token in self._by_access.values():
            if token.user is user:
                token.revoked = True

    def granted(self, user: TwitchUser) -> frozenset[str]:
        """Scopes this user has granted the application; an expired token still tells of a grant."""
        return frozenset(
            scope
            for token in self._by_access.values()
            if token.user is user and not token.revoked
            for scope in token.scopes
        )

    def has_authorised(self, user_id: str) -> bool:
        """Whether the user has connected the application at all: what EventSub asks for a cost of nothing."""
        return any(
            token.user is not None and token.user.id == user_id and not token.revoked
            for token in self._by_access.values()
        )
