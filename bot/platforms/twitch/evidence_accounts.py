"""When Twitch accounts were made: a hundred a call, and it never changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.time import Micros, instant_of
from bot.platforms.twitch.asking import PAGE_MAX, AsksHelix, Params, make_sure_of
from bot.services.evidence import answered
from bot.services.ports import PlaceDown

ACCOUNT_DAYS = Question(Entitlement.ACCOUNT_DAYS)


class TwitchAccounts:
    source = Source.ACCOUNTS
    platform = "twitch"
    users_max = PAGE_MAX

    def __init__(self, helix: AsksHelix, bot_id: str, now: Callable[[], Micros]) -> None:
        self._helix = helix
        self._asker = bot_id
        self._now = now

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource. An account that Twitch does not know (any more) is no account of any age."""
        at = self._now()
        params: Params = {"id": list(users)}
        answer = await self._helix.ask("users", params, token_for=self._asker, needs="the bot's login")
        try:
            made = {row["id"]: instant_of(datetime.fromisoformat(row["created_at"])) for row in answer["data"]}
        except (KeyError, TypeError, ValueError):
            raise PlaceDown("Twitch's answer about accounts cannot be read") from None
        make_sure_of(made, users)
        return {(user, ACCOUNT_DAYS): answered(ACCOUNT_DAYS, made.get(user, 0), at) for user in users}
