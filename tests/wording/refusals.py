"""Every card that says what a platform does not let the bot find out."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.entitlements import Source
from bot.services.evidence import YES_HOLDS
from bot.wording.catalogue import Wording
from bot.wording.evidence import refused_card
from tests.wording.saying import drawn

REASON = "Twitch answers 401 (Missing scope: channel:read:subscriptions): it takes the streamer's login"


def every_refusal(words: Wording) -> Iterator[str]:
    for source in YES_HOLDS:
        platform = "discord" if source is Source.DISCORD_MEMBERS else "twitch"
        yield drawn(refused_card(words, source, platform, REASON))
