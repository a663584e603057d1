"""Whether somebody may claim: one public line without reasons, or all of it for them alone on Discord."""

from __future__ import annotations

from bot.domain.eligibility import EligibilityAnswer, Eligible
from bot.domain.time import Micros
from bot.domain.verdicts import Accepted, Refused, RefusedUntil
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import claim_answer, refused_lines
from bot.wording.gates import can_card, can_line
from bot.wording.text import shown
from bot.wording.times import span_text


def can_chat_line(words: Wording, name: str, answer: EligibilityAnswer, now: Micros, *, why: str = "") -> str:
    """The answer in Twitch chat. `why` is the command on Discord that shows the reasons, "" where there is none."""
    if not isinstance(answer, Eligible):
        return refused_lines(words, answer, [name], now)[0]
    said = _when_it_opens(words, answer, discord=False)
    return can_line(words, name, answer.title, answer.verdict, now, why=why, said=said)


def can_shown(words: Wording, answer: EligibilityAnswer, now: Micros) -> str | Card:
    """The answer for one person alone, on Discord."""
    if not isinstance(answer, Eligible):
        return claim_answer(words, answer, now, discord=True)
    said = _when_it_opens(words, answer, discord=True)
    unlinked = answer.elsewhere == "twitch"
    return can_card(words, answer.title, answer.verdict, now, said=said, unlinked=unlinked)


def _when_it_opens(words: Wording, answer: Eligible, *, discord: bool) -> str:
    """What is said of a drop whose opening no clock decides; "" for any other."""
    if not answer.waits:
        return ""
    title, span = shown(answer.title, discord=discord), span_text(words, answer.early_for)
    match answer.verdict:
        case Accepted():
            return words.say("gate-can-when-open", discord=discord, title=title)
        case Refused() | RefusedUntil():
            key = "gate-can-after-early" if answer.early_for else "gate-can-when-open"
            return words.say(key, discord=discord, title=title, span=span)
    return ""
