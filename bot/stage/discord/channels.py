"""Where messages stand: text channels, the threads in them, and the bot's direct messages with one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.stage.discord.guild import Member

TEXT, DIRECT, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel; `overwrites` maps a role or member id to its (allow, deny) bits.

    `last_pin_at` is microseconds since the epoch.
    """

    id: str
    name: str
    position: int
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)
    last_message_id: str | None = None
    last_pin_at: int | None = None
    kind: int = TEXT

    @property
    def place(self) -> str:
        return f"discord:#{self.name}"

    @property
    def seen_only_by(self) -> str | None:
        """The one member who reads here; None where it is a matter of permissions."""
        return None


@dataclass(slots=True, eq=False)
class Thread(Channel):
    """A thread under `parent`; who joined it is in `members`, by user id, with the moment in microseconds."""

    parent: Channel = field(kw_only=True)
    owner: Member = field(kw_only=True)
    created_at: int = field(kw_only=True)
    archive_changed_at: int = field(kw_only=True)
    auto_archive_minutes: int = field(kw_only=True)
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    slow_mode_seconds: int = 0
    members: dict[str, int] = field(default_factory=dict)
    message_count: int = 0
    total_message_sent: int = 0

    @property
    def is_private(self) -> bool:
        return self.kind == PRIVATE_THREAD


@dataclass(slots=True, eq=False)
class DirectChannel(Channel):
    """What the bot and one person write to each other."""

    recipient: Member = field(kw_only=True)

    @property
    def place(self) -> str:
        return "discord:dm"

    @property
    def seen_only_by(self) -> str | None:
        return self.recipient.id
