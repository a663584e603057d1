"""What tests of the local Twitch share: a clock that is moved by hand, scopes, and looks into the record."""

from __future__ import annotations

import time

from bot.stage.record import Seen
from bot.stage.twitch.model import SECOND
from bot.stage.twitch.world import TwitchWorld

BOT_SCOPES = ("user:read:chat", "user:write:chat", "user:bot", "moderator:read:followers")


def now() -> int:
    return time.time_ns() // 1000


class HandClock:
    """Starts on an evening in 2026 and moves only when told to."""

    def __init__(self) -> None:
        self.now = 1_780_000_000 * SECOND

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


def seen(world: TwitchWorld, kind: str) -> list[Seen]:
    return [each for each in world.record.seen if each.kind == kind]
