"""Who may do what: access tokens, refresh tokens and the scopes a user has granted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator

from bot.stage.record import SECOND
from bot.stage.twitch.model import Problem, Token, TwitchUser

REFRESH_SECONDS_IDLE = 30 * 24 * 3600
_BAD_REFRESH = "Invalid refresh token"


class Tokens:
    """All tokens of the one registered application; the clock decides what has expired."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}
        self._spent_refreshes: dict[str, Token] = {}

    def __iter__(self) -> Iterator[Token]:
        return iter(tuple(self._by_access.values()))

    def issue(
        self, user: TwitchUser | None, scopes: Iterable[str], expires_in: int, *, public: bool = True
    ) -> Token:
        """A new token that lives `expires_in` seconds.

        A `public` one is as the device-code flow gives it: refreshed without a secret, and once only.
        """
        refresh = secrets.token_hex(25) if user is not None else None
        return self._issue(user, frozenset(scopes), expires_in, refresh, public=public)

    def _issue(
        self, user: TwitchUser | None, scopes: frozenset[str], expires_in: int, refresh: str | None, *, public: bool
    ) -> Token:
        token = Token(
            access=secrets.token_hex(15),
            refresh=refresh,
            user=user,
            scopes=scopes,
            expires_at=self._clock() + expires_in * SECOND,
            public=public,
            refresh_expires_at=self._clock() + REFRESH_SECONDS_IDLE * SECOND if public else None,
        )
        self._by_access[token.access] = token
        if refresh is not None:
            self._by_refresh[refresh] = token
        return token

    def find(self, access: str) -> Token | None:
        """The token, or None when it is unknown, revoked or expired."""
        token = self._by_access.get(access)
        if token is None or token.revoked or token.expires_at <= self._clock():
            return None
        return token

    def refresh(self, refresh: str, expires_in: int, *, with_secret: bool = True) -> Token:
        """A new token for a refresh token; raises Problem 400 when that is unknown, revoked, spent or too old,
        or when it needs the client's secret and came without.

        A public token's refresh token is spent by this. One that comes again takes every token of that user with
        it, as Twitch does: whoever restores an old backup and spends it is cut off.
        """
        again = self._spent_refreshes.get(refresh)
        if again is not None and again.user is not None:
            self.revoke_all(again.user)
        token = self._by_refresh.get(refresh)
        if token is None or token.revoked:
            raise Problem(400, _BAD_REFRESH)
        if not token.public:
            if not with_secret:
                raise Problem(400, "missing client secret")
            return self._issue(token.user, token.scopes, expires_in, refresh, public=False)
        if token.refresh_expires_at is not None and token.refresh_expires_at <= self._clock():
            raise Problem(400, _BAD_REFRESH)
        del self._by_refresh[refresh]
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
        return self.granted_by_id(user.id)

    def granted_by_id(self, user_id: str) -> frozenset[str]:
        return frozenset(scope for token in self._of(user_id) for scope in token.scopes)

    def has_authorised(self, user_id: str) -> bool:
        """Whether the user has connected the application at all: what EventSub asks for a cost of nothing."""
        return any(True for _ in self._of(user_id))

    def _of(self, user_id: str) -> Iterator[Token]:
        for token in self._by_access.values():
            if token.user is not None and token.user.id == user_id and not token.revoked:
                yield token
