"""Who was told what: everybody is answered, once, and what they are told is what the ledger holds."""

from __future__ import annotations

from collections import Counter, defaultdict

from bot.rehearsal.evidence import Ask, Case, Who
from bot.rehearsal.hearing import typed
from bot.rehearsal.promises import Promise, judged

# News of this kind gives the reason to everybody who was refused for it before.
_COVERS = {
    "sold-out": ("sold-out",),
    "closed": ("closed", "sold-out"),
    "paused": ("paused",),
    "cancelled": ("cancelled",),
}
_JITTER = 1_000_000


def answered(case: Case) -> Promise:
    """A person is answered by a line that names them after they asked, or by one that speaks to all."""
    covering = _covering_lines(case)
    heard: defaultdict[Who, list[int]] = defaultdict(list)
    for told in case.told:
        heard[told.who].append(told.at)
    broken = []
    for who, asks in _by_person(case).items():
        for ask in asks:
            outcome = case.outcomes.get(ask.request)
            because = str(outcome.decision.get("because", "")) if outcome is not None else ""
            since = ask.at - (case.answer_gap + _JITTER if outcome is None or because else 0)
            named = any(at >= since for at in heard[who])
            covered = any(at >= ask.at and because in reasons for at, reasons in covering)
            if ask.plain and not named and not covered:
                broken.append(f"{case.name(who)} got no answer to “{ask.text}” ({ask.request}).")
    failed = [seen for seen in case.record if seen["kind"] == "interaction-failed"]
    broken += [f"{seen['name']} saw “This interaction failed”." for seen in failed]
    sentence = "Everybody who asks is answered: by name, or by a later line that gives the reason for all."
    return judged("answered", sentence, broken, f"{len(_by_person(case))} people who asked")


def _covering_lines(case: Case) -> list[tuple[int, tuple[str, ...]]]:
    """When a line spoke to everybody, and of which refusals; a line about a counted crowd covers any."""
    news = {row.reference: row.kind for row in case.ledger.news}
    lines = []
    for seen in case.bot_lines():
        kind = news.get(str(seen["data"].get("message_id", "")))
        if kind in _COVERS:
            lines.append((seen["at"], _COVERS[kind]))
        elif kind is None and "@" not in seen["text"] and case.claim_words[0] in seen["text"]:
            reasons = {str(outcome.decision.get("because", "")) for outcome in case.ledger.outcomes}
            lines.append((seen["at"], tuple(reasons - {""})))
    return lines


def _by_person(case: Case) -> dict[Who, list[Ask]]:
    found: defaultdict[Who, list[Ask]] = defaultdict(list)
    for ask in case.asks:
        found[ask.who].append(ask)
    return dict(found)


def winners_told(case: Case) -> Promise:
    told = {(each.who, each.drop, number) for each in case.told for number in each.numbers}
    broken = []
    for drop in case.drops:
        for number, who in case.granted.get(drop.key, []):
            if (who, drop.key, number) not in told:
                broken.append(f"{case.name(who)} holds {drop.title} #{number} and was never told.")
    granted = sum(len(each) for each in case.granted.values())
    sentence = "Every winner is told their own number, on the platform where they asked."
    return judged("winners-told", sentence, broken, f"{granted} winners")


def true_numbers(case: Case) -> Promise:
    """What was told must be in the ledger: in the entries, and in the units that should be their image."""
    units = {(unit.drop, unit.number): unit.person for unit in case.ledger.units}
    granted = {(drop, number): who for drop, given in case.granted.items() for number, who in given}
    broken = []
    for told in case.told:
        drop = case.drop(told.drop)
        for number in told.numbers:
            what = f"{case.name(told.who)} was told {drop.title if drop else '?'} #{number}"
            owner = granted.get((told.drop, number))
            if owner is None or (told.drop, number) not in units:
                broken.append(f"{what}, which the ledger does not hold.")
            elif owner != told.who:
                broken.append(f"{what}, which belongs to {case.name(owner)}: “{told.text}”")
            elif units[told.drop, number] != case.ledger.identities.get(owner):
                broken.append(f"{what}, which the ledger's units say is somebody else's.")
    counted = f"{sum(len(told.numbers) for told in case.told)} numbers told"
    sentence = "Every number that was told is in the ledger, and is that person's."
    return judged("true-numbers", sentence, broken, counted)


def consistent(case: Case) -> Promise:
    """Nobody was told more numbers of a drop than one person may have, no number was told to two people, and who
    has all they may have is not told anything else about that drop."""
    by_person: defaultdict[tuple[Who, str], set[int]] = defaultdict(set)
    by_number: defaultdict[tuple[str, int], set[Who]] = defaultdict(set)
    broken = []
    for told in case.told:
        drop = case.drop(told.drop)
        if drop is not None and not told.numbers and len(by_person[told.who, drop.key]) >= drop.per_person:
            broken.append(f"{case.name(told.who)} was told a number of {drop.title}, and then: “{told.text}”")
        for number in told.numbers:
            by_person[told.who, told.drop].add(number)
            by_number[told.drop, number].add(told.who)
    for (who, key), numbers in by_person.items():
        drop = case.drop(key)
        if drop is not None and len(numbers) > drop.per_person:
            broken.append(f"{case.name(who)} was told {len(numbers)} numbers of {drop.title}: {sorted(numbers)}.")
    for (key, number), people in by_number.items():
        if len(people) > 1:
            names = ", ".join(sorted(case.name(who) for who in people))
            broken.append(f"{key} #{number} was told to {len(people)} people: {names}.")
    sentence = "No two answers contradict each other."
    return judged("consistent", sentence, broken, f"{len(by_person)} people who were told a number")


def once(case: Case) -> Promise:
    """One answer per request: by the interaction on Discord, by count of a person's commands on Twitch."""
    requests = [seen["data"].get("interaction_id") for seen in case.record if seen["kind"] == "answer"]
    names = {seen["data"].get("interaction_id"): seen for seen in case.record if seen["kind"] in ("slash", "press")}
    broken = [
        f"{names[key]['name'] if key in names else key} was answered {count} times to one press."
        for key, count in Counter(requests).items()
        if count > 1
    ]
    asked = Counter(
        ("twitch", seen["author"])
        for seen in case.record
        if seen["platform"] == "twitch" and seen["kind"] == "chat" and typed(seen["text"]).startswith("!")
    )
    lines = {(told.who, told.at, told.text) for told in case.told if told.who[0] == "twitch"}
    for who, count in Counter(who for who, _, _ in lines).items():
        if count > asked[who]:
            broken.append(f"{case.name(who)} typed {asked[who]} commands and was answered {count} times.")
    return judged("once", "No request is answered twice.", broken, f"{len(requests) + len(lines)} answers")
