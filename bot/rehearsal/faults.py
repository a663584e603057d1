"""The faults that can be ordered by name: where each strikes, what it does in one sentence, how long it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Where = Literal["twitch", "discord", "bot", "disk", "clock"]


@dataclass(frozen=True, slots=True)
class Fault:
    """`seconds` is how long it lasts if nobody says otherwise; 0 is over at once. `options` with their defaults."""

    name: str
    where: Where
    does: str
    seconds: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What it does, as it stands in the record."""
        return f"{self.does[0].upper()}{self.does[1:]}."


_ALL = (
    Fault("twitch-duplicate", "twitch", "Twitch delivers the next lines twice", 0, {"times": 3}),
    Fault("twitch-redeliver", "twitch", "Twitch delivers the next lines again under new ids", 0, {"times": 3}),
    Fault("twitch-reorder", "twitch", "Twitch delivers lines in another order", 2),
    Fault("twitch-delay", "twitch", "Twitch delivers lines late", 2, {"by": 1.5}),
    Fault("twitch-lose", "twitch", "Twitch loses the next lines", 0, {"times": 3}),
    Fault("twitch-close", "twitch", "Twitch closes the bot's socket", 0, {"code": 4000}),
    Fault("twitch-reset", "twitch", "the connection to Twitch is cut"),
    Fault("twitch-no-welcome", "twitch", "Twitch closes the socket and welcomes nobody for a while", 3),
    Fault("twitch-silence", "twitch", "Twitch's socket stays open and carries nothing", 4),
    Fault("twitch-reconnect", "twitch", "Twitch asks the bot to move to another socket"),
    Fault("twitch-errors", "twitch", "Twitch refuses what the bot sends", 3, {"status": 500}),
    Fault("twitch-html", "twitch", "a proxy answers in Twitch's place, with a page", 3, {"status": 503}),
    Fault("twitch-revoked", "twitch", "the bot's Twitch token no longer works and must be renewed"),
    Fault("discord-gone", "discord", "Discord is down", 4),
    Fault("discord-close", "discord", "Discord closes the gateway", 0, {"code": 4000}),
    Fault("discord-reset", "discord", "the connection to Discord is cut"),
    Fault("discord-silence", "discord", "Discord's gateway stays open and carries nothing", 4),
    Fault("discord-duplicate", "discord", "Discord delivers the next presses twice", 0, {"times": 2}),
    Fault("discord-errors", "discord", "Discord refuses what the bot sends", 3, {"status": 500}),
    Fault("discord-limited", "discord", "Discord says that the bot is too fast", 2, {"by": 1.0}),
    Fault(
        "discord-lost-answer",
        "discord",
        "Discord takes the bot's next answers and does not say so",
        0,
        {"times": 2},
    ),
    Fault("disk-full", "disk", "the disk is full", 2),
    Fault("database-busy", "disk", "another program holds the ledger", 2),
    Fault("bot-killed", "bot", "the bot is killed, and started again", 0, {"down": 1.0}),
    Fault("bot-stopped", "bot", "somebody stops the bot and starts it again", 0, {"down": 1.0}),
    Fault("clock-moved", "clock", "somebody sets the machine's clock", 0, {"by": 30.0}),
)
# Set back, the clock keeps every drop open for as much longer.
CLOCK_BACK_SECONDS_MAX = 60
FAULTS: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in _ALL})
