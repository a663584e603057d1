"""What time and the stream ask of a drop: the next fact that is due, and when to look again."""

from __future__ import annotations

from typing import cast

from bot.domain.drop_plan import DropPlan, WhileOffline
from bot.domain.drops import Drop, DropState
from bot.domain.ledger import Fact
from bot.domain.stream import LOGIN_TAKES, Pace, Stream
from bot.domain.time import Micros


def due_fact(drop: Drop, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    """What time or the stream asks of this drop now, one fact at a time; None when nothing is due.

    Level-triggered: the lane asks before every decision, so a late or missed wake-up changes nothing."""
    if drop.frozen:
        return None
    match drop.state:
        case DropState.PLANNED if moment >= drop.plan.announce_at:
            # Nobody is told of a drop that nobody can claim any more.
            return Fact("drop.cancelled" if gone_by(drop.plan, moment) else "drop.announced", drop.key)
        case DropState.ANNOUNCED if not drop.on_cue:
            return _due_before_opening(drop, stream, pace, moment)
        case DropState.OPEN:
            return _due_while_open(drop, stream, pace, moment)
        case DropState.CLOSED if moment >= (drop.closed_at or 0) + pace.settle_after:
            return Fact("drop.settled", drop.key)
    return None


def next_due(drop: Drop, stream: Stream, pace: Pace) -> Micros | None:
    """When to ask `due_fact` again at the latest, as far as the clock decides it."""
    if drop.frozen:
        return None
    match drop.state:
        case DropState.PLANNED:
            return drop.plan.announce_at
        case DropState.ANNOUNCED if drop.begins_at is not None and not drop.on_cue and not drop.postponed_why:
            reminded = drop.soon_said or _just_announced(drop, pace)
            return drop.begins_at if reminded else drop.begins_at - pace.soon_lead
        case DropState.OPEN:
            waits = drop.plan.while_offline is WhileOffline.WAIT and stream.live is False and stream.watched
            dues = [stream.changed_at + pace.offline_close] if waits else []
            if drop.paused_at is not None:
                dues += [drop.resume_at] if drop.resume_at is not None else []
            else:
                dues += [cast(Micros, drop.closes_at if not drop.early_open else drop.public_at)]
                dues += [stream.changed_at + pace.offline_pause] if waits else []
            return min(dues, default=None)
        case DropState.CLOSED:
            return (drop.closed_at or 0) + pace.settle_after
    return None


def _due_before_opening(drop: Drop, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    begins_at = cast(Micros, drop.begins_at)
    waits = drop.plan.while_offline is WhileOffline.WAIT and not stream.lets_run
    if moment < begins_at:
        if moment >= begins_at - pace.soon_lead and not drop.soon_said and not _just_announced(drop, pace):
            return Fact("drop.soon", drop.key)
        return None
    if waits:
        asking = moment < max(begins_at + pace.late_after, stream.changed_at + LOGIN_TAKES)
        if drop.postponed_why or (stream.live is None and asking):
            return None
        return Fact("drop.postponed", drop.key, {"why": "unknown" if stream.live is None else "offline"})
    if drop.postponed_why:
        opens_at = moment + pace.resume_warning + drop.plan.early_for
        return Fact("drop.rescheduled", drop.key, {"opens_at": opens_at})
    if moment >= begins_at + drop.plan.early_for + drop.plan.window:
        return Fact("drop.postponed", drop.key, {"why": "missed"})
    late = moment > begins_at + pace.late_after
    return open_fact(drop, moment if late else begins_at, late=late)


def _just_announced(drop: Drop, pace: Pace) -> bool:
    """Announced within the reminder's lead: the announcement has just said when, a reminder would repeat it."""
    return (drop.announced_at or 0) > cast(Micros, drop.begins_at) - pace.soon_lead


def gone_by(plan: DropPlan, moment: Micros) -> bool:
    """Whether the planned window has passed altogether."""
    return plan.opens_at is not None and moment >= plan.opens_at + plan.window


def open_fact(drop: Drop, begins_at: Micros, *, late: bool = False) -> Fact:
    """Opening: all windows move together, and are as long as announced also when they begin late."""
    plan = drop.plan
    if not plan.early:
        return Fact("drop.opened", drop.key, {"closes_at": begins_at + plan.window, "late": late})
    public_at = begins_at + plan.early_for
    windows = {"public_at": public_at, "closes_at": public_at + plan.window, "late": late}
    return Fact("drop.opened", drop.key, windows)


def _due_while_open(drop: Drop, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    follows_stream = drop.plan.while_offline is WhileOffline.WAIT
    offline = stream.offline_for(moment) if follows_stream else 0
    closes_at = cast(Micros, drop.closes_at)
    if drop.paused_at is None:
        pauses_at = stream.changed_at + pace.offline_pause
        public_at = drop.public_at if drop.early_open else None
        if public_at is not None and moment >= public_at:
            # A pause that was due before it comes before it: then the early window waits for the stream, too.
            if offline >= pace.offline_pause and pauses_at < public_at:
                return Fact("drop.paused", drop.key, {"why": "offline"})
            return Fact("drop.public", drop.key, {"late": moment > public_at + pace.late_after})
        if moment >= closes_at and not (offline >= pace.offline_pause and pauses_at < closes_at):
            late = moment > closes_at + pace.late_after
            return Fact("drop.closed", drop.key, {"why": "time", "late": late})
        if offline >= pace.offline_close:
            return Fact("drop.closed", drop.key, {"why": "stream", "late": False})
        if offline >= pace.offline_pause:
            return Fact("drop.paused", drop.key, {"why": "offline"})
        return None
    if offline >= pace.offline_close:
        return Fact("drop.closed", drop.key, {"why": "stream", "late": False})
    if drop.paused_why != "offline":
        return None
    if not stream.lets_run:
        # Gone again while the return was being announced: the pause goes on.
        gone_again = drop.resume_at is not None and stream.live is False
        return Fact("drop.paused", drop.key, {"why": "offline"}) if gone_again else None
    if drop.resume_at is None:
        return Fact("drop.resuming", drop.key, {"resume_at": moment + pace.resume_warning})
    return resume_fact(drop, moment) if moment >= drop.resume_at else None


def resume_fact(drop: Drop, moment: Micros) -> Fact:
    """Going on after a pause: the time that was lost is added at the end."""
    lost = moment - cast(Micros, drop.paused_at)
    resumed = {"closes_at": cast(Micros, drop.closes_at) + lost, "added": lost}
    if drop.early_open:
        resumed["public_at"] = cast(Micros, drop.public_at) + lost
    return Fact("drop.resumed", drop.key, resumed)
