"""News of a drop, a poll or a game night: a line for Twitch chat, a card for Discord's announcements channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.announcing import FOR_MODERATORS, NewsKind
from bot.domain.time import Micros
from bot.wording.about import About, about_of, each_text, stock_text
from bot.wording.buttons import can_button, claim_button, remind_button
from bot.wording.cards import Button, Card
from bot.wording.catalogue import Wording
from bot.wording.checkpoints import note_blocks, with_fingerprint
from bot.wording.early import early_key, early_values
from bot.wording.moderating import control_card, repair_card
from bot.wording.moving import moved_values
from bot.wording.nights import NIGHT_NEWS, night_card, night_line
from bot.wording.offers import offers_field
from bot.wording.polls import POLL_NEWS, poll_card, poll_line
from bot.wording.restore import frozen_card, last_number_field, lost_card, lost_values, thawed_card, thawed_variant
from bot.wording.text import board_text, chat_text
from bot.wording.text import chat_line as fitted
from bot.wording.times import moment_text, span_text, stamp

__all__ = [
    "card",
    "chat_line",
    "control_card",
    "frozen_card",
    "gap_closed_line",
    "gap_line",
    "live_card",
    "lost_card",
    "repair_card",
]

# Whoever wants to be reminded is; most of them are let in only when everybody is.
_TOLD_TO_COME = (NewsKind.SOON, NewsKind.PUBLIC)
# Whoever reads these cards has nothing to claim yet, but can be reminded and ask whether they may come early.
_BEFORE_OPENING = (NewsKind.SOON, NewsKind.RESCHEDULED, NewsKind.MOVED)


def chat_line(
    words: Wording, kind: NewsKind, about: Mapping[str, object], now: Micros, *, fingerprints: bool = True
) -> str:
    """One line of at most 500 characters, at its end the ledger's fingerprint where the news have one. Raises
    ValueError for the moderators' cards, which are not for chat."""
    if kind in POLL_NEWS:
        return poll_line(words, kind, about, now)
    if kind in NIGHT_NEWS:
        return night_line(words, kind, about, now)
    facts = about_of(about)
    at = _moment_that_matters(kind, facts)
    line = words.say(
        early_key(_chat_key(kind, facts), facts, kind),
        discord=False,
        title=chat_text(facts.title),
        when="" if at is None else moment_text(words, at, now, discord=False),
        **_values(words, facts, discord=False),
        **early_values(words, facts, now, discord=False),
        **moved_values(words, facts, now, discord=False),
        **lost_values(words, facts, discord=False),
    )
    return with_fingerprint(words, kind, line, about) if fingerprints else fitted(line)


def gap_line(words: Wording, about_titles: Sequence[str], now: Micros, *, again: bool = False) -> str:
    """After a time without ears while drops were open: who got no answer may ask again. `again` says the same in
    other words, since Twitch swallows a line that it has just heard."""
    titles = words.say("list-or").join(chat_text(title) for title in about_titles[:4])
    return fitted(words.say("gap-again" if again else "gap", titles=titles))


def gap_closed_line(words: Wording, titles_and_left: Sequence[tuple[str, int]]) -> str:
    """After a time without ears in which drops closed, with how many units left: who typed in vain learns that it
    did not count, since nobody can be asked to claim again."""
    closed = ", ".join(
        words.say("gap-closed-drop", title=chat_text(title), left=left) for title, left in titles_and_left[:4]
    )
    return fitted(words.say("gap-closed", closed=closed))


def card(words: Wording, kind: NewsKind, about: Mapping[str, object], now: Micros) -> Card:
    """The card with which Discord hears the news; `live_card` follows the drop from then on, and a poll or a game
    night has a card of its own kind."""
    if kind in POLL_NEWS:
        return poll_card(words, kind, about, now)
    if kind in NIGHT_NEWS:
        return night_card(words, kind, about, now)
    facts = about_of(about)
    match kind:
        case NewsKind.CONTROL:
            return control_card(words, about, now)
        case NewsKind.REPAIR:
            return repair_card(words, about, (), now)
        case NewsKind.OPENED:
            return replace(live_card(words, about, now), ping=True)
        case NewsKind.ANNOUNCED:
            return replace(_announced_card(words, facts, now), blocks=note_blocks(words, about))
        case NewsKind.CLOSED:
            return replace(_final_card(words, facts), blocks=note_blocks(words, about))
        case NewsKind.THAWED:
            return thawed_card(words, facts)
    title = words.say(_title_key(kind), discord=True, title=board_text(facts.title))
    at = _moment_that_matters(kind, facts)
    when = "" if at is None else moment_text(words, at, now, discord=True) if kind is NewsKind.MOVED else stamp(at)
    key = early_key(_card_key(kind, facts), facts, kind)
    early = early_values(words, facts, now, discord=True)
    moved = moved_values(words, facts, now, discord=True)
    text = words.say(key, discord=True, when=when, **_values(words, facts), **early, **moved)
    buttons = _waiting_buttons(words, facts) if kind in _BEFORE_OPENING else ()
    return Card(title, text, buttons=buttons, ping=kind in _TOLD_TO_COME, blocks=note_blocks(words, about))


