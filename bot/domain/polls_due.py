"""What time and the stream ask of a poll: the next fact that is due, and when to look again."""

from __future__ import annotations

from typing import cast

from bot.domain.drop_plan import WhileOffline
from bot.domain.ledger import Fact
from bot.domain.polls import Poll
from bot.domain.stream import Pace, Stream
from bot.domain.time import Micros


def due_in_poll(poll: Poll, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    """What time or the stream asks of this poll now, one fact at a time; None when nothing is due.

    Level-triggered, as for a drop. A `poll.closed` lacks its result yet: see `bot.domain.poll_box`."""
    if not poll.open:
        return None
    offline = stream.offline_for(moment) if _follows_stream(poll) else 0
    if poll.paused_at is not None:
        return _due_while_paused(poll, stream, pace, offline, moment)
    # A poll that was opened while nobody could tell of the stream has lost no time before that.
    pauses_at = max(stream.changed_at + pace.offline_pause, poll.opened_at)
    paused_before = offline >= pace.offline_pause and pauses_at < poll.closes_at
    if moment >= poll.closes_at and not paused_before:
        late = moment > poll.closes_at + pace.late_after
        return Fact("poll.closed", poll.scope, {"why": "time", "late": late})
    if offline >= pace.offline_pause:
        # Since then, however late somebody looks: the time that is left is not used up by a bot that sleeps.
        return Fact("poll.paused", poll.scope, {"why": "offline", "since": pauses_at})
    if poll.last_call_at is not None and moment >= poll.last_call_at:
        return Fact("poll.ending", poll.scope, {"closes_at": poll.closes_at})
    return None


def next_due_in_poll(poll: Poll, stream: Stream, pace: Pace) -> Micros | None:
    """When to ask `due_in_poll` again at the latest, as far as the clock decides it."""
    if not poll.open:
        return None
    off = _follows_stream(poll) and stream.watched and stream.live is False
    dues: list[Micros] = []
    if poll.paused_at is not None:
        dues += [stream.changed_at + pace.offline_close] if off else []
        dues += [poll.resume_at] if poll.resume_at is not None else []
        return min(dues, default=None)
    dues += [poll.closes_at] if poll.last_call_at is None else [poll.last_call_at]
    dues += [stream.changed_at + pace.offline_pause] if off else []
    return min(dues)


def _follows_stream(poll: Poll) -> bool:
    return poll.plan.while_offline is WhileOffline.WAIT and not poll.goes_on


def _due_while_paused(poll: Poll, stream: Stream, pace: Pace, offline: Micros, moment: Micros) -> Fact | None:
    if offline >= pace.offline_close:
        if poll.plan.goes_on_for:
            closes_at = max(_without_pause(poll, moment), moment + poll.plan.goes_on_for)
            return Fact("poll.went-on", poll.scope, {"closes_at": closes_at})
        return Fact("poll.closed", poll.scope, {"why": "stream", "late": False})
    if not stream.lets_run:
        # Gone again while the return was being announced: the pause goes on.
        gone_again = poll.resume_at is not None and stream.live is False
        since = {"why": "offline", "since": poll.paused_at}
        return Fact("poll.paused", poll.scope, since) if gone_again else None
    if poll.resume_at is None:
        return Fact("poll.resuming", poll.scope, {"resume_at": moment + pace.resume_warning})
    if moment < poll.resume_at:
        return None
    return Fact("poll.resumed", poll.scope, {"closes_at": _without_pause(poll, moment)})


def _without_pause(poll: Poll, moment: Micros) -> Micros:
    """When it closes if it goes on now: the time that was lost is added at the end."""
    return poll.closes_at + moment - cast(Micros, poll.paused_at)
