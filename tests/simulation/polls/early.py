"""Watches an early window: who came in before everybody, by what, and who was left outside and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.entitlements import Source
from bot.domain.people import Account
from bot.domain.time import Micros
from tests.simulation.polls.evidence import TWITCH, Knowing
from tests.simulation.violation import Violation

Accounts = Callable[[Account], tuple[Account, ...]]


@dataclass(slots=True)
class _Window:
    """Of one drop: while it is `open`, until `public_at`, at most `units` go early."""

    open: bool = False
    public_at: Micros = 0
    units: int = 0
    gone: int = 0


class EarlyWatch:
    """`accounts` tells all accounts that may be counted as this one's; `knowing` is None where no gate asks."""

    def __init__(self, knowing: Knowing | None, accounts: Accounts) -> None:
        self._knowing = knowing
        self._accounts = accounts
        self._windows: dict[str, _Window] = {}
        self.let_in = 0

    def steered(self, key: str, kind: str, plan: Mapping[str, Any], public: Mapping[str, Any]) -> None:
        """Follow the window by what happens to its drop."""
        if "early" not in plan:
            return
        window = self._windows.setdefault(key, _Window())
        window.units = plan["early_units"]
        if kind == "drop.opened":
            window.open = True
        elif kind == "drop.public":
            window.open = False
        if public.get("public_at") is not None:
            window.public_at = public["public_at"]

    def granted(self, key: str, how: str, at: Micros, public: Mapping[str, Any], account: Account) -> None:
        """Raises Violation for a unit that went early and should not have."""
        window = self._windows.get(key)
        early = window is not None and window.open and how == "claim"
        if (public.get("window") == "early") != early:
            raise Violation("early is early", f"{key} #{public['number']} says {public}, is it early: {early}")
        if window is None or not early:
            return
        window.gone += 1
        if at >= window.public_at or window.gone > window.units:
            raise Violation("early is early", f"{key}: {window.gone} of {window.units} at {at}, {window.public_at}")
        if not self._shown(account, value=True):
            raise Violation("nobody comes early without evidence", f"{key} #{public['number']} went to {account}")
        self.let_in += 1

    def refused(self, account: Account, *, linked: bool) -> None:
        """Somebody was told that the window is not for them. Raises Violation where nobody could say that: of
        whoever is on Discord alone everybody can."""
        if (linked or account[0] == TWITCH) and not self._shown(account, value=False):
            raise Violation("what is not known is no refusal", f"{account} was refused, and nobody had said why")

    def _shown(self, account: Account, *, value: bool) -> bool:
        if self._knowing is None:
            return False
        source = Source.TWITCH_SUBSCRIPTIONS
        return any(self._knowing.was_told(source, each, value) for each in self._accounts(account))
