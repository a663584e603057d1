"""Whether the streamer is on the air, and what a drop does when they are not."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.time import MINUTE, SECOND, Micros


@dataclass(frozen=True, slots=True)
class Stream:
    """What we know of the broadcast, since `changed_at`. `live` None means nobody could tell us yet, which is never
    a yes.

    `watched` is False for a channel without Twitch: its drops follow the clock alone."""

    watched: bool
    live: bool | None
    changed_at: Micros

    @property
    def lets_run(self) -> bool:
        return not self.watched or self.live is True

    def offline_for(self, moment: Micros) -> Micros:
        """How long the stream has been known to be off; 0 while live or unknown."""
        return moment - self.changed_at if self.watched and self.live is False else 0


# For so long after a start nobody wonders that the platform has not told us yet.
LOGIN_TAKES: Micros = 20 * SECOND


@dataclass(frozen=True, slots=True)
class Pace:
    """The waiting times of a channel, all in microseconds; a rehearsal compresses them with the windows."""

    offline_pause: Micros = 3 * MINUTE
    offline_close: Micros = 20 * MINUTE
    resume_warning: Micros = 30 * SECOND
    soon_lead: Micros = 10 * MINUTE
    undo_within: Micros = 5 * MINUTE
    settle_after: Micros = 5 * MINUTE
    answer_gap: Micros = 30 * SECOND
    milestone_gap: Micros = 60 * SECOND
    late_after: Micros = 5 * SECOND


@dataclass(frozen=True, slots=True)
class ReportStream:
    """What the platform says about the broadcast: on or off the air."""

    channel_id: int
    live: bool


@dataclass(frozen=True, slots=True)
class Wake:
    """Nothing but the time: whatever is due is done before any command is decided."""

    channel_id: int
