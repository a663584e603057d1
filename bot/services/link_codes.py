"""The codes that link accounts while they are good, and who has typed too many wrong ones; kept in memory alone."""

from __future__ import annotations

import os
from collections.abc import Callable

from cachetools import TTLCache

from bot.domain.linking import (
    CODE_VALID_FOR,
    LINK_CODE_BYTES,
    WRONG_CODES_COUNT_FOR,
    WRONG_CODES_MAX,
    link_codes_in,
    make_link_code,
)
from bot.domain.people import Account, Actor
from bot.domain.time import Micros
from bot.services.ports import Clock

_CODES_MAX = 1_000
_PEOPLE_MAX = 10_000


class LinkCodes:
    """Of each account the newest code, until it is used, shown to everybody, or too old by the `steady` clock."""

    def __init__(self, steady: Clock, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._random_bytes = random_bytes
        self._accounts: TTLCache[str, Actor] = TTLCache(_CODES_MAX, CODE_VALID_FOR, timer=steady.now)

    def issue(self, account: Actor) -> str:
        """A new code of this account; the one before is void."""
        for code in [code for code, whose in self._accounts.items() if whose.key == account.key]:
            del self._accounts[code]
        while (code := make_link_code(self._random_bytes(LINK_CODE_BYTES))) in self._accounts:
            pass
        self._accounts[code] = account
        return code

    def take(self, code: str) -> Actor | None:
        """Whose code this is; it is used up by that. None for one that is not good, or not any more."""
        account: Actor | None = self._accounts.pop(code, None)
        return account

    def burn(self, text: str) -> None:
        """Make void whatever codes a line has shown to everybody."""
        if self._accounts:
            for code in link_codes_in(text, tuple(self._accounts)):
                self._accounts.pop(code, None)


class WrongCodes:
    """Who is guessing: after so many wrong codes within an hour somebody is not heard until that hour is over."""

    def __init__(self, steady: Clock) -> None:
        self._steady = steady
        self._tries: TTLCache[Account, tuple[Micros, ...]] = TTLCache(
            _PEOPLE_MAX, WRONG_CODES_COUNT_FOR, timer=steady.now
        )
        self._told: TTLCache[Account, bool] = TTLCache(_PEOPLE_MAX, WRONG_CODES_COUNT_FOR, timer=steady.now)

    def note(self, actor: Actor) -> None:
        """Count a wrong code of this person."""
        self._tries[actor.key] = (*self._tries.get(actor.key, ()), self._steady.now())[-WRONG_CODES_MAX:]
        self._told.pop(actor.key, None)

    def retry_after(self, actor: Actor) -> Micros:
        """How long this person is not heard; 0 when they are."""
        tries = self._tries.get(actor.key, ())
        if len(tries) < WRONG_CODES_MAX:
            return 0
        return max(0, tries[0] + WRONG_CODES_COUNT_FOR - self._steady.now())

    def first_time(self, actor: Actor) -> bool:
        """Whether this person has not been told yet that they are not heard; from now on they have."""
        told = actor.key in self._told
        self._told[actor.key] = True
        return not told
