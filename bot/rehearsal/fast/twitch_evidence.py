"""What Twitch tells of people, without a client: the program's own sources, and events as EventSub has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.domain.entitlements import Found, Question
from bot.domain.time import Micros, instant_of
from bot.platforms.twitch.evidence_badges import FOUNDER
from bot.platforms.twitch.evidence_followers import FOLLOWER
from bot.platforms.twitch.evidence_lists import MODERATOR, VIP
from bot.platforms.twitch.evidence_sources import TwitchSources
from bot.platforms.twitch.evidence_subscriptions import (
    GIFT,
    SUBSCRIBER,
    subscription,
    tier_of,
)
from bot.platforms.twitch.settings import TwitchSettings
from bot.rehearsal.fast.helix import QuickHelix
from bot.rehearsal.fast.twitch_lines import PLATFORM, badges_in
from bot.services.evidence import answered
from bot.services.ports import EvidenceEar

Event = Mapping[str, Any]


class QuickTwitchEvidence:
    """See platforms.twitch.evidence.TwitchEvidence; a test compares what both take from an event."""

    def __init__(
        self,
        helix: QuickHelix,
        settings: TwitchSettings,
        now: Callable[[], Micros],
        ear: Callable[[], EvidenceEar],
    ) -> None:
        self._now = now
        self._ear = ear
        self._kept = TwitchSources(helix, settings, now)
        self.sources = self._kept.all

    def hear_line(self, event: Event) -> None:
        """Whoever types shows their badges."""
        user = str(event["chatter_user_id"])
        shown = self._kept.badges.shown(user, badges_in(event))
        self._ear().seen((PLATFORM, user))
        self._note(user, {FOUNDER: shown})

    def hear(self, name: str, event: Event) -> None:
        """Take from an event what it proves; `name` is EventSub's own."""
        user = str(event.get("user_id", ""))
        match name:
            case "channel.follow":
                since = instant_of(datetime.fromisoformat(event["followed_at"]))
                self._note(user, {FOLLOWER: answered(FOLLOWER, since, self._now())})
            case "channel.subscribe":
                if tier := tier_of(event["tier"]):
                    self._note(user, subscription(tier, event["is_gift"], self._now()))
            case "channel.subscription.end":
                self._ear().void((PLATFORM, user), (SUBSCRIBER, GIFT))
            case "channel.vip.add" | "channel.vip.remove":
                self._kept.vips.changed(user, is_on=name.endswith("add"))
                self._note(user, {VIP: answered(VIP, int(name.endswith("add")), self._now())})
            case "channel.moderator.add" | "channel.moderator.remove":
                self._kept.moderators.changed(user, is_on=name.endswith("add"))
                self._note(user, {MODERATOR: answered(MODERATOR, int(name.endswith("add")), self._now())})

    def _note(self, user: str, found: Mapping[Question, Found]) -> None:
        self._ear().note((PLATFORM, user), found)
