"""Who subscribes, at which tier, and whether it was given to them: a hundred people a call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.time import Micros
from bot.platforms.twitch.asking import PAGE_MAX, AsksHelix, Params, make_sure_of
from bot.services.evidence import answered
from bot.services.ports import PlaceDown

SUBSCRIBER, GIFT = Question(Entitlement.SUBSCRIBER), Question(Entitlement.GIFT)
NEEDS = "the streamer's login (streamer_token in [twitch]) with channel:read:subscriptions"
_TIERS = {"1000": 1, "2000": 2, "3000": 3}


class TwitchSubscriptions:
    source = Source.TWITCH_SUBSCRIPTIONS
    platform = "twitch"
    users_max = PAGE_MAX

    def __init__(self, helix: AsksHelix, channel_id: str, now: Callable[[], Micros]) -> None:
        self._helix = helix
        self._channel_id = channel_id
        self._now = now

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource. Whom the answer leaves out does not subscribe."""
        at = self._now()
        params: Params = {"broadcaster_id": self._channel_id, "user_id": list(users), "first": PAGE_MAX}
        answer = await self._helix.ask("subscriptions", params, token_for=self._channel_id, needs=NEEDS)
        found = {user: subscription(0, False, at) for user in users}
        try:
            make_sure_of((row["user_id"] for row in answer["data"]), users)
            for row in answer["data"]:
                found[row["user_id"]] = subscription(_TIERS[row["tier"]], row["is_gift"], at)
        except (KeyError, TypeError):
            raise PlaceDown("Twitch's answer about subscriptions cannot be read") from None
        return {(user, question): each for user in users for question, each in found[user].items()}


def subscription(tier: int, is_gift: bool, at: Micros) -> dict[Question, Found]:
    """What follows from a subscription that was seen at `at`; tier 0 is none."""
    return {SUBSCRIBER: answered(SUBSCRIBER, tier, at), GIFT: answered(GIFT, int(bool(tier) and is_gift), at)}


def tier_of(text: str) -> int:
    """1 to 3 for "1000" to "3000"; 0 for what Twitch may come up with."""
    return _TIERS.get(text, 0)
