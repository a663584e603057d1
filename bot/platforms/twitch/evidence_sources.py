"""All of Twitch's sources of evidence, for whoever asks Helix: the client, or a quick play that has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.time import Micros
from bot.platforms.twitch.asking import AsksHelix
from bot.platforms.twitch.evidence_accounts import TwitchAccounts
from bot.platforms.twitch.evidence_badges import TwitchBadges
from bot.platforms.twitch.evidence_followers import TwitchFollowers
from bot.platforms.twitch.evidence_lists import moderators, vips
from bot.platforms.twitch.evidence_subscriptions import TwitchSubscriptions
from bot.platforms.twitch.settings import TwitchSettings
from bot.services.ports import EvidenceSource


class TwitchSources:
    """`all` are to be asked; events change what `vips` and `moderators` have in store, and lines show `badges`."""

    def __init__(self, helix: AsksHelix, settings: TwitchSettings, now: Callable[[], Micros]) -> None:
        channel_id, bot_id = settings.channel_id, settings.bot_id
        self.badges = TwitchBadges(now)
        self.vips = vips(helix, channel_id, now)
        self.moderators = moderators(helix, channel_id, now)
        self.all: Sequence[EvidenceSource] = (
            TwitchSubscriptions(helix, channel_id, now),
            TwitchFollowers(helix, channel_id, bot_id, now),
            self.vips,
            self.moderators,
            self.badges,
            TwitchAccounts(helix, bot_id, now),
        )
