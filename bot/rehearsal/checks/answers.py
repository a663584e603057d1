"""Who was told what: everybody is answered, once, and what they are told is what the ledger holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.rehearsal import oracle
from bot.rehearsal.evidence import Case, Told, Who
from bot.rehearsal.figures.answers import How, waits
from bot.rehearsal.figures.healing import Healing, healings
from bot.rehearsal.hearing import typed
from bot.rehearsal.promises import Promise, judged
from bot.rehearsal.votes import is_refused_vote
from bot.stage.record import SeenLine

# A press gets its failure shown this long after it, in microseconds.
_PRESS_FAILS_AFTER = 3_500_000
# So long after a restart the answers come that it has held up.
_BELATED = 15_000_000


def answered(case: Case) -> Promise:
    """A person is answered by a line that names them after they asked, or by one that speaks to all; who pressed
    while the bot or Discord was gone on purpose is answered by Discord itself, at once and visibly."""
    failed = [seen for seen in case.record if seen["kind"] == "interaction-failed"]
    all_waits, shelf = waits(case), oracle.Shelf(case)
    broken, unheard = [], 0
    for wait in all_waits:
        ask = wait.ask
        unheard += not ask.heard
        if wait.how is not How.NOBODY or not ask.plain:
            continue
        # What reached nobody while there was nothing to claim has its reason standing in the chat.
        if ask.heard or shelf.had_something_for(ask):
            broken.append(f"{case.name(ask.who)} got no answer to “{ask.text}” ({ask.request}).")
    faults = [each for each in healings(case, all_waits) if not each.trouble.skipped]
    broken += [f"{seen['name']} saw “This interaction failed”." for seen in failed if not _excused(seen, faults)]
    sentence = "Everybody who asks is answered: by name, or by a later line that gives the reason for all."
    people = len({ask.who for ask in case.asks})
    counted = f"{people} people who asked" + (f"; {unheard} claims reached nobody" if unheard else "")
    return judged("answered", sentence, broken, counted)


def _excused(failed: SeenLine, faults: Sequence[Healing]) -> bool:
    pressed_at = failed["at"] - _PRESS_FAILS_AFTER
    return any(
        each.trouble.strikes("discord")
        and pressed_at <= (each.healed_at or each.trouble.ends_at) + _PRESS_FAILS_AFTER
        and failed["at"] >= each.trouble.begins_at
        for each in faults
    )


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
            where = f"(line {told.line})"
            owner = granted.get((told.drop, number))
            if owner is None or (told.drop, number) not in units:
                broken.append(f"{what}, which the ledger does not hold {where}.")
            elif owner not in case.person(told.who):
                broken.append(f"{what}, which belongs to {case.name(owner)}: “{told.text}” {where}")
            elif units[told.drop, number] != case.ledger.identities.get(owner):
                broken.append(f"{what}, which the ledger's units say is somebody else's {where}.")
    counted = f"{sum(len(told.numbers) for told in case.told)} numbers told"
    sentence = "Every number that was told is in the ledger, and is that person's."
    return judged("true-numbers", sentence, broken, counted)


def consistent(case: Case) -> Promise:
    """Nobody was told more numbers of a drop than one person may have, no number was told to two people, and who
    has all they may have is not told anything else about that drop. Linked accounts are one person."""
    by_person: defaultdict[tuple[Who, str], set[int]] = defaultdict(set)
    by_number: defaultdict[tuple[str, int], dict[frozenset[Who], Who]] = defaultdict(dict)
    broken = []
    for told in case.told:
        drop = case.drop(told.drop)
        # What a restart had left untold, or not noted as told, comes late and in no order.
        belated = case.restarted_between(told.at - _BELATED, told.at)
        has_all = drop is not None and len(by_person[told.who, drop.key]) >= drop.per_person
        if drop is not None and has_all and not told.numbers and not belated:
            later = f"“{told.text}” (line {told.line})"
            broken.append(f"{case.name(told.who)} was told a number of {drop.title}, and then: {later}")
        for number in told.numbers:
            by_person[told.who, told.drop].add(number)
            by_number[told.drop, number].setdefault(case.person(told.who), told.who)
    for (who, key), numbers in by_person.items():
        drop = case.drop(key)
        if drop is not None and len(numbers) > drop.per_person:
            broken.append(f"{case.name(who)} was told {len(numbers)} numbers of {drop.title}: {sorted(numbers)}.")
    for (key, number), people in by_number.items():
        if len(people) > 1:
            names = ", ".join(sorted(case.name(who) for who in people.values()))
            broken.append(f"{key} #{number} was told to {len(people)} people: {names}.")
    told_one = sum(bool(numbers) for numbers in by_person.values())
    sentence = "No two answers contradict each other."
    return judged("consistent", sentence, broken, f"{told_one} people who were told a number")


def once(case: Case) -> Promise:
    """One answer per request: by the interaction on Discord, by count of a person's commands on Twitch."""
    requests = [seen["data"].get("interaction_id") for seen in case.record if seen["kind"] == "answer"]
    names = {seen["data"].get("interaction_id"): seen for seen in case.record if seen["kind"] in ("slash", "press")}
    # Whoever was told to wait is answered once more, when there is an answer.
    waited = Counter(each.ask.request for each in case.kept_waiting)
    waited.update(_votes_that_waited(case))
    broken = [
        f"{names[key]['name'] if key in names else key} was answered {count} times to one press."
        for key, count in Counter(requests).items()
        if count > 1 + waited[f"discord:{key}"]
    ]
    asked = Counter(
        ("twitch", seen["author"])
        for seen in case.record
        if seen["platform"] == "twitch"
        and seen["kind"] == "chat"
        and (typed(seen["text"]).startswith("!") or is_refused_vote(case, seen))
        # A guest's chat is another channel's.
        and not seen["data"].get("shared_from")
    )
    asked.update(each.ask.who for each in case.kept_waiting if each.ask.who[0] == "twitch")
    lines = {(told.who, told.at, told.text) for told in once_each(case) if told.who[0] == "twitch"}
    for who, count in Counter(who for who, _, _ in lines).items():
        if count > asked[who]:
            broken.append(f"{case.name(who)} typed {asked[who]} commands and was answered {count} times.")
    return judged("once", "No request is answered twice.", broken, f"{len(requests) + len(lines)} answers")


