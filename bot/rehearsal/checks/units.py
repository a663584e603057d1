"""Supply, numbers, limits and windows: what was given away, by the ledger and by what people were told."""

from __future__ import annotations

from collections import Counter

from bot.rehearsal import oracle
from bot.rehearsal.evidence import Case, JudgedDrop
from bot.rehearsal.promises import Promise, judged


def supply(case: Case) -> Promise:
    broken = []
    for drop in case.drops:
        held = sum(unit.drop == drop.key for unit in case.ledger.units)
        by_claim = sum(unit.drop == drop.key and unit.how == "claim" for unit in case.ledger.units)
        told = {number for each in case.told if each.drop == drop.key for number in each.numbers}
        if held > drop.supply:
            broken.append(f"{drop.title}: the ledger holds {held} units of {drop.supply}.")
        if by_claim > drop.supply - drop.held_back:
            broken.append(f"{drop.title}: {by_claim} were claimed, though {drop.held_back} were to be kept back.")
        broken += [f"{drop.title}: somebody was told #{number}." for number in sorted(told) if number > drop.supply]
        announced = case.ledger.supplies.get(drop.key)
        if announced != drop.supply:
            broken.append(f"{drop.title}: the ledger has a supply of {announced}, not of {drop.supply}.")
    counted = ", ".join(_sold(case, drop) for drop in case.drops)
    return judged("supply", "Never more units than the supply, and the supply never grows.", broken, counted)


def _sold(case: Case, drop: JudgedDrop) -> str:
    return f"{drop.title}: {sum(unit.drop == drop.key for unit in case.ledger.units)} of {drop.supply}"


def numbers(case: Case) -> Promise:
    broken = []
    for drop in case.drops:
        found = sorted(unit.number for unit in case.ledger.units if unit.drop == drop.key)
        entered = sorted(number for number, _ in case.granted.get(drop.key, []))
        if found != list(range(1, len(found) + 1)):
            broken.append(f"{drop.title}: the units' numbers are {_shortened(found)}.")
        if found != entered:
            broken.append(f"{drop.title}: the entries give away {_shortened(entered)}, the units are others.")
    counted = f"{len(case.ledger.units)} units"
    return judged("numbers", "Numbers run from 1 without a gap or a repeat.", broken, counted)


def _shortened(found: list[int]) -> str:
    expected = set(range(1, len(found) + 1))
    repeated = [number for number, count in Counter(found).items() if count > 1]
    return f"1 to {max(found, default=0)}, missing {sorted(expected - set(found))}, repeated {repeated}"


def per_person(case: Case) -> Promise:
    broken = []
    for drop in case.drops:
        held = Counter(unit.person for unit in case.ledger.units if unit.drop == drop.key and unit.how == "claim")
        by_name = Counter(who for _, who in case.granted.get(drop.key, []))
        limit = drop.per_person
        broken += [
            f"{drop.title}: person {who} holds {count} units." for who, count in held.items() if count > limit
        ]
        broken += [
            f"{drop.title}: {case.name(who)} got {count} units." for who, count in by_name.items() if count > limit
        ]
    return judged(
        "per-person", "Nobody claims more than the limit per person.", broken, f"{len(case.names)} people looked at"
    )


def windows(case: Case) -> Promise:
    broken = [wrong for drop in case.drops for wrong in oracle.outside(case, drop)]
    late = sum(ask.who in case.names for ask in case.asks)
    return judged("windows", "Nothing is granted outside its window.", broken, f"{late} claims looked at")


def asked_for(case: Case) -> Promise:
    broken = [wrong for drop in case.drops for wrong in oracle.without_asking(case, drop)]
    granted = sum(len(each) for each in case.granted.values())
    sentence = "Every unit went to somebody who had asked for it, by that very request."
    return judged("asked-for", sentence, broken, f"{granted} grants traced to their claims")


def served(case: Case) -> Promise:
    broken = [wrong for drop in case.drops for wrong in oracle.held_back_from_askers(case, drop)]
    sentence = "While units were left, nobody who asked in time was turned away."
    return judged("served", sentence, broken, f"{len(case.asks)} claims replayed in order")
