"""What Twitch can tell of people: sources that are asked, and events and chat lines that tell it unasked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
import twitchio

from bot.domain.entitlements import Found, Question
from bot.domain.time import Micros, instant_of
from bot.platforms.hooks import NobodyAsks
from bot.platforms.twitch.bot import TwitchBot
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
from bot.platforms.twitch.helix import Helix
from bot.platforms.twitch.people import PLATFORM
from bot.platforms.twitch.settings import TwitchSettings
from bot.services.evidence import answered
from bot.services.ports import EvidenceEar

log = structlog.stdlib.get_logger(__name__)


class TwitchEvidence:
    """`bot` gives the client of the moment, `now` the machine's clock; `ear` is who wants to hear."""

    def __init__(
        self,
        settings: TwitchSettings,
        bot: Callable[[], TwitchBot | None],
        now: Callable[[], Micros],
        ear: Callable[[], EvidenceEar] = NobodyAsks,
    ) -> None:
        self._now = now
        self._ear = ear
        self._kept = TwitchSources(Helix(bot), settings, now)
        self.sources = self._kept.all

    def hear(self, event: object) -> None:
        """Take from an event what it proves: at once, since a claim may come right behind it."""
        try:
            self._take_in(event)
        except Exception:
            # The event is worth more than what it proves.
            log.exception("twitch.evidence-not-heard")

    def _take_in(self, event: object) -> None:
        match event:
            case twitchio.ChatMessage():
                # Before the line is answered: if it is a claim, its own badges count.
                account = (PLATFORM, event.chatter.id)
                shown = self._kept.badges.shown(event.chatter.id, {badge.set_id for badge in event.badges})
                self._ear().seen(account)
                self._ear().note(account, {FOUNDER: shown})
            case twitchio.ChannelFollow():
                since = instant_of(event.followed_at)
                self._note(event.user, {FOLLOWER: answered(FOLLOWER, since, self._now())})
            case twitchio.ChannelSubscribe():
                tier = tier_of(event.tier)
                if tier:
                    self._note(event.user, subscription(tier, event.gift, self._now()))
            case twitchio.ChannelSubscriptionEnd():
                # Perhaps another one goes on, such as a paid one behind a gift: it is asked for again.
                self._ear().void((PLATFORM, event.user.id), (SUBSCRIBER, GIFT))
            case twitchio.ChannelVIPAdd() | twitchio.ChannelVIPRemove():
                is_vip = isinstance(event, twitchio.ChannelVIPAdd)
                self._kept.vips.changed(event.user.id, is_on=is_vip)
                self._note(event.user, {VIP: answered(VIP, int(is_vip), self._now())})
            case twitchio.ChannelModeratorAdd() | twitchio.ChannelModeratorRemove():
                is_moderator = isinstance(event, twitchio.ChannelModeratorAdd)
                self._kept.moderators.changed(event.user.id, is_on=is_moderator)
                self._note(event.user, {MODERATOR: answered(MODERATOR, int(is_moderator), self._now())})

    def _note(self, user: twitchio.PartialUser, found: Mapping[Question, Found]) -> None:
        self._ear().note((PLATFORM, user.id), found)
