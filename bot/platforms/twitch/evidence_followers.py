"""Who follows, and since when: Helix tells it of one person a call, to moderators alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.time import Micros, instant_of
from bot.platforms.twitch.asking import AsksHelix, Params, make_sure_of
from bot.services.evidence import answered
from bot.services.ports import PlaceDown, SendRefused

FOLLOWER = Question(Entitlement.FOLLOWER)
NEEDS = "the bot's login with moderator:read:followers, and the bot as a moderator of the channel"


class TwitchFollowers:
    source = Source.TWITCH_FOLLOWERS
    platform = "twitch"
    users_max = 1

    def __init__(self, helix: AsksHelix, channel_id: str, bot_id: str, now: Callable[[], Micros]) -> None:
        self._helix = helix
        self._channel_id = channel_id
        self._asker = bot_id
        self._now = now
        self._may_see = False

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource. Somebody's value is the instant since when they follow."""
        found: dict[tuple[str, Question], Found] = {}
        for user in users:
            at = self._now()
            rows = await self._rows({"user_id": user})
            if not rows:
                await self._make_sure()
            found[user, FOLLOWER] = answered(FOLLOWER, self._since(rows, user), at)
        return found

    async def _rows(self, more: Mapping[str, str]) -> list[Mapping[str, str]]:
        params: Params = {"broadcaster_id": self._channel_id, "first": 1, **more}
        answer = await self._helix.ask("channels/followers", params, token_for=self._asker, needs=NEEDS)
        rows: list[Mapping[str, str]] = answer["data"]
        if not rows and not more and answer.get("total"):
            raise SendRefused(f"Twitch tells how many follow, but not who: it takes {NEEDS}")
        return rows

    async def _make_sure(self) -> None:
        """An empty list is evidence only for somebody who may see the list: it is looked at once, as a whole."""
        if not self._may_see:
            await self._rows({})
        self._may_see = True

    def _since(self, rows: list[Mapping[str, str]], user: str) -> Micros:
        try:
            make_sure_of((row["user_id"] for row in rows), [user])
            since = next((row["followed_at"] for row in rows), None)
            return 0 if since is None else instant_of(datetime.fromisoformat(since))
        except (KeyError, TypeError, ValueError):
            raise PlaceDown("Twitch's answer about followers cannot be read") from None
