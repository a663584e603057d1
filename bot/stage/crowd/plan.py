"""Who comes and what they do: the same seed writes the same scripts."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bot.stage.crowd.acts import Act, Anchor, Person
from bot.stage.crowd.characters import LURKER, WANTING, Character
from bot.stage.crowd.names import Names
from bot.stage.crowd.scene import Scene

_LURKERS_EVERY = 12


def plan(seed: int, viewers: int, discord_viewers: int, scene: Scene) -> tuple[Person, ...]:
    """Scripts for so many people who want a unit on each platform; a few lurkers on Twitch come on top."""
    names = Names()
    people = [_person("twitch", names, seed, index, each, scene) for index, each in _deck(seed, "twitch", viewers)]
    fans = _deck(seed, "discord", discord_viewers)
    people += [_person("discord", names, seed, index, each, scene) for index, each in fans]
    lurkers = range(viewers, viewers + viewers // _LURKERS_EVERY)
    people += [_person("twitch", names, seed, index, LURKER, scene) for index in lurkers]
    return tuple(people)


def _deck(seed: int, platform: str, size: int) -> list[tuple[int, Character]]:
    """Characters in a fixed mixture, shuffled: even a small crowd has some of each."""
    cards = [character for character in WANTING for _ in range(character.share)]
    dealt: list[Character] = []
    random = Random(f"{seed}:{platform}:deck")
    while len(dealt) < size:
        random.shuffle(cards)
        dealt += cards
    return list(enumerate(dealt[:size]))


def _person(platform: str, names: Names, seed: int, index: int, character: Character, scene: Scene) -> Person:
    random = Random(f"{seed}:{platform}:{index}")
    on_twitch = platform == "twitch"
    login, name = names.on_twitch(random) if on_twitch else names.on_discord(random)
    script = character.twitch if on_twitch else character.discord
    acts = [act for drop in scene.drops for act in script(random, scene, drop)]
    return Person(platform, login, name, character.name, in_order(acts, scene))


def in_order(acts: Sequence[Act], scene: Scene) -> tuple[Act, ...]:
    """By the moment an act is meant to happen if all goes as advertised."""

    def meant_at(act: Act) -> float:
        drop = scene.drop(act.cue.drop)
        match act.cue.anchor:
            case Anchor.ANNOUNCED:
                base = drop.announces_at
            case Anchor.CLOSES:
                base = drop.closes_at
            case _:
                base = drop.opens_at
        return base / 1_000_000 + act.cue.after

    return tuple(sorted(acts, key=meant_at))
