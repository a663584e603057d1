"""Passes: what somebody holds, and the answers to giving one, handing it on and taking it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.domain.pass_deeds import (
    USES_MAX,
    GiveDecision,
    PassGiven,
    PassNeedsYes,
    PassRefused,
    PassRevoked,
    PassTransferred,
    RevokeDecision,
    TransferDecision,
)
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass, PassRefusal
from bot.domain.time import Micros
from bot.wording.buttons import yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, packed, shown
from bot.wording.times import moment_text

LINE_CHARACTERS_MAX = 450
_BOARD_CHARACTERS_MAX = 1_700
_CHAT_ITEMS_CHARACTERS_MAX = 360
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def pass_name(words: Wording, terms: PassTerms, *, discord: bool) -> str:
    """ "mod-vote pass", or a custom one by its title."""
    if terms.kind is PassKind.CUSTOM and terms.title:
        return words.say("pass-kind-titled", discord=discord, title=shown(terms.title, discord=discord))
    return words.say(f"pass-kind-{terms.kind}", discord=discord)


def passes_text(
    words: Wording,
    name: str,
    passes: Sequence[Pass],
    now: Micros,
    *,
    discord: bool,
    titles: Mapping[str, str] = _NO_TITLES,
) -> str:
    """Somebody's passes: on Discord all of them, in chat, with the name, those that can be spent. `titles` are
    those of drops by key, for the badges that passes came with."""
    who = shown(name, discord=True) if discord else chat_name(name)
    listed = [held for held in passes if discord or held.why_not(now) is None]
    # What can be spent comes first, and of it what is over soonest.
    listed.sort(key=lambda held: (held.why_not(now) is not None, held.terms.expires_at or 1 << 62, held.number))
    if not listed:
        text = words.say("passes-none-board" if discord else "passes-none", discord=discord, name=who)
        return text if discord else chat_line(text, characters_max=LINE_CHARACTERS_MAX)
    items = [_item(words, held, titles, now, discord=discord) for held in listed]
    between, room = ("\n", _BOARD_CHARACTERS_MAX) if discord else (", ", _CHAT_ITEMS_CHARACTERS_MAX)
    fitting = packed("", items, "", characters_max=room, between=between)[0]
    count = next(n for n in range(1, len(items) + 1) if between.join(items[:n]) == fitting)
    if count < len(items):
        fitting += f"{between[-1]}{words.say('list-more', discord=discord, count=len(items) - count)}"
    key = "passes-list-board" if discord else "passes-list"
    text = words.say(key, discord=discord, name=who, passes=fitting)
    return text if discord else chat_line(text, characters_max=LINE_CHARACTERS_MAX)


def pass_deed_text(
    words: Wording,
    decision: GiveDecision | TransferDecision | RevokeDecision,
    now: Micros,
    *,
    discord: bool,
) -> str:
    """What was done with a pass, or why not and what to do about it."""
    place = "-board" if discord else ""
    match decision:
        case PassGiven():
            text = words.say(
                "pass-given",
                discord=discord,
                receiver=_person(decision.receiver, discord=discord),
                **_values(words, decision.number, decision.terms, decision.terms.uses, now, discord=discord),
            )
        case PassTransferred():
            text = words.say(
                "pass-transferred",
                discord=discord,
                receiver=_person(decision.receiver, discord=discord),
                **_values(words, decision.number, decision.terms, decision.uses_left, now, discord=discord),
            )
        case PassRevoked():
            values = _values(words, decision.number, decision.terms, decision.uses_left, now, discord=discord)
            text = words.say("pass-revoked", discord=discord, **values)
        case PassNeedsYes():
            values = _values(words, decision.number, decision.terms, decision.uses_left, now, discord=discord)
            text = words.say(f"pass-needs-yes{place}", discord=discord, **values)
        case PassRefused():
            text = words.say(
                _refused_key(decision, discord=discord), discord=discord, number=decision.number, most=USES_MAX
            )
    text = as_sentence(text)
    return text if discord else chat_line(text, characters_max=LINE_CHARACTERS_MAX)


def confirm_pass_card(words: Wording, needs: PassNeedsYes, now: Micros) -> Card:
    """The question before what cannot be taken back, with its button."""
    return Card("", pass_deed_text(words, needs, now, discord=True), buttons=(yes_button(words),))


def _item(words: Wording, held: Pass, titles: Mapping[str, str], now: Micros, *, discord: bool) -> str:
    because = held.why_not(now)
    details = [] if because is None else [words.say(f"pass-is-{because}", discord=discord)]
    details += _details(words, held.terms, held.uses_left, now, discord=discord, over=because is not None)
    if held.drop:
        title = shown(titles.get(held.drop, held.drop), discord=discord)
        details.append(words.say("pass-from", discord=discord, title=title, number=held.unit))
    if discord and because is None and held.terms.transferable:
        details.append(words.say("pass-transferable", discord=True))
    return words.say(
        "pass-item" if details else "pass-item-plain",
        discord=discord,
        kind=pass_name(words, held.terms, discord=discord),
        number=held.number,
        details=", ".join(details),
    )


def _details(
    words: Wording, terms: PassTerms, uses_left: int, now: Micros, *, discord: bool, over: bool = False
) -> list[str]:
    details: list[str] = []
    if terms.uses > 1 and not over:
        details.append(words.say("pass-uses", discord=discord, left=uses_left, uses=terms.uses))
    if terms.expires_at is not None and not over:
        when = moment_text(words, terms.expires_at, now, discord=discord)
        details.append(words.say("pass-until", discord=discord, when=when))
    return details


def _values(
    words: Wording, number: int, terms: PassTerms, uses_left: int, now: Micros, *, discord: bool
) -> dict[str, str | int]:
    details = _details(words, terms, uses_left, now, discord=discord)
    return {
        "kind": pass_name(words, terms, discord=discord),
        "number": number,
        "details": "".join(f", {detail}" for detail in details),
    }


def _person(name: str, *, discord: bool) -> str:
    return board_text(name, characters_max=32) if discord else f"@{chat_name(name)}"


def _refused_key(refused: PassRefused, *, discord: bool) -> str:
    match refused.because:
        case PassRefusal.RECEIVER_UNKNOWN if discord:
            return "pass-receiver-unknown-board"
        case PassRefusal.UNKNOWN_PASS if not refused.number:
            return "pass-which"
    return f"pass-{refused.because}"
