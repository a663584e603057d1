"""Who comes and what they do: the same seed writes the same scripts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random

from bot.stage.crowd.acts import NOTHING_SPECIAL, Act, Anchor, Person
from bot.stage.crowd.characters import Character
from bot.stage.crowd.characters.character import Someone
from bot.stage.crowd.deal import HUNDRED, deal
from bot.stage.crowd.names import name_of
from bot.stage.crowd.scene import Scene, Staged
from bot.stage.record import SECOND


def plan(
    seed: int, viewers: int, discord_viewers: int, scene: Scene, shares: Mapping[str, int] | None = None
) -> tuple[Person, ...]:
    """Scripts for so many people on each platform. `shares` says how many of a hundred are of a character (see
    docs/crowd.md); raises ValueError for a name that is not known, with the nearest that is."""
    people = [*_people(seed, "twitch", viewers, scene, shares)]
    people += _people(seed, "discord", discord_viewers, scene, shares)
    return tuple(people)


def digest(people: Iterable[Person]) -> str:
    """Twelve hexadecimal digits that differ when anything about these people or their scripts does."""
    found = hashlib.sha256()
    for person in people:
        found.update(repr(person).encode("utf-8", "surrogatepass"))
        if person.standing != NOTHING_SPECIAL:
            found.update(repr(person.standing).encode())
    return found.hexdigest()[:12]


def _people(
    seed: int, platform: str, size: int, scene: Scene, shares: Mapping[str, int] | None
) -> Iterator[Person]:
    """A person's dice depend on the seed, the platform and the place in the crowd, on nobody else."""
    met: Counter[str] = Counter()
    for index, character in enumerate(deal(seed, platform, size, shares)):
        owner, number = _owner(character, platform, index // HUNDRED, met)
        login, name = name_of(seed, platform, index, owner)
        someone = Someone(seed, login, Random(f"{seed}:{platform}:{index}"), owner, number)
        looks = character.looks(someone.dice)
        script = character.twitch if platform == "twitch" else character.discord
        acts = [act for drop in scene.drops for act in script(someone, scene, drop)] if script else []
        voting = character.twitch_poll if platform == "twitch" else character.discord_poll
        acts += [act for poll in scene.polls for act in voting(someone, scene, poll)] if voting else []
        yield Person(
            platform,
            login,
            name,
            character.name,
            in_order(acts, scene),
            badges=looks.badges,
            tier=looks.tier,
            home=looks.home,
            owner=owner,
            standing=looks.standing,
        )


def _owner(character: Character, platform: str, hundred: int, met: Counter[str]) -> tuple[str, int]:
    """Whose account this is, "" when they have no other, and which of the owner's accounts."""
    among = character.name if character.everywhere else f"{character.name}-{platform}-{hundred}"
    nth = met[among]
    met[among] += 1
    if character.everywhere:
        return f"{among}-{nth}", 0
    owned, number = divmod(nth, character.accounts)
    return (f"{among}-{owned}", number) if character.accounts > 1 else ("", 0)


def in_order(acts: Sequence[Act], scene: Scene) -> tuple[Act, ...]:
    """By the moment an act is meant to happen if all goes as advertised."""
    if len(acts) < 2:
        return tuple(acts)
    bases = {(each.key, anchor): _base(each, anchor) for each in scene.everything for anchor in Anchor}
    return tuple(sorted(acts, key=lambda act: bases[act.cue.drop, act.cue.anchor] + act.cue.after))


def _base(drop: Staged, anchor: Anchor) -> float:
    """Seconds since the epoch; nobody knows when a reminder comes, so half-way is as good as any."""
    match anchor:
        case Anchor.ANNOUNCED:
            at = drop.announces_at
        case Anchor.EARLY:
            at = drop.begins_at
        case Anchor.OPENS | Anchor.OPENED:
            at = drop.opens_at
        case Anchor.REMINDED:
            at = (drop.opens_at + drop.closes_at) // 2
        case Anchor.CLOSES:
            at = drop.closes_at
    return at / SECOND
