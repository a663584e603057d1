"""Game nights: answers to guests and hosts, what is planned, the news, and the card to join with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from bot.domain.announcing import NewsKind
from bot.domain.night_deeds import (
    SEATS_MAX,
    CancelDecision,
    CreateDecision,
    NightHosted,
    NightNeedsYes,
    NightRefusal,
    NightRefused,
    NightVerb,
    NightVisited,
    VisitDecision,
)
from bot.domain.nights import Night, NightState, Place
from bot.domain.passes import PassRefusal
from bot.domain.poll_news import night_snapshot
from bot.domain.time import Micros
from bot.wording.buttons import yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.poll_buttons import night_buttons
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, chat_text, packed, shown
from bot.wording.times import moment_text, timer_text

NIGHT_NEWS = frozenset({NewsKind.NIGHT_CREATED, NewsKind.NIGHT_CANCELLED})
_LINE_CHARACTERS_MAX = 450
_BOARD_CHARACTERS_MAX = 1_000
_GUESTS_CHARACTERS_MAX = 900


def night_text(
    words: Wording,
    decision: VisitDecision | CreateDecision | CancelDecision,
    now: Micros,
    *,
    discord: bool,
) -> str:
    """What a guest or a host has done, or why not and what to do about it."""
    match decision:
        case NightVisited():
            text = _visited(words, decision, now, discord=discord)
        case NightHosted():
            key = "night-created" if decision.verb is NightVerb.CREATE else "night-cancelled"
            title = shown(decision.title, discord=discord)
            text = words.say(key, discord=discord, title=title, night=decision.night, guests=decision.guests)
        case NightNeedsYes():
            key = "night-needs-yes-board" if discord else "night-needs-yes"
            title = shown(decision.title, discord=discord)
            text = words.say(key, discord=discord, title=title, guests=decision.guests)
        case NightRefused():
            text = as_sentence(_refused(words, decision, now, discord=discord))
    return text if discord else chat_line(text, characters_max=_LINE_CHARACTERS_MAX)


def night_reply(words: Wording, name: str, decision: VisitDecision, now: Micros) -> str:
    """What a guest has done, in a line of Twitch chat that names them."""
    text = night_text(words, decision, now, discord=False)
    return chat_line(f"@{chat_name(name)} {text}", characters_max=_LINE_CHARACTERS_MAX)


def night_how_text(words: Wording) -> str:
    """How a night is announced in chat, for a moderator who has typed something else."""
    return chat_line(as_sentence(words.say("night-how")))


def confirm_night_card(words: Wording, needs: NightNeedsYes, now: Micros) -> Card:
    """The question before what cannot be taken back, with its button."""
    return Card("", night_text(words, needs, now, discord=True), buttons=(yes_button(words),))


def nights_text(words: Wording, nights: Sequence[Night], now: Micros, *, discord: bool) -> str:
    """The nights that are on or to come, the next one first."""
    coming = sorted((night for night in nights if night.on), key=lambda night: (night.plan.starts_at, night.key))
    items = [
        words.say(
            "nights-item",
            discord=discord,
            title=shown(night.plan.title, discord=discord),
            night=night.key,
            when=moment_text(words, night.plan.starts_at, now, discord=discord),
            left=night.seats_left,
            seats=night.plan.seats,
            waiting=len(night.waiting),
        )
        for night in coming
    ]
    if not items:
        return words.say("nights-none", discord=discord)
    room, between = (_BOARD_CHARACTERS_MAX, "\n") if discord else (_LINE_CHARACTERS_MAX, " ")
    text = packed("", items, "", characters_max=room, between=between)[0]
    return text if discord else chat_line(text, characters_max=_LINE_CHARACTERS_MAX)


def guests_text(words: Wording, night: Night, guests: Sequence[tuple[str, Place]]) -> str:
    """Who is in, by name, for moderators on Discord: those who wait are in the order in which they joined."""
    listed = [
        words.say(
            "nights-guest",
            discord=True,
            name=board_text(name, characters_max=32) if name else words.say("night-somebody", discord=True),
            place=words.say(f"night-place-{place}", discord=True),
        )
        for name, place in guests
    ]
    packed_guests = packed("", listed, "", characters_max=_GUESTS_CHARACTERS_MAX)
    said = packed_guests[0] if packed_guests else words.say("nights-guests-none", discord=True)
    return words.say("nights-guests", discord=True, title=board_text(night.plan.title), guests=said)


def night_line(words: Wording, kind: NewsKind, about: Mapping[str, object], now: Micros) -> str:
    """One line of Twitch chat. Raises ValueError for news that are not of a night."""
    line = words.say(f"news-{_known(kind)}", discord=False, **_values(words, about, now, discord=False))
    return chat_line(line, characters_max=_LINE_CHARACTERS_MAX)


def night_card(words: Wording, kind: NewsKind, about: Mapping[str, object], now: Micros) -> Card:
    """The card with which Discord hears the news; `live_night_card` follows the first one from then on. Raises
    ValueError for news that are not of a night."""
    if _known(kind) is NewsKind.NIGHT_CREATED:
        return live_night_card(words, about, now)
    values = _values(words, about, now, discord=True)
    return Card(_title(about), words.say("card-night-cancelled", discord=True, **values))


def live_night_card(words: Wording, about: Mapping[str, object], now: Micros) -> Card:
    """The card to join with as the night stands now: its seats, who waits, and buttons while they are of use."""
    values = _values(words, about, now, discord=True)
    state = NightState(str(about["state"]))
    if state is not NightState.ON:
        return Card(_title(about), words.say(f"card-night-{state}", discord=True, **values))
    lines = [words.say("card-night-on", discord=True, **values)]
    if about["needs_pass"]:
        lines.append(words.say("card-night-pass", discord=True))
    fields = [(words.say("card-night-seats", discord=True), words.say("card-night-left", discord=True, **values))]
    if about["waiting"]:
        fields.append((words.say("card-night-waiting", discord=True), str(about["waiting"])))
    if about["here"]:
        fields.append((words.say("card-night-here", discord=True), str(about["here"])))
    buttons = night_buttons(words, str(about["night"]))
    return Card(_title(about), " ".join(lines), tuple(fields), buttons)


def night_now_card(words: Wording, night: Night, now: Micros) -> Card:
    """The same card from the night itself."""
    return live_night_card(words, night_snapshot(night), now)


def _known(kind: NewsKind) -> NewsKind:
    if kind not in NIGHT_NEWS:
        raise ValueError(f"{kind} are no news of a game night")
    return kind


def _title(about: Mapping[str, object]) -> str:
    return board_text(str(about["title"]))


def _values(words: Wording, about: Mapping[str, object], now: Micros, *, discord: bool) -> dict[str, str | int]:
    def moment(name: str) -> str:
        return moment_text(words, cast(Micros, about[name]), now, discord=discord)

    return {
        "title": (board_text if discord else chat_text)(str(about["title"])),
        "night": str(about["night"]),
        "seats": cast(int, about["seats"]),
        "left": cast(int, about["seats_left"]),
        "when": moment("starts_at"),
        "checkin": moment("checkin_at"),
        "kept": timer_text(words, cast(Micros, about["kept_for"])),
    }


def _visited(words: Wording, visited: NightVisited, now: Micros, *, discord: bool) -> str:
    title = shown(visited.title, discord=discord)
    values: dict[str, str | int] = {
        "title": title,
        "night": visited.night,
        "ahead": visited.ahead,
        "when": moment_text(words, visited.starts_at, now, discord=discord),
        "number": visited.pass_spent,
    }
    match visited.place:
        case Place.SEATED | Place.WAITING:
            return words.say(f"night-{visited.place}", discord=discord, **values)
        case Place.HERE:
            key = "night-here-pass" if visited.pass_spent else "night-here"
            return words.say(key, discord=discord, **values)
        case None:
            return words.say("night-left", discord=discord, **values)


def _refused(words: Wording, refused: NightRefused, now: Micros, *, discord: bool) -> str:
    return words.say(
        _refused_key(refused),
        discord=discord,
        title=shown(refused.title, discord=discord) if refused.title else "",
        night=refused.night,
        when="" if refused.retry_at is None else moment_text(words, refused.retry_at, now, discord=discord),
        ahead=refused.ahead,
        most=SEATS_MAX,
    )


def _refused_key(refused: NightRefused) -> str:
    match refused.because:
        case NightRefusal.NO_FITTING_PASS:
            match refused.pass_because:
                case PassRefusal.VOIDED | PassRefusal.EXPIRED | PassRefusal.USED_UP:
                    return f"night-pass-{refused.pass_because}"
            return "night-pass-none"
        case NightRefusal.CANCELLED | NightRefusal.ENDED:
            return f"night-is-{refused.because}"
        case NightRefusal.NOT_ALLOWED if refused.verb in (NightVerb.CREATE, NightVerb.CANCEL):
            return "night-not-allowed"
    return f"night-{refused.because}"