def _votes_that_waited(case: Case) -> set[str]:
    """Presses that were decided after whoever pressed was told to wait."""
    found = set()
    for seen in case.record:
        outcome = case.outcomes.get(f"discord:{seen['data'].get('interaction_id')}")
        is_vote = outcome is not None and outcome.kind.startswith("vote.")
        if seen["kind"] == "answer" and outcome is not None and is_vote and seen["at"] < case.on_stage(outcome.at):
            found.add(outcome.request)
    return found


def once_each(case: Case) -> list[Told]:
    """What was told, without what was told again because a restart lay between: nobody could know whether the first
    line had come out, and better twice than never."""
    last: dict[tuple[Who, str, tuple[int, ...]], Told] = {}
    kept = []
    for told in case.told:
        key = (told.who, told.drop, told.numbers)
        before = last.get(key)
        last[key] = told
        if before is None or not (case.restarted_between(before.at, told.at) and _is_same(case, before, told)):
            kept.append(told)
    return kept


def _is_same(case: Case, before: Told, told: Told) -> bool:
    """Whether two answers say the same, whoever else shares their lines. A refusal that comes late is told as
    things stand by then: "it opens at nine" becomes "it is open now"."""
    if told.numbers or told.text.rpartition(": ")[2] == before.text.rpartition(": ")[2]:
        return True
    turns = (case.on_stage(entry.at) for entry in case.ledger.entries if (entry.drop, entry.kind) in _turns(told))
    return any(before.at < at <= told.at for at in turns)


def _turns(told: Told) -> set[tuple[str, str]]:
    return {
        (told.drop, f"drop.{turn}") for turn in ("opened", "public", "paused", "resumed", "closed", "cancelled")
    }
