"""Which accounts are one human's, for whatever is counted in front of the lane."""

from __future__ import annotations

from bot.domain.people import Account
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.links import linked_accounts


class LinkedAccounts:
    """The links that stand, kept in step by what the lane commits."""

    def __init__(self, reads: Reads, channel_id: int) -> None:
        self._reads = reads
        self._channel_id = channel_id
        self._first: dict[Account, Account] = {}

    async def load(self) -> None:
        """Read the links that stand."""
        pairs = await linked_accounts(self._reads, self._channel_id)
        self._first = {discord: twitch for twitch, discord in pairs}

    def one(self, account: Account) -> Account:
        """The account under which whoever has this one is counted: of two that are linked the one on Twitch."""
        return self._first.get(account, account)

    def committed(self, committed: Committed) -> None:
        """Hear of new links, and of accounts that are linked no more."""
        for account, other in committed.linked:
            if other is not None:
                self._first[other] = account
            else:
                self._first = {key: first for key, first in self._first.items() if account not in (key, first)}
