"""Early access in words: conditions, the verdict in one public line without reasons, and all of it privately."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.entitlements import Cost, Entitlement, Measure
from bot.domain.gates import Condition, Truth
from bot.domain.time import DAY, Micros
from bot.domain.verdicts import Accepted, Finding, Refused, RefusedUntil, Unknown, Verdict
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, chat_text, packed, shown
from bot.wording.times import moment_text, span_text

_CARD_CHARACTERS_MAX = 4_000
_NAME_CHARACTERS_MAX = 40
_OF_TRUTH = {Truth.YES: "gate-finding-yes", Truth.NO: "gate-finding-no", Truth.UNKNOWN: "gate-finding-unknown"}


def condition_text(words: Wording, condition: Condition, *, discord: bool) -> str:
    """A condition as a thing that one has or does: "a subscription of tier 2 or higher"."""
    entitlement, tier = condition.entitlement, condition.measure is Measure.TIER
    if entitlement is Entitlement.GIFT and not condition.holds:
        return words.say("gate-own", discord=discord)
    if tier and condition.at_least > 1:
        key = "gate-subscriber-tier" if condition.holds else "gate-subscriber-below"
        return words.say(key, discord=discord, number=condition.at_least)
    named = board_text if discord else chat_text
    name = named(condition.subject, characters_max=_NAME_CHARACTERS_MAX) if condition.subject else ""
    days = span_text(words, condition.at_least * DAY)
    text = words.say(f"gate-{entitlement}", discord=discord, name=name, days=days)
    return text if condition.holds else words.say("gate-without", discord=discord, condition=text)


def way_text(words: Wording, way: Sequence[Condition], *, discord: bool) -> str:
    """Everything that is still to be got: "following the channel and the role patron on Discord"."""
    return words.say("gate-and").join(condition_text(words, condition, discord=discord) for condition in way)


def can_line(words: Wording, name: str, title: str, verdict: Verdict, now: Micros, *, why: str = "") -> str:
    """Yes, from when, or no, in a line of Twitch chat. `why` is the command on Discord that shows the reasons.

    All can read it: it names the way in only when that is free, and so never says who has not paid for what."""
    said = [_answer(words, title, verdict, now, discord=False)]
    if isinstance(verdict, Refused) and verdict.way_in and all(c.cost <= Cost.WAITING for c in verdict.way_in):
        said.append(words.say("gate-can-way", way=way_text(words, verdict.way_in, discord=False)))
    elif why and not isinstance(verdict, Accepted):
        said.append(words.say("gate-can-why", command=why))
    return chat_line(words.say("gate-can-person", name=chat_name(name), text=" ".join(said)))


def can_card(words: Wording, title: str, verdict: Verdict, now: Micros) -> Card:
    """The same for one person alone, on Discord: with every condition, and the cheapest way in even if it costs."""
    lines = [as_sentence(_answer(words, title, verdict, now, discord=True))]
    if isinstance(verdict, Refused | RefusedUntil) and verdict.way_in:
        lines.append(words.say("gate-can-way", discord=True, way=way_text(words, verdict.way_in, discord=True)))
    lines += [_finding(words, finding, now) for finding in verdict.findings]
    heading = words.say("gate-can-title", discord=True, title=board_text(title))
    # Only a channel's own very long sentences do not fit.
    return Card(heading, packed("", lines, "", characters_max=_CARD_CHARACTERS_MAX, between="\n")[0])


def checking_text(words: Wording, *, discord: bool) -> str:
    """What somebody is told whose claim waits for evidence."""
    return as_sentence(words.say("gate-checking", discord=discord))


def _answer(words: Wording, title: str, verdict: Verdict, now: Micros, *, discord: bool) -> str:
    name = shown(title, discord=discord)
    match verdict:
        case Accepted():
            return words.say("gate-can-yes", discord=discord, title=name)
        case RefusedUntil(at):
            when = moment_text(words, at, now, discord=discord)
            return words.say("gate-can-from", discord=discord, title=name, when=when)
        case Refused():
            return words.say("gate-can-no", discord=discord, title=name)
        case Unknown():
            return words.say("gate-can-unknown", discord=discord, title=name)


def _finding(words: Wording, finding: Finding, now: Micros) -> str:
    condition = condition_text(words, finding.condition, discord=True)
    if finding.turns_at is None:
        return words.say(_OF_TRUTH[finding.truth], discord=True, condition=condition)
    key = "gate-finding-until" if finding.truth is Truth.YES else "gate-finding-from"
    when = moment_text(words, finding.turns_at, now, discord=True)
    return words.say(key, discord=True, condition=condition, when=when)
