"""The channel's VIPs and moderators: short lists, fetched whole, so that one call answers for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.time import Micros
from bot.platforms.twitch.asking import AsksHelix, Params
from bot.services.evidence import answered
from bot.services.ports import PlaceDown

VIP, MODERATOR = Question(Entitlement.VIP), Question(Entitlement.MODERATOR)
# Whoever is not on the list costs nothing, so as many are asked about together as there are.
USERS_MAX = 20_000


class TwitchList:
    """One of the two lists. The streamer is on neither, and is no moderator by a gate's word."""

    platform = "twitch"
    users_max = USERS_MAX

    def __init__(
        self,
        question: Question,
        path: str,
        scope: str,
        helix: AsksHelix,
        channel_id: str,
        now: Callable[[], Micros],
    ) -> None:
        self.source: Source = question.source
        self._question = question
        self._path = path
        self._needs = f"the streamer's login (streamer_token in [twitch]) with {scope}"
        self._helix = helix
        self._channel_id = channel_id
        self._now = now
        self._fetched_at: Micros = 0
        self._members: set[str] = set()
        # What Twitch has told since the last fetch began: its answer may be from before that.
        self._changes: dict[str, bool] = {}
        self._one_fetch = asyncio.Lock()

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource. The list in hand answers as long as it may be believed about all of these."""
        async with self._one_fetch:
            if not all(self._answer(user).covers(self._now()) for user in users):
                await self._fetch()
            return {(user, self._question): self._answer(user) for user in users}

    def changed(self, user: str, *, is_on: bool) -> None:
        """Twitch has told that somebody was put on the list or taken off."""
        self._changes[user] = is_on
        (self._members.add if is_on else self._members.discard)(user)

    def _answer(self, user: str) -> Found:
        return answered(self._question, int(user in self._members), self._fetched_at)

    async def _fetch(self) -> None:
        at, members, self._changes = self._now(), set[str](), {}
        params: Params = {"broadcaster_id": self._channel_id}
        rows = self._helix.pages(self._path, params, token_for=self._channel_id, needs=self._needs)
        try:
            async for row in rows:
                members.add(str(row["user_id"]))
        except (KeyError, TypeError):
            raise PlaceDown("Twitch's list cannot be read") from None
        self._members, self._fetched_at = members, at
        for user, is_on in self._changes.items():
            self.changed(user, is_on=is_on)


def vips(helix: AsksHelix, channel_id: str, now: Callable[[], Micros]) -> TwitchList:
    return TwitchList(VIP, "channels/vips", "channel:read:vips", helix, channel_id, now)


def moderators(helix: AsksHelix, channel_id: str, now: Callable[[], Micros]) -> TwitchList:
    return TwitchList(MODERATOR, "moderation/moderators", "moderation:read", helix, channel_id, now)
