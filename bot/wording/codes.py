"""Claim codes in sentences: why one is not good, that one is void, and codes for the eyes of those they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.code_sets import COUNT_MAX, VALID_FOR_MAX, CodesRefused, IssueDecision, IssueRefusal
from bot.domain.codes import CodeRefusal
from bot.domain.time import DAY, Micros
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import board_text, chat_line, chat_name
from bot.wording.times import moment_text

# As many as one message of Discord surely shows; the others come when these are used.
_OWN_MAX = 15


class OwnCode(NamedTuple):
    """A code as its person sees it; `code` is None for one that cannot be shown again."""

    code_set: str
    code: str | None
    expires_at: Micros | None = None


def bad_code_text(words: Wording, because: CodeRefusal, when: str, *, discord: bool) -> str:
    """Why a code does not help, as a clause. A code of somebody else is answered like one that there is not: nobody
    learns by asking that it exists."""
    alike = CodeRefusal.UNKNOWN if because is CodeRefusal.NOT_YOURS else because
    return words.say(f"code-{alike}", discord=discord, when=when)


def burned_line(words: Wording, name: str, *, own: bool) -> str:
    """In chat, to whoever has shown a code there; `own` tells whether it was made for one person alone."""
    return chat_line(words.say("code-spilled-own" if own else "code-spilled", name=chat_name(name)))


def burned_card(words: Wording, about: Mapping[str, object]) -> Card:
    """For moderators: which code is void, and how its replacement is seen. The code itself stands nowhere."""
    name = str(about["set"])
    number, shown = int(str(about["number"])), board_text(name)
    text = words.say("code-spilled-card", discord=True, number=number, set=shown, name=name)
    return Card(words.say("code-spilled-title", discord=True), text)


def codes_text(words: Wording, decision: IssueDecision, codes: Sequence[str], now: Micros) -> str:
    """New codes for a moderator's eyes, or why there are none."""
    if isinstance(decision, CodesRefused):
        return refused_text(words, decision)
    listed = "\n".join(("```", *codes, "```"))
    values = {"set": board_text(decision.code_set), "codes": listed, "chat_claim": _chat_claim(words)}
    if decision.expires_at is None:
        return words.say("codes-made", discord=True, **values)
    when = moment_text(words, decision.expires_at, now, discord=True)
    return words.say("codes-made-until", discord=True, when=when, **values)


def code_for_text(words: Wording, decision: IssueDecision, name: str) -> str:
    """That a code waits for somebody, without the code."""
    if isinstance(decision, CodesRefused):
        return refused_text(words, decision)
    key = "codes-made-for-already" if decision.already else "codes-made-for"
    return words.say(key, discord=True, set=board_text(decision.code_set), name=board_text(name))


def own_codes_text(words: Wording, codes: Sequence[OwnCode], now: Micros) -> str:
    """The codes that wait for whoever asks."""
    if not codes:
        return words.say("codes-own-none", discord=True)
    listed = "\n".join(_own(words, each, now) for each in codes[:_OWN_MAX])
    return words.say("codes-own", discord=True, codes=listed, chat_claim=_chat_claim(words))


def key_broken_text(words: Wording) -> str:
    return words.say("codes-key-broken", discord=True)


def refused_text(words: Wording, refused: CodesRefused) -> str:
    limits = {IssueRefusal.BAD_COUNT: COUNT_MAX, IssueRefusal.BAD_EXPIRY: VALID_FOR_MAX // DAY}
    return words.say(f"codes-{refused.because}", discord=True, limit=limits.get(refused.because, 0))


def _chat_claim(words: Wording) -> str:
    """What is typed in Twitch chat, for a sentence on Discord."""
    return words.say("code-chat-claim")


def _own(words: Wording, own: OwnCode, now: Micros) -> str:
    name = board_text(own.code_set)
    if own.code is None:
        return words.say("codes-own-lost", discord=True, set=name)
    if own.expires_at is None:
        return words.say("codes-own-one", discord=True, code=own.code, set=name)
    when = moment_text(words, own.expires_at, now, discord=True)
    return words.say("codes-own-one-until", discord=True, code=own.code, set=name, when=when)
