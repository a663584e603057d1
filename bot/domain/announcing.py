"""What everybody, or the moderators, should hear about a fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.domain.drops import Drop
from bot.domain.ledger import Fact
from bot.domain.stream import Pace
from bot.domain.time import MINUTE, Micros

TWITCH_CHAT = "twitch:chat"
DISCORD_ANNOUNCEMENTS = "discord:announcements"
DISCORD_MODERATORS = "discord:moderators"

NEARLY_GONE_SHARE = 10  # one in ten left
NEARLY_GONE_SUPPLY_MIN = 10


class NewsKind(StrEnum):
    ANNOUNCED = "announced"
    SOON = "soon"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"
    MOVED = "moved"
    OPENED = "opened"
    PUBLIC = "public"
    NEARLY_GONE = "nearly-gone"
    SOLD_OUT = "sold-out"
    PAUSED = "paused"
    RESUMING = "resuming"
    RESUMED = "resumed"
    EXTENDED = "extended"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    FROZEN = "frozen"
    THAWED = "thawed"
    CONTROL = "control"  # the moderators' card for a drop, edited in place from then on
    REPAIR = "repair"  # the moderators' card at the close: who may have got no answer, what to mend
    CODE_BURNED = "code-burned"  # for moderators: a claim code was shown in chat and is void
    POLL_OPENED = "poll-opened"  # on Discord the card to vote with, edited in place from then on
    POLL_ENDING = "poll-ending"
    POLL_PAUSED = "poll-paused"
    POLL_RESUMING = "poll-resuming"
    POLL_RESUMED = "poll-resumed"
    POLL_WENT_ON = "poll-went-on"
    POLL_EXTENDED = "poll-extended"
    POLL_CLOSED = "poll-closed"
    POLL_CANCELLED = "poll-cancelled"
    POLL_NATIVE = "poll-native"  # what Twitch's own poll has come to, where that is known after the close alone
    NIGHT_CREATED = "night-created"  # on Discord the card to join with, edited in place from then on
    NIGHT_CANCELLED = "night-cancelled"
    LINK_MERGES = "link-merges"  # for moderators: two who became one person had claimed more than one may


# Cards for moderators alone; never a line for chat.
FOR_MODERATORS = frozenset({NewsKind.CONTROL, NewsKind.REPAIR, NewsKind.CODE_BURNED, NewsKind.LINK_MERGES})


class Priority(IntEnum):
    """Lower goes first. Answers to people go before milestones, and what changes the window before both."""

    WINDOW = 0
    ANSWER = 1
    MILESTONE = 2


@dataclass(frozen=True, slots=True)
class News:
    """One thing to say in one kind of place; `expires_at` is when saying it would mislead."""

    kind: NewsKind
    places: tuple[str, ...]
    about: dict[str, object]
    priority: Priority = Priority.WINDOW
    expires_at: Micros | None = None


_KIND_OF_FACT = {
    "drop.announced": NewsKind.ANNOUNCED,
    "drop.soon": NewsKind.SOON,
    "drop.postponed": NewsKind.POSTPONED,
    "drop.rescheduled": NewsKind.RESCHEDULED,
    "drop.moved": NewsKind.MOVED,
    "drop.opened": NewsKind.OPENED,
    "drop.public": NewsKind.PUBLIC,
    "drop.paused": NewsKind.PAUSED,
    "drop.resuming": NewsKind.RESUMING,
    "drop.resumed": NewsKind.RESUMED,
    "drop.extended": NewsKind.EXTENDED,
    "drop.closed": NewsKind.CLOSED,
    "drop.reopened": NewsKind.REOPENED,
    "drop.returned": NewsKind.RETURNED,
    "drop.cancelled": NewsKind.CANCELLED,
}
_EVERYWHERE = (TWITCH_CHAT, DISCORD_ANNOUNCEMENTS)


def nearly_gone_at(supply: int) -> int:
    """With how many units left chat hears that the drop is nearly gone; 0 means never."""
    return max(1, supply // NEARLY_GONE_SHARE) if supply >= NEARLY_GONE_SUPPLY_MIN else 0


def news_of(before: Drop | None, after: Drop, fact: Fact, moment: Micros, pace: Pace) -> tuple[News, ...]:
    """What to say after `fact` turned `before` into `after`. Cancelling what nobody knew of is not news."""
    if fact.kind == "unit.granted":
        return _milestone(before, after, moment, pace)
    if fact.kind in ("drop.frozen", "drop.thawed"):
        return _repairs(after, fact, moment)
    kind = _KIND_OF_FACT.get(fact.kind)
    if kind is None or not after.public:
        return ()
    if kind is NewsKind.PUBLIC and after.sold_out:
        # Everybody was told that nothing is left: opening it to all of them is no news.
        return ()
    about = {**snapshot(after), **_said(fact), "at": moment}
    if kind is NewsKind.MOVED and before is not None:
        # What viewers were told last; nothing where they were told to wait for a cue, or for the stream.
        waited = before.on_cue or bool(before.postponed_why)
        about |= {"was_opens_at": None if waited else before.opens_at, "was_window": before.plan.window}
    news = [News(kind, _EVERYWHERE, about, expires_at=_expiry(kind, after, moment, pace))]
    if kind is NewsKind.ANNOUNCED:
        news.append(News(NewsKind.CONTROL, (DISCORD_MODERATORS,), about))
    if kind is NewsKind.CLOSED:
        news.append(News(NewsKind.REPAIR, (DISCORD_MODERATORS,), about))
    return tuple(news)


def _repairs(after: Drop, fact: Fact, moment: Micros) -> tuple[News, ...]:
    """Viewers hear that an open drop stands still and goes on, and which numbers were lost; moderators hear of
    every drop that waits for somebody."""
    about = {**snapshot(after), **_said(fact), "at": moment}
    if fact.kind == "drop.frozen":
        waiting = (News(NewsKind.FROZEN, (DISCORD_MODERATORS,), about),) if not after.over else ()
        return (*((News(NewsKind.FROZEN, _EVERYWHERE, about),) if after.open else ()), *waiting)
    if fact.public["lost"]:
        # Whoever was told one of these numbers must hear it, however late the bot is started again.
        return (News(NewsKind.THAWED, (*_EVERYWHERE, DISCORD_MODERATORS), about),)
    if not after.open:
        return ()
    return (News(NewsKind.THAWED, _EVERYWHERE, about, expires_at=after.closes_at),)


def snapshot(drop: Drop) -> dict[str, object]:
    """The drop as sentences and cards need it: plain values, instants in microseconds."""
    return {
        "drop": drop.key,
        "title": drop.title,
        "kind": drop.plan.kind,
        "state": str(drop.state),
        "supply": drop.plan.supply,
        "held_back": drop.plan.held_back,
        "per_person": drop.plan.per_person,
        "claimed": drop.claimed,
        "given": drop.given,
        "lost": drop.lost,
        "last_number": drop.last_number,
        "units_left": drop.units_left,
        "begins_at": drop.begins_at,
        "opens_at": drop.opens_at,
        "public_at": drop.public_at,
        "early": drop.plan.early,
        "early_for": drop.plan.early_for,
        "early_units": drop.plan.early_units,
        "early_open": drop.early_open,
        "early_claimed": drop.early_claimed,
        "closes_at": drop.closes_at,
        "opened_at": drop.opened_at,
        "closed_at": drop.closed_at,
        "window": drop.plan.window,
        "on_cue": drop.on_cue,
        "paused": drop.paused,
        "paused_why": drop.paused_why,
        "resume_at": drop.resume_at,
        "zone": drop.plan.zone,
        "while_offline": str(drop.plan.while_offline),
        "closed_why": drop.closed_why,
        "postponed_why": drop.postponed_why,
        **({"passes": [offer.as_public() for offer in drop.plan.passes]} if drop.plan.passes else {}),
    }


def _said(fact: Fact) -> dict[str, object]:
    said = {key: fact.public[key] for key in ("why", "late", "added", "minutes") if key in fact.public}
    return {**said, "lost_ranges": fact.public["lost"]} if fact.kind == "drop.thawed" else said


def _milestone(before: Drop | None, after: Drop, moment: Micros, pace: Pace) -> tuple[News, ...]:
    left, nearly = after.units_left, nearly_gone_at(after.plan.supply)
    if left > nearly or not after.open:
        return ()
    left_before = before.units_left if before is not None else after.plan.supply
    if left == 0 and left_before:
        return (News(NewsKind.SOLD_OUT, _EVERYWHERE, {**snapshot(after), "at": moment}, Priority.WINDOW),)
    if left_before > nearly:
        about = {**snapshot(after), "at": moment}
        # Discord's card counts down in place, so only chat needs the line.
        expires_at = moment + pace.milestone_gap
        return (News(NewsKind.NEARLY_GONE, (TWITCH_CHAT,), about, Priority.MILESTONE, expires_at),)
    return ()


def _expiry(kind: NewsKind, drop: Drop, moment: Micros, pace: Pace) -> Micros | None:
    match kind:
        case NewsKind.SOON:
            return drop.begins_at
        case NewsKind.MOVED:
            return drop.begins_at
        case NewsKind.OPENED | NewsKind.PUBLIC | NewsKind.REOPENED | NewsKind.RESUMED | NewsKind.EXTENDED:
            return drop.closes_at
        case NewsKind.RESUMING:
            return drop.resume_at
        case NewsKind.PAUSED | NewsKind.RETURNED:
            return moment + 10 * MINUTE
    return None
