"""Linked accounts: one human with two of them counts once."""

from __future__ import annotations

from collections.abc import Iterator

from bot.rehearsal.evidence import Case, JudgedDrop
from bot.rehearsal.linked import together
from bot.rehearsal.promises import Promise, judged, unchecked


def linked(case: Case) -> Promise:
    """By links that stand, or that were ended after the drop was announced: who parts their accounts then does not
    become two people for it."""
    sentence = "Two accounts that are linked are one person."
    if not case.links:
        return unchecked("identity", sentence, "Nobody had linked two accounts.")
    broken = list(_strangers(case))
    for drop in case.drops:
        broken += _too_many(case, drop)
    return judged("identity", sentence, broken, f"{len(case.links)} links")


def _strangers(case: Case) -> Iterator[str]:
    owners = {
        (str(seen["data"].get("platform")), str(seen["author"])): str(seen["data"].get("owner", ""))
        for seen in case.record
        if seen["kind"] == "joined"
    }
    for link in case.links:
        people = sorted(link.accounts)
        if len({owners.get(who) or str(who) for who in people}) > 1 and all(who in owners for who in people):
            names = " and ".join(case.name(who) for who in people)
            yield f"{names} were linked, and are two people (entry {link.number})."


def _too_many(case: Case, drop: JudgedDrop) -> Iterator[str]:
    announced = [
        entry.at for entry in case.ledger.entries if (entry.kind, entry.drop) == ("drop.announced", drop.key)
    ]
    since = announced[-1] if announced else 2**63
    holders: dict[int, tuple[str, str]] = {}
    for entry in case.ledger.entries:
        if entry.drop != drop.key:
            continue
        number = int(entry.public.get("number", 0))
        if entry.kind == "unit.voided":
            holders.pop(number, None)
        elif entry.kind == "unit.granted" and entry.public.get("how") == "claim" and entry.secret:
            who = (str(entry.secret.get("platform", "")), str(entry.secret.get("user", "")))
            people = together(case.links, who, entry.number, since)
            held = sum(holder in people for holder in holders.values())
            if len(people) > 1 and held >= drop.per_person:
                yield (
                    f"{case.name(who)} got {drop.title} #{number}, though the same person holds {held} already "
                    f"(entry {entry.number})."
                )
            holders[number] = who
