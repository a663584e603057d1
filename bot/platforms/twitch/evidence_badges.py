"""Who is a founder: nobody can be asked, so it is what the badges of their own chat lines have shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from cachetools import LRUCache

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.time import MINUTE, Micros
from bot.services.evidence import PEOPLE_MAX, answered

FOUNDER = Question(Entitlement.FOUNDER)
FOUNDER_BADGE = "founder"
# Chat lines are not kept through a restart. Whoever claimed before it may still wait for an answer, and nobody
# says for them that they wore no badge.
SILENT_AFTER_START = 10 * MINUTE


class TwitchBadges:
    """The badge replaces that of a subscriber, and says nothing about a subscription."""

    source = Source.TWITCH_BADGES
    platform = "twitch"
    users_max = 100

    def __init__(self, now: Callable[[], Micros]) -> None:
        self._now = now
        self._started_at = now()
        self._founders: LRUCache[str, bool] = LRUCache(PEOPLE_MAX)

    def shown(self, user: str, badges: Collection[str]) -> Found:
        """Somebody has just chatted with these badges. A founder stays one, also when they wear another badge."""
        is_founder = FOUNDER_BADGE in badges or self._founders.get(user, False)
        self._founders[user] = is_founder
        return answered(FOUNDER, int(is_founder), self._now())

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource. Who has not chatted has shown no badge."""
        at = self._now()
        known = [user for user in users if user in self._founders or at - self._started_at >= SILENT_AFTER_START]
        return {(user, FOUNDER): answered(FOUNDER, int(self._founders.get(user, False)), at) for user in known}
