"""What the Twitch connection must be told, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

LINES_MAX = 20
LINES_MAX_AS_MODERATOR = 100


@dataclass(frozen=True, slots=True)
class TwitchSettings:
    """Ids are Twitch user ids. One account may be both streamer and bot: then both ids are the same.

    A client without a secret (device-code login) leaves `client_secret` empty; a bot that needs nothing only
    the streamer may see leaves the streamer's tokens empty. All times are in seconds.
    """

    client_id: str
    channel_id: str
    bot_id: str
    bot_token: str = field(repr=False)
    bot_refresh: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    streamer_token: str = field(default="", repr=False)
    streamer_refresh: str = field(default="", repr=False)
    prefix: str = "!"
    lines_max: int | None = None
    budget_window: float = 31.0
    request_timeout: float = 10.0
    watchdog_interval: float = 5.0
    watchdog_grace: float = 5.0
    welcome_timeout: float = 15.0
    backoff_base: float = 1.0
    backoff_cap: float = 60.0

    def lines_per_window(self, *, as_moderator: bool) -> int:
        """How many lines the account may send in 30 seconds; a moderator, and the streamer, may send more."""
        if self.lines_max is not None:
            return self.lines_max
        trusted = as_moderator or self.bot_id == self.channel_id
        return LINES_MAX_AS_MODERATOR if trusted else LINES_MAX