def live_card(words: Wording, about: Mapping[str, object], now: Micros) -> Card:
    """The opened card as it stands now: the counter, the state, and a button while a press can be of use. Its note
    is that of `about`, which is the opening's for as long as the card lives."""
    facts = about_of(about)
    title = words.say("card-live-title", discord=True, title=board_text(facts.title))
    at = facts.resume_at if facts.paused else facts.closes_at
    text = words.say(
        _live_key(facts),
        discord=True,
        when="" if at is None else stamp(at),
        **_values(words, facts),
        **early_values(words, facts, now, discord=True),
    )
    left = facts.early_left if facts.is_early else facts.units_left
    claimable = facts.state == "open" and not facts.paused and left > 0
    fields = (*_counters(words, facts), *last_number_field(words, facts), *_stock_fields(words, facts))
    claim = claim_button(words, facts.drop, enabled=claimable)
    buttons = (claim, can_button(words, facts.drop)) if facts.is_early else (claim,)
    return Card(title, text, fields, buttons, blocks=note_blocks(words, about))


def _counters(words: Wording, facts: About) -> tuple[tuple[str, str], ...]:
    """How many are left; in the early window first how many of them can still go early."""
    if not facts.is_early:
        return (_counter(words, facts),)
    left = words.say("card-left", discord=True, left=facts.early_left, supply=facts.early_units)
    return (words.say("card-field-early-left", discord=True), left), _counter(words, facts)


def _counter(words: Wording, facts: About) -> tuple[str, str]:
    """How many are left while that matters; afterwards how many found an owner."""
    if facts.state in ("closed", "settled", "cancelled"):
        out = words.say("card-out", discord=True, out=facts.units_owned, supply=facts.supply)
        return words.say("card-field-out", discord=True), out
    claimable_in_all = max(0, facts.supply - max(facts.given, facts.held_back) - facts.lost)
    left = words.say("card-left", discord=True, left=facts.units_left, supply=claimable_in_all)
    return words.say("card-field-left", discord=True), left


def _announced_card(words: Wording, facts: About, now: Micros) -> Card:
    timed = facts.opens_at is not None and not facts.on_cue
    when = moment_text(words, facts.opens_at, now, discord=True) if facts.opens_at is not None and timed else ""
    key = "card-announced" if timed else "card-announced-on-cue"
    return Card(
        words.say("card-announced-title", discord=True, title=board_text(facts.title)),
        words.say(
            early_key(key, facts, NewsKind.ANNOUNCED),
            discord=True,
            when=when,
            **_values(words, facts),
            **early_values(words, facts, now, discord=True),
        ),
        _stock_fields(words, facts),
        _waiting_buttons(words, facts),
    )


def _waiting_buttons(words: Wording, facts: About) -> tuple[Button, ...]:
    remind = remind_button(words)
    return (remind, can_button(words, facts.drop)) if facts.early else (remind,)


def _final_card(words: Wording, facts: About) -> Card:
    """The public account at the close: how many found an owner, and in what time."""
    values = _values(words, facts)
    took = facts.opened_at is not None and facts.closed_at is not None and facts.closed_at > facts.opened_at
    if took and facts.opened_at is not None and facts.closed_at is not None:
        span = span_text(words, facts.closed_at - facts.opened_at)
        said = [words.say("card-final-took", discord=True, **{**values, "span": span})]
    else:
        said = [words.say("card-final", discord=True, **values)]
    said.append(words.say(_live_key(facts), discord=True, when="", **values))
    title = words.say("card-closed-title", discord=True, title=board_text(facts.title))
    return Card(title, " ".join(said), _stock_fields(words, facts))


