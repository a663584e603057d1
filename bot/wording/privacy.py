"""Cards and answers about what is kept of a person, and about being forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.privacy import CONFIRM_WITHIN, ErasureAsked, ErasureDecision, ErasureRefused, Kept, PersonErased
from bot.domain.time import Micros
from bot.wording.buttons import export_button, forget_button, forget_yes_button
from bot.wording.cards import Card, CardFile
from bot.wording.catalogue import Wording
from bot.wording.text import board_text, chat_line, chat_name, shown
from bot.wording.times import moment_text, span_text, stamp

_UNITS_SHOWN = 10
_ACCOUNTS_SHOWN = 10
FILE_NAME = "your-data.json"


def kept_card(words: Wording, kept: Kept) -> Card:
    """What is kept about whoever asks, with the buttons to get it and to be forgotten."""
    title = words.say("privacy-title", discord=True)
    if not kept.accounts:
        return Card(title, words.say("privacy-nothing", discord=True))
    accounts = ", ".join(board_text(account) for account in kept.accounts[:_ACCOUNTS_SHOWN])
    fields = [
        (words.say("privacy-field-units", discord=True), _units_text(words, kept.units)),
        (words.say("privacy-field-answers", discord=True), str(kept.answers)),
    ]
    if kept.votes:
        fields.append((words.say("privacy-field-votes", discord=True), str(kept.votes)))
    if kept.passes:
        fields.append((words.say("privacy-field-passes", discord=True), str(kept.passes)))
    if kept.steps:
        fields.append((words.say("privacy-field-steps", discord=True), str(kept.steps)))
    if kept.since is not None:
        fields.append((words.say("privacy-field-since", discord=True), stamp(kept.since)))
    text = words.say("privacy-text", discord=True, accounts=accounts)
    return Card(title, text, tuple(fields), (export_button(words), forget_button(words)))


def data_card(words: Wording, content: bytes) -> Card:
    """The person's own file, for their eyes alone."""
    return Card("", words.say("privacy-file", discord=True), files=(CardFile(FILE_NAME, content),))


def too_large_text(words: Wording, account: str) -> str:
    return words.say("privacy-file-too-large", discord=True, account=account)


def expired_text(words: Wording) -> str:
    return words.say("privacy-expired", discord=True)


def erasure_line(words: Wording, decision: ErasureDecision, name: str, now: Micros) -> str:
    """The answer in Twitch chat, with the name of whoever asked."""
    return chat_line(_text(words, decision, now, discord=False, name=chat_name(name)))


def erasure_answer(words: Wording, decision: ErasureDecision, now: Micros, *, copies_days: int) -> str | Card:
    """The private answer on Discord; the question comes with its button. `copies_days` is how long backups last."""
    text = _text(words, decision, now, discord=True, days=copies_days)
    if not isinstance(decision, ErasureAsked):
        return text
    return Card(words.say("privacy-asked-title", discord=True), text, buttons=(forget_yes_button(words),))


def _text(words: Wording, decision: ErasureDecision, now: Micros, *, discord: bool, **more: str | int) -> str:
    place = "-board" if discord else ""
    match decision:
        case ErasureAsked():
            within = span_text(words, CONFIRM_WITHIN)
            counts: dict[str, str | int] = {"units": decision.units, "steps": decision.deeds, "within": within}
            text = words.say(_asked_key(decision, discord=discord), discord=discord, **counts, **more)
            if decision.passes:
                text = words.say("privacy-asked-passes", discord=discord, text=text, passes=decision.passes)
            return words.say("privacy-asked-linked", discord=discord, text=text) if decision.linked else text
        case PersonErased():
            return words.say(f"privacy-done{place}", discord=discord, **more)
        case ErasureRefused():
            until = decision.until
            key = f"privacy-{decision.because}{'' if until is None else '-until'}{place}"
            when = "" if until is None else moment_text(words, until, now, discord=discord)
            return words.say(key, discord=discord, title=shown(decision.title, discord=discord), when=when, **more)


def _asked_key(asked: ErasureAsked, *, discord: bool) -> str:
    loses = "-steps" if asked.deeds else "" if asked.units else "-none"
    return f"privacy-asked{'-board' if discord else ''}{loses}"


def _units_text(words: Wording, units: Sequence[tuple[str, int, int]]) -> str:
    listed = [
        words.say("privacy-unit", discord=True, title=board_text(title), number=number, supply=supply)
        for title, number, supply in units[:_UNITS_SHOWN]
    ]
    rest = len(units) - _UNITS_SHOWN
    if rest > 0:
        listed.append(words.say("list-more", discord=True, count=rest))
    return "\n".join(listed) or words.say("privacy-no-units", discord=True)
