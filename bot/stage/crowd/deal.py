"""Who is of which character: so many of every hundred, and some of each already among the first few.

Every character takes its places in a hundred by dice of its own, one after the other, and whoever is left is eager.
So a character that is new takes places from the eager alone, and nobody else becomes somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from random import Random

from bot.stage.crowd.characters import CHARACTERS, EAGER, Character

HUNDRED = 100
# Among so many first viewers there is one of each, so that a small crowd has variety.
_SOON = {"twitch": 30, "discord": 20}


def deal(seed: int, platform: str, size: int, shares: Mapping[str, int] | None = None) -> list[Character]:
    """The characters of the first `size` people on a platform. Raises ValueError; see `mixture`."""
    mixed = mixture(platform, shares or {})
    dealt: list[Character] = []
    for hundred in range(-(-size // HUNDRED)):
        dealt += _hundred(f"{seed}:{platform}:{hundred}", _SOON[platform], mixed)
    return dealt[:size]


def mixture(platform: str, shares: Mapping[str, int]) -> dict[Character, int]:
    """How many of a hundred people on a platform are of each character.

    Those named in `shares` are exactly so many, where they can be on this platform. The others keep their own share
    and the eager make up the hundred; where there is no room for that, or no eager ones to do it, the others have
    what is left in their usual proportions.

    Raises ValueError for a name that is not known, and for shares that are negative or more than a hundred."""
    _check(shares)
    present = [each for each in CHARACTERS if (each.twitch if platform == "twitch" else each.discord) is not None]
    mixed = {each: shares[each.name] for each in present if each.name in shares}
    others = [each for each in present if each.name not in shares and each is not EAGER]
    room, usual = HUNDRED - sum(mixed.values()), sum(each.share for each in others)
    if usual > room or EAGER in mixed:
        mixed |= _in_proportion(others, room, usual)
    else:
        mixed |= {each: each.share for each in others}
    left = HUNDRED - sum(mixed.values())
    return {each: mixed.get(each, 0) for each in present} | {EAGER: mixed.get(EAGER, 0) + left}


def _check(shares: Mapping[str, int]) -> None:
    known = [each.name for each in CHARACTERS]
    for name, share in shares.items():
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
            raise ValueError(f"Nobody in the crowd is {name!r}: {advice}")
        if share < 0:
            raise ValueError(f"The share of {name!r} is {share}: it is from 0 to {HUNDRED}.")
    if sum(shares.values()) > HUNDRED:
        raise ValueError(f"The shares of the crowd are {sum(shares.values())} together, more than {HUNDRED}.")


def _in_proportion(others: list[Character], room: int, usual: int) -> dict[Character, int]:
    """The room shared out by usual share, whole people only; the largest remainders are rounded up."""
    if not usual:
        return {}
    mixed = {each: each.share * room // usual for each in others}
    by_remainder = sorted(others, key=lambda each: -(each.share * room % usual))
    for each in by_remainder[: room - sum(mixed.values())]:
        mixed[each] += 1
    return mixed


def _hundred(dice: str, soon: int, mixed: Mapping[Character, int]) -> list[Character]:
    places: list[Character | None] = [None] * HUNDRED
    for character, share in mixed.items():
        if character is EAGER or not share:
            continue
        order = Random(f"{dice}:{character.name}").sample(range(HUNDRED), HUNDRED)
        early = [place for place in order if place < soon]
        later = [place for place in order if place >= soon]
        first = [place for place in early if places[place] is None][: min(share, character.soon)]
        rest = [place for place in (*later, *early) if places[place] is None and place not in first]
        for place in (*first, *rest)[:share]:
            places[place] = character
    return [each or EAGER for each in places]
