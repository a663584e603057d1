"""What everybody should hear about a poll or a game night."""

from __future__ import annotations

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, TWITCH_CHAT, News, NewsKind
from bot.domain.ledger import Fact
from bot.domain.native_rules import native_snapshot
from bot.domain.nights import Night, Place
from bot.domain.polls import Poll
from bot.domain.time import MINUTE, Micros

_EVERYWHERE = (TWITCH_CHAT, DISCORD_ANNOUNCEMENTS)
_OF_POLL = {
    "poll.opened": NewsKind.POLL_OPENED,
    "poll.ending": NewsKind.POLL_ENDING,
    "poll.paused": NewsKind.POLL_PAUSED,
    "poll.resuming": NewsKind.POLL_RESUMING,
    "poll.resumed": NewsKind.POLL_RESUMED,
    "poll.went-on": NewsKind.POLL_WENT_ON,
    "poll.extended": NewsKind.POLL_EXTENDED,
    "poll.closed": NewsKind.POLL_CLOSED,
    "poll.cancelled": NewsKind.POLL_CANCELLED,
    "poll.native": NewsKind.POLL_NATIVE,
}
_OF_NIGHT = {"night.created": NewsKind.NIGHT_CREATED, "night.cancelled": NewsKind.NIGHT_CANCELLED}


def poll_news(after: Poll, fact: Fact, moment: Micros) -> tuple[News, ...]:
    """What to say after `fact` has brought the poll to `after`."""
    kind = _OF_POLL.get(fact.kind)
    # Where it is known before the close, the result tells it.
    if kind is None or (kind is NewsKind.POLL_NATIVE and after.result is None):
        return ()
    about = {**poll_snapshot(after), **_said(fact), "at": moment}
    if kind is NewsKind.POLL_OPENED:
        # The card is what people vote with: it comes late as well, since the close may have been put off by then.
        card = News(kind, (DISCORD_ANNOUNCEMENTS,), about)
        return (News(kind, (TWITCH_CHAT,), about, expires_at=after.closes_at), card)
    return (News(kind, _EVERYWHERE, about, expires_at=_expiry(kind, after, moment)),)


def night_news(after: Night, fact: Fact, moment: Micros) -> tuple[News, ...]:
    """What to say after `fact` has brought the night to `after`."""
    kind = _OF_NIGHT.get(fact.kind)
    if kind is None:
        return ()
    about = {**night_snapshot(after), **_said(fact), "at": moment}
    expires_at = after.ends_at if kind is NewsKind.NIGHT_CREATED else None
    return (News(kind, _EVERYWHERE, about, expires_at=expires_at),)


def poll_snapshot(poll: Poll) -> dict[str, object]:
    """The poll as sentences and cards need it: plain values, instants and spans in microseconds."""
    return {
        "poll": poll.key,
        **poll.plan.as_public(),
        "ties": poll.ties,
        "state": str(poll.state),
        "opened_at": poll.opened_at,
        "closes_at": poll.closes_at,
        "closed_at": poll.closed_at,
        "closed_why": poll.closed_why,
        "paused": poll.paused,
        "resume_at": poll.resume_at,
        "goes_on": poll.goes_on,
        "people": poll.people,
        "result": poll.result,
        **native_snapshot(poll),
    }


def night_snapshot(night: Night) -> dict[str, object]:
    """The night as sentences and cards need it: plain values, instants and spans in microseconds."""
    return {
        "night": night.key,
        **night.plan.as_public(),
        "state": str(night.state),
        "seats_left": night.seats_left,
        "waiting": len(night.waiting),
        "here": sum(guest.place is Place.HERE for guest in night.guests),
        "checkin_at": night.checkin_at,
        "ends_at": night.ends_at,
    }


def _said(fact: Fact) -> dict[str, object]:
    return {key: fact.public[key] for key in ("why", "late", "added", "seed") if key in fact.public}


def _expiry(kind: NewsKind, poll: Poll, moment: Micros) -> Micros | None:
    """When saying it would mislead. A result is worth hearing however late it comes."""
    match kind:
        case NewsKind.POLL_CLOSED | NewsKind.POLL_CANCELLED:
            return None
        case NewsKind.POLL_RESUMING:
            return poll.resume_at
        case NewsKind.POLL_PAUSED | NewsKind.POLL_NATIVE:
            return moment + 10 * MINUTE
    return poll.closes_at
