"""The device-code login: a program shows a code, somebody types it elsewhere and says yes or no."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bot.stage.record import SECOND
from bot.stage.twitch.model import Problem, TwitchUser

DEVICE_SECONDS = 1800
INTERVAL_SECONDS = 5
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Answer(Enum):
    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    SPENT = "spent"


@dataclass(eq=False, slots=True)
class DeviceLogin:
    """One login that has begun; `device_code` is the program's secret, `user_code` what it shows."""

    device_code: str
    user_code: str
    scopes: frozenset[str]
    expires_at: int
    answer: Answer = Answer.PENDING
    user: TwitchUser | None = None


class Devices:
    """All device-code logins; the clock decides which are too old."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._by_device: dict[str, DeviceLogin] = {}

    def begin(self, scopes: frozenset[str]) -> DeviceLogin:
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        login = DeviceLogin(secrets.token_hex(20), user_code, scopes, self._clock() + DEVICE_SECONDS * SECOND)
        self._by_device[login.device_code] = login
        return login

    def grant(self, user_code: str, user: TwitchUser) -> None:
        """`user` types the code and says yes; raises LookupError when no login waits for it."""
        login = self._waiting(user_code)
        login.user, login.answer = user, Answer.GRANTED

    def deny(self, user_code: str) -> None:
        """Somebody types the code and says no; raises LookupError when no login waits for it."""
        self._waiting(user_code).answer = Answer.DENIED

    def redeem(self, device_code: str) -> tuple[TwitchUser, frozenset[str]]:
        """Who said yes to which scopes, once; raises Problem 400 with what the program has to do."""
        login = self._by_device.get(device_code)
        if login is None or login.answer is Answer.SPENT or login.expires_at <= self._clock():
            raise Problem(400, "invalid device code")
        if login.answer is Answer.DENIED:
            raise Problem(400, "access_denied")
        if login.user is None:
            raise Problem(400, "authorization_pending")
        login.answer = Answer.SPENT
        return login.user, login.scopes

    def _waiting(self, user_code: str) -> DeviceLogin:
        for login in self._by_device.values():
            if login.user_code == user_code.upper() and login.answer is Answer.PENDING:
                return login
        raise LookupError(f"no login waits for the code {user_code}")
