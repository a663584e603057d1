"""What the Discord connection must be told, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.wording.english import SENTENCES

TROUBLE_TEXT = SENTENCES["trouble"]


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """`channels` maps a place ("discord:announcements") to a channel id. All times are in seconds.

    `trouble_text` is what a person reads whose press or command failed on our side.
    """

    token: str = field(repr=False)
    guild_id: int
    channels: Mapping[str, int]
    reminder_role_id: int | None = None
    trouble_text: str = TROUBLE_TEXT
    request_timeout: float = 15.0
    offline_max: float = 60.0
    backoff_base: float = 1.0
    backoff_cap: float = 60.0
