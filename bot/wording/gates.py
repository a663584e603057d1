"""Early access in words: conditions, the verdict in one public line without reasons, and all of it privately."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bot.domain.entitlements import Cost, Entitlement, Measure
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import AllOf, AnyOf, Condition, Gate, Truth
from bot.domain.time import DAY, Micros
from bot.domain.verdicts import Accepted, Finding, Refused, RefusedUntil, Unknown, Verdict
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, chat_text, packed, shown
from bot.wording.times import moment_text, span_text

_CARD_CHARACTERS_MAX = 4_000
_NAME_CHARACTERS_MAX = 40
_PEOPLE_CHARACTERS_MAX = {False: 120, True: 500}  # in chat, and on Discord
_OF_TRUTH = {Truth.YES: "gate-finding-yes", Truth.NO: "gate-finding-no", Truth.UNKNOWN: "gate-finding-unknown"}


def condition_text(words: Wording, condition: Condition, *, discord: bool) -> str:
    """A condition as a thing that one has or does: "a subscription of tier 2 or higher"."""
    entitlement = condition.entitlement
    if entitlement is Entitlement.GIFT and not condition.holds:
        return words.say("gate-own", discord=discord)
    if _is_of_tier(condition):
        key = "gate-subscriber-tier" if condition.holds else "gate-subscriber-below"
        return words.say(key, discord=discord, number=condition.at_least)
    name = _name(condition, discord=discord)
    days = span_text(words, condition.at_least * DAY)
    text = words.say(f"gate-{entitlement}", discord=discord, name=name, days=days)
    return text if condition.holds else words.say("gate-without", discord=discord, condition=text)


def way_text(words: Wording, way: Sequence[Condition], *, discord: bool) -> str:
    """Everything that is still to be got: "following the channel and the role patron on Discord"."""
    return words.say("gate-and").join(condition_text(words, condition, discord=discord) for condition in way)


def people_text(words: Wording, gate_text: str, *, discord: bool) -> str:
    """Whom a gate lets in, as one speaks of people: "subscribers and VIPs". Of a gate that is too long for that, or
    cannot be read, only that there are conditions."""
    gate = read_gate(gate_text)
    text = "" if isinstance(gate, GateMistake) else _people(words, gate, "gate-and", discord=discord)
    if not text or len(text) > _PEOPLE_CHARACTERS_MAX[discord]:
        return words.say("gate-people-many", discord=discord)
    return text


@lru_cache(maxsize=256)
def conditions_of(way_in: tuple[str, ...]) -> tuple[Condition, ...]:
    """A way in, from the words in which a refusal carries it."""
    read = (read_gate(text) for text in way_in)
    return tuple(condition for condition in read if isinstance(condition, Condition))


def free_way(way_in: tuple[str, ...]) -> tuple[Condition, ...]:
    """The way in where anybody can take it at once and for nothing: what all may read. Else nothing."""
    way = conditions_of(way_in)
    return way if all(condition.cost is Cost.FREE for condition in way) else ()


def can_line(
    words: Wording, name: str, title: str, verdict: Verdict, now: Micros, *, why: str = "", said: str = ""
) -> str:
    """Yes, from when, or no, in a line of Twitch chat; or `said` in place of that. `why` is the command on Discord
    that shows the reasons.

    All can read it: it names the way in only when that is free, and so never says who has not paid for what."""
    parts = [said or _answer(words, title, verdict, now, discord=False)]
    if isinstance(verdict, Refused) and verdict.way_in and all(c.cost <= Cost.WAITING for c in verdict.way_in):
        parts.append(words.say("gate-can-way", way=way_text(words, verdict.way_in, discord=False)))
    elif why and not isinstance(verdict, Accepted):
        parts.append(words.say("gate-can-why", command=why))
    return chat_line(words.say("gate-can-person", name=chat_name(name), text=" ".join(parts)))


def can_card(
    words: Wording, title: str, verdict: Verdict, now: Micros, *, said: str = "", unlinked: bool = False
) -> Card:
    """The same for one person alone, on Discord: with every condition, and the cheapest way in even if it costs.
    Who is `unlinked` may have on Twitch what nobody knows of here."""
    lines = [as_sentence(said or _answer(words, title, verdict, now, discord=True))]
    if isinstance(verdict, Refused | RefusedUntil) and verdict.way_in:
        lines.append(words.say("gate-can-way", discord=True, way=way_text(words, verdict.way_in, discord=True)))
    if unlinked:
        lines.append(words.say("gate-can-link", discord=True))
    lines += [_finding(words, finding, now) for finding in verdict.findings]
    heading = words.say("gate-can-title", discord=True, title=board_text(title))
    # Only a channel's own very long sentences do not fit.
    return Card(heading, packed("", lines, "", characters_max=_CARD_CHARACTERS_MAX, between="\n")[0])


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


def _people(words: Wording, gate: Gate, joined: str, *, discord: bool) -> str:
    match gate:
        case AnyOf(parts):
            return _listed(words, [_people(words, part, joined, discord=discord) for part in parts], joined)
        case AllOf(parts):
            return _both(words, parts, discord=discord)
        case Condition():
            return _having(words, gate, discord=discord)


def _both(words: Wording, parts: Sequence[Gate], *, discord: bool) -> str:
    """ "followers who are also subscribers or VIPs, without being a moderator"."""
    phrases = [_phrase(words, part, discord=discord) for part in parts if isinstance(part, Condition)]
    phrases = [phrase for phrase in phrases if phrase]
    nouns = [part for part in parts if not (isinstance(part, Condition) and _is_phrase(part))]
    nouns.sort(key=lambda part: isinstance(part, AnyOf))
    having = [_people(words, part, "list-or", discord=discord) for part in nouns]
    text = having[0] if having else words.say("gate-people-anybody", discord=discord)
    if having[1:]:
        others = _listed(words, having[1:], "gate-and")
        text = words.say("gate-people-also", discord=discord, people=text, others=others)
    if not phrases:
        return text
    listed = _listed(words, phrases, "gate-and")
    return words.say("gate-people-with", discord=discord, people=text, phrases=listed)


def _having(words: Wording, condition: Condition, *, discord: bool) -> str:
    if _is_phrase(condition):
        anybody = words.say("gate-people-anybody", discord=discord)
        phrase = _phrase(words, condition, discord=discord)
        return words.say("gate-people-with", discord=discord, people=anybody, phrases=phrase)
    key = f"gate-people-{condition.entitlement}{'-tier' if _is_of_tier(condition) else ''}"
    return words.say(
        key,
        discord=discord,
        name=_name(condition, discord=discord),
        days=span_text(words, condition.at_least * DAY),
        number=condition.at_least,
    )


def _is_phrase(condition: Condition) -> bool:
    """Whether there is no noun for such people: they are those without something, or whose gift it was."""
    return not condition.holds or condition.entitlement is Entitlement.GIFT


def _phrase(words: Wording, condition: Condition, *, discord: bool) -> str:
    if not _is_phrase(condition):
        return ""
    if condition.entitlement is Entitlement.GIFT:
        return words.say("gate-people-gift" if condition.holds else "gate-people-own", discord=discord)
    if _is_of_tier(condition):
        return words.say("gate-people-below", discord=discord, number=condition.at_least)
    return condition_text(words, condition, discord=discord)


def _is_of_tier(condition: Condition) -> bool:
    return condition.measure is Measure.TIER and condition.at_least > 1


def _name(condition: Condition, *, discord: bool) -> str:
    named = board_text if discord else chat_text
    return named(condition.subject, characters_max=_NAME_CHARACTERS_MAX) if condition.subject else ""


def _listed(words: Wording, items: Sequence[str], joined: str) -> str:
    head = ", ".join(items[:-1])
    return f"{head}{words.say(joined)}{items[-1]}" if head else items[-1]


def _finding(words: Wording, finding: Finding, now: Micros) -> str:
    condition = condition_text(words, finding.condition, discord=True)
    if finding.turns_at is None:
        return words.say(_OF_TRUTH[finding.truth], discord=True, condition=condition)
    key = "gate-finding-until" if finding.truth is Truth.YES else "gate-finding-from"
    when = moment_text(words, finding.turns_at, now, discord=True)
    return words.say(key, discord=True, condition=condition, when=when)
