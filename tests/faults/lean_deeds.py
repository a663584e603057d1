"""What a crowd and its moderator ask of a ledger, drawn from a seed: claims, repeats, gifts, undos and pauses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

CROWD = 400
ASKERS = 6
# A pair of drops lasts for so many lives, then the next pair is planned.
LIVES_PER_SERIES = 5


@dataclass(frozen=True)
class Deed:
    """One request: who asks what about which drop. Asked again it is the same request."""

    request: str
    what: str
    who: str = "mia"
    drop: str = ""
    receiver: str = ""


def series_of(life: int) -> tuple[str, str]:
    """The drops of this life: one with a unit each, one with two each and some held back."""
    series = life // LIVES_PER_SERIES
    return f"mug-{series}", f"pin-{series}"


def opening_deeds(life: int) -> list[Deed]:
    """What the moderator does first: planned once a series, opened and resumed where it is not."""
    deeds = []
    for drop in series_of(life):
        deeds.append(Deed(f"plan:{drop}", "plan", drop=drop))
        deeds += [Deed(f"{life}:{what}:{drop}", what, drop=drop) for what in ("open", "resume")]
    return deeds


def asked_by_crowd(seed: int, life: int, asker: int) -> Iterator[list[Deed]]:
    """Without end: groups of claims that come at the same moment, now and then one of them twice."""
    chance = random.Random(f"{seed}:{life}:{asker}")
    drops = series_of(life)
    asked: list[Deed] = []
    number = 0
    while True:
        group = []
        for _ in range(1 if chance.random() < 0.6 else chance.randint(2, 10)):
            number += 1
            who = f"v{chance.randrange(CROWD)}"
            drop = "" if chance.random() < 0.05 else chance.choice(drops)
            group.append(Deed(f"{life}:{asker}:{number}", "claim", who, drop))
        if asked and chance.random() < 0.2:
            group.append(chance.choice(asked))
        if chance.random() < 0.1:
            group.append(group[0])
        asked = [*asked[-20:], *group]
        yield group


def asked_by_moderator(seed: int, life: int) -> Iterator[list[Deed]]:
    """Without end: gifts, some taken back at once, and pauses that are ended again."""
    chance = random.Random(f"{seed}:{life}:moderator")
    drops = series_of(life)
    number = 0
    while True:
        number += 1
        drop = chance.choice(drops)
        name = f"{life}:moderator:{number}"
        if chance.random() < 0.7:
            yield [Deed(f"{name}:give", "give", drop=drop, receiver=f"v{chance.randrange(CROWD)}")]
            if chance.random() < 0.5:
                yield [Deed(f"{name}:undo", "undo")]
        else:
            yield [Deed(f"{name}:pause", "pause", drop=drop)]
            yield [Deed(f"{name}:resume", "resume", drop=drop)]
