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
from bot.domain.pass_words import KINDS_BY_WORD
from bot.domain.passes import Pass, PassRefusal
from bot.domain.time import Micros
from bot.wording.buttons import yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import packed_in
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, packed, shown
from bot.wording.times import moment_text

LINE_CHARACTERS_MAX = 450
_BOARD_CHARACTERS_MAX = 1_700
# One person's share of a line of chat.
_USABLE_CHARACTERS_MAX = 120
_NEVER: Micros = 1 << 62
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def pass_name(words: Wording, terms: PassTerms, *, discord: bool) -> str:
    """ "mod-vote pass", or a custom one by its title."""
    if terms.kind is PassKind.CUSTOM and terms.title:
        return words.say("pass-kind-titled", discord=discord, title=shown(terms.title, discord=discord))
    return words.say(f"pass-kind-{terms.kind}", discord=discord)


def passes_text(
    words: Wording, passes: Sequence[Pass], now: Micros, *, titles: Mapping[str, str] = _NO_TITLES, whose: str = ""
) -> str:
    """All of somebody's passes on Discord, for their own eyes or, with their name in `whose`, for a moderator's.
    `titles` are those of drops by key, for the badges that passes came with."""
    name = board_text(whose, characters_max=32) if whose else ""
    if not passes:
        return words.say("passes-of-none" if whose else "passes-none", discord=True, name=name)
    # What can be spent comes first, and of it what is over soonest.
    listed = sorted(passes, key=lambda held: (held.why_not(now) is not None, _over_at(held), held.number))
    items = [_item(words, held, titles, now) for held in listed]
    fitting = packed("", items, "", characters_max=_BOARD_CHARACTERS_MAX, between="\n")[0]
    rest = len(items) - len(fitting.splitlines())
    if rest:
        fitting += "\n" + words.say("list-more", discord=True, count=rest)
    if whose:
        return words.say("passes-of", discord=True, passes=fitting, name=name)
    votes = any(held.terms.kind is PassKind.MOD_VOTE and held.why_not(now) is None for held in passes)
    return words.say("passes-list-votes" if votes else "passes-list", discord=True, passes=fitting)


def passes_lines(words: Wording, held: Sequence[tuple[str, Sequence[Pass]]], now: Micros) -> list[str]:
    """What each of several people can spend, in lines of Twitch chat: only what it is and how often."""
    items = [f"@{chat_name(name)} {usable_text(words, passes, now)}" for name, passes in held]
    return packed_in(words.say("passes-people", people="\0"), items) if items else []


def usable_text(words: Wording, passes: Sequence[Pass], now: Micros, *, discord: bool = False) -> str:
    """What can be spent now, by kind: "mod-vote pass (2), game-night pass"."""
    uses: dict[str, int] = {}
    for held in sorted(passes, key=lambda held: held.number):
        if held.why_not(now) is None:
            name = pass_name(words, held.terms, discord=discord)
            uses[name] = uses.get(name, 0) + held.uses_left
    items = [
        words.say("pass-usable" if count == 1 else "pass-usable-several", discord=discord, kind=name, count=count)
        for name, count in uses.items()
    ]
    if not items:
        return words.say("passes-unusable", discord=discord)
    fitting = packed("", items, "", characters_max=_USABLE_CHARACTERS_MAX)[0]
    rest = len(items) - next(n for n in range(1, len(items) + 1) if ", ".join(items[:n]) == fitting)
    return f"{fitting} {words.say('list-more', discord=discord, count=rest)}" if rest else fitting


def my_passes_text(words: Wording, passes: Sequence[Pass], now: Micros, *, discord: bool) -> str:
    """What somebody can spend, in a sentence behind what they hold; "" for nothing."""
    if all(held.why_not(now) is not None for held in passes):
        return ""
    return words.say("passes-mine", discord=discord, passes=usable_text(words, passes, now, discord=discord))


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
    # A name keeps its own letters.
    text = text if isinstance(decision, PassGiven) else as_sentence(text)
    return text if discord else chat_line(text, characters_max=LINE_CHARACTERS_MAX)


def incomplete_order_text(words: Wording, *, giving: bool) -> str:
    """What an order that a moderator has typed in chat lacks, with an example to type."""
    kinds = ", ".join(KINDS_BY_WORD)
    return chat_line(as_sentence(words.say("pass-give-how" if giving else "pass-revoke-how", kinds=kinds)))


def hand_on_card(words: Wording, held: Pass, receiver: str, now: Micros) -> Card:
    """The question before a pass is handed on, with its button."""
    values = _values(words, held.number, held.terms, held.uses_left, now, discord=True)
    to = _person(receiver, discord=True)
    return Card("", words.say("pass-hand-on", discord=True, receiver=to, **values), buttons=(yes_button(words),))


def confirm_pass_card(words: Wording, needs: PassNeedsYes, now: Micros) -> Card:
    """The question before what cannot be taken back, with its button."""
    return Card("", pass_deed_text(words, needs, now, discord=True), buttons=(yes_button(words),))


def _item(words: Wording, held: Pass, titles: Mapping[str, str], now: Micros) -> str:
    because = held.why_not(now)
    if because is None:
        details = _details(words, held.terms, held.uses_left, now, discord=True)
    else:
        details = [words.say(f"pass-is-{because}", discord=True)]
    if held.drop:
        title = board_text(titles.get(held.drop, held.drop))
        details.append(words.say("pass-from", discord=True, title=title, number=held.unit))
    if because is None and held.terms.transferable:
        details.append(words.say("pass-transferable", discord=True))
    return words.say(
        "pass-item" if details else "pass-item-plain",
        discord=True,
        kind=pass_name(words, held.terms, discord=True),
        number=held.number,
        details=", ".join(details),
    )


def _over_at(held: Pass) -> Micros:
    return _NEVER if held.terms.expires_at is None else held.terms.expires_at


def _details(words: Wording, terms: PassTerms, uses_left: int, now: Micros, *, discord: bool) -> list[str]:
    details: list[str] = []
    if terms.uses > 1:
        details.append(words.say("pass-uses", discord=discord, left=uses_left, uses=terms.uses))
    if terms.expires_at is not None:
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
