"""When Discord accounts were made: it stands in their ids, and nobody is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import discord

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.time import Micros, instant_of
from bot.platforms.discord.people import PLATFORM
from bot.services.evidence import answered

ACCOUNT_DAYS = Question(Entitlement.ACCOUNT_DAYS)


class DiscordAccounts:
    source = Source.ACCOUNTS
    platform = PLATFORM
    users_max = 1_000

    def __init__(self, now: Callable[[], Micros]) -> None:
        self._now = now

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource."""
        at = self._now()
        made = {user: instant_of(discord.utils.snowflake_time(int(user))) for user in users}
        return {(user, ACCOUNT_DAYS): answered(ACCOUNT_DAYS, made[user], at) for user in users}