def _stock_fields(words: Wording, facts: About) -> tuple[tuple[str, str], ...]:
    fields = [
        (words.say("card-field-stock", discord=True), stock_text(words, facts.supply, facts.held_back)),
        (words.say("card-field-each", discord=True), each_text(words, facts.per_person)),
    ]
    if facts.passes:
        fields.append((words.say("card-field-passes", discord=True), offers_field(words, facts.passes)))
    if facts.kind.strip() not in ("", "other"):
        fields.append((words.say("card-field-kind", discord=True), board_text(facts.kind)))
    return tuple(fields)


def _values(words: Wording, facts: About, *, discord: bool = True) -> dict[str, str | int]:
    return {
        "drop": facts.drop,
        "left": facts.units_left,
        "supply": facts.supply,
        "claimed": facts.claimed,
        "out": facts.units_owned,
        "to_give": facts.units_to_give,
        "minutes": abs(facts.minutes),
        "added": span_text(words, facts.added),
        "span": span_text(words, facts.window),
        "stock": stock_text(words, facts.supply, facts.held_back),
        "each": each_text(words, facts.per_person, facts.passes, discord=discord),
    }


def _moment_that_matters(kind: NewsKind, facts: About) -> Micros | None:
    match kind:
        case NewsKind.ANNOUNCED | NewsKind.SOON | NewsKind.RESCHEDULED | NewsKind.MOVED:
            return facts.opens_at
        case NewsKind.RESUMING:
            return facts.resume_at
    return facts.closes_at


def _chat_key(kind: NewsKind, facts: About) -> str:
    match kind:
        case _ if kind in FOR_MODERATORS:
            raise ValueError(f"{kind} is a card for moderators, not a line for chat")
        case NewsKind.OPENED:
            return "news-opened-late" if facts.late else "news-opened"
        case NewsKind.SOLD_OUT:
            return "news-sold-out-held-back" if facts.units_to_give else "news-sold-out"
        case NewsKind.THAWED:
            return f"news-{thawed_variant(facts)}"
        case NewsKind.CLOSED if facts.closed_why != "stream":
            return "news-closed-late" if facts.late else "news-closed"
    return f"news-{_variant(kind, facts)}"


def _title_key(kind: NewsKind) -> str:
    match kind:
        case NewsKind.SOON | NewsKind.RESCHEDULED | NewsKind.POSTPONED | NewsKind.MOVED:
            return f"card-{kind}-title"
    return "card-live-title"


def _card_key(kind: NewsKind, facts: About) -> str:
    match kind:
        case NewsKind.RESCHEDULED:
            return "card-soon"
        case NewsKind.PUBLIC:
            return "card-open-to-all"
        case NewsKind.SOLD_OUT | NewsKind.RESUMING | NewsKind.NEARLY_GONE:
            return f"card-{kind}"
    return f"card-{_variant(kind, facts)}"


def _variant(kind: NewsKind, facts: About) -> str:
    """The kind, told apart further where the same kind of news has different sentences."""
    match kind:
        case NewsKind.ANNOUNCED if facts.on_cue or facts.opens_at is None:
            return "announced-on-cue"
        case NewsKind.POSTPONED:
            why = facts.postponed_why or facts.why
            return f"postponed-{why if why in ('offline', 'unknown', 'missed') else 'offline'}"
        case NewsKind.PAUSED:
            return "paused-offline" if facts.paused_why == "offline" else "paused-moderator"
        case NewsKind.EXTENDED if facts.minutes < 0:
            return "shortened"
        case NewsKind.CANCELLED if facts.units_owned:
            return "cancelled-owned"
        case NewsKind.CLOSED if facts.closed_why == "stream":
            return "closed-stream"
    return str(kind)


def _live_key(facts: About) -> str:
    match facts.state:
        case "open" if facts.units_left == 0:
            return "card-sold-out"
        case "open" if facts.paused and facts.resume_at is not None:
            return "card-resuming"
        case "open" if facts.is_early and not facts.paused:
            late = "-late" if facts.late else ""
            return f"card-early{late}" if facts.early_left else "card-early-gone"
        case "open" if facts.paused:
            return "card-paused-offline" if facts.paused_why == "offline" else "card-paused-moderator"
        case "open":
            return "card-open-late" if facts.late else "card-open"
        case "closed" | "settled":
            return "card-closed-stream" if facts.closed_why == "stream" else "card-closed"
        case "cancelled":
            return "card-cancelled-owned" if facts.units_owned else "card-cancelled"
    return "card-waiting"
