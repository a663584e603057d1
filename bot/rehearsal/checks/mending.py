"""What only a bad night can show: nothing is forgotten in a crash, and one platform never silences the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.rehearsal.counting import counted
from bot.rehearsal.evidence import Case, Who
from bot.rehearsal.figures.answers import How, Wait, waits
from bot.rehearsal.figures.healing import healings
from bot.rehearsal.moments import SECOND
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.rehearsal.trouble import Trouble

# An answer that has waited longer, beyond the gap that chat keeps between two answers, was held up.
_HELD_UP_SECONDS = 15.0


def crash(case: Case) -> Promise:
    """Numbers told before each crash are compared with the ledger, and with what the same people heard later."""
    sentence = "What was answered is there after a crash, and a retry gets the same answer."
    crashes = [trouble for trouble in case.struck if trouble.is_restart]
    if not crashes:
        return unchecked("crash", sentence, "Nothing crashed.")
    held: defaultdict[tuple[Who, str], set[int]] = defaultdict(set)
    for drop, given in case.granted.items():
        for number, who in given:
            held[who, drop].add(number)
    before, after = _split(case, crashes[-1].begins_at)
    broken = [
        f"{case.name(who)} was told {_numbers(numbers)} before the bot went down; the ledger has {_numbers(kept)}."
        for (who, drop), numbers in before.items()
        # What one account holds its linked one is told as its own.
        if not numbers <= (kept := {number for each in case.person(who) for number in held[each, drop]})
    ]
    for (who, drop), told in after.items():
        known = before.get((who, drop), set())
        judged_drop = case.drop(drop)
        if known and judged_drop and len(known) >= judged_drop.per_person and told - known:
            broken.append(
                f"{case.name(who)} was told {_numbers(known)} before the bot went down and {_numbers(told)} after."
            )
    again = sum(key in before for key in after)
    numbers = sum(len(each) for each in before.values())
    retold = f"{counted(numbers, 'number')} told before, {counted(again, 'person', 'people')} told the same later"
    return judged("crash", sentence, broken, f"{counted(len(crashes), 'restart')}: {retold}")


NumbersTold = dict[tuple[Who, str], set[int]]
"""By person and drop."""


def _split(case: Case, at: int) -> tuple[NumbersTold, NumbersTold]:
    """The numbers that people were told before and after an instant."""
    before: defaultdict[tuple[Who, str], set[int]] = defaultdict(set)
    after: defaultdict[tuple[Who, str], set[int]] = defaultdict(set)
    for told in case.told:
        if told.numbers:
            (before if told.at < at else after)[told.who, told.drop].update(told.numbers)
    return dict(before), dict(after)


def _numbers(numbers: set[int]) -> str:
    return ", ".join(f"#{number}" for number in sorted(numbers)) or "nothing"


def outage(case: Case) -> Promise:
    """While one platform is away, claims on the other are answered as ever."""
    sentence = "A platform that is down never silences the other one."
    outages = [trouble for trouble in case.struck if trouble.is_outage]
    if not outages:
        return unchecked("outage", sentence, "Both platforms were up.")
    all_waits = waits(case)
    broken, looked_at = [], 0
    for healing in healings(case, all_waits):
        if healing.trouble in outages:
            for wait in _meanwhile(case, healing.trouble, healing.healed_at, all_waits):
                looked_at += 1
                if _held_up(case, wait):
                    broken.append(_held_up_sentence(case, healing.trouble, wait))
    if not looked_at:
        return unchecked("outage", sentence, "Nobody asked on the other platform meanwhile.")
    counted = f"{looked_at} claims on the other platform in {len(outages)} outages"
    return judged("outage", sentence, broken, counted)


def _meanwhile(case: Case, trouble: Trouble, healed_at: int | None, all_waits: tuple[Wait, ...]) -> Iterator[Wait]:
    """Claims on the other platform between the fault and its healing, which nothing else disturbed."""
    end = healed_at or trouble.ends_at
    others = [other for other in case.struck if other is not trouble and other.where != trouble.where]
    for wait in all_waits:
        ask = wait.ask
        if ask.who[0] == trouble.where or not trouble.begins_at <= ask.at <= end or not ask.heard or not ask.plain:
            continue
        if not any(other.disturbs(ask.at) for other in others):
            yield wait


def _held_up(case: Case, wait: Wait) -> bool:
    if wait.seconds is None:
        return wait.how is How.NOBODY
    return wait.seconds > _HELD_UP_SECONDS + (case.answer_gap / SECOND if wait.ask.who[0] == "twitch" else 0)


def _held_up_sentence(case: Case, trouble: Trouble, wait: Wait) -> str:
    waited = "got no answer" if wait.seconds is None else f"waited {wait.seconds:.1f} s"
    return f"{case.name(wait.ask.who)} {waited} while {trouble.text or trouble.name} ({wait.ask.request})."


def healed(case: Case) -> Promise:
    sentence = "After each fault the bot works again."
    if not case.struck:
        return unchecked("healed", sentence, "Nothing went wrong.")
    found = [each for each in healings(case, waits(case)) if not each.trouble.skipped]
    broken = [f"{each.trouble.name}: {each.sentence}." for each in found if each.seconds is None and each.asked]
    slowest = max((each.seconds for each in found if each.seconds is not None), default=0.0)
    return judged("healed", sentence, broken, f"{len(found)} faults, the slowest healed in {slowest:.1f} s")
