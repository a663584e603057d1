"""What every character has: a name, how common it is, and a script for each platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bot.stage.crowd.acts import Act, Anchor, Cue
from bot.stage.crowd.scene import Scene, StagedDrop

Script = Callable[[Random, Scene, StagedDrop], list[Act]]


@dataclass(frozen=True, slots=True)
class Character:
    """`share` is how many of twenty people are like this; a script is written for one drop at a time."""

    name: str
    share: int
    twitch: Script
    discord: Script


def claiming(random: Random, scene: Scene, drop: StagedDrop) -> str:
    """How somebody asks for a unit: by name, or without one where there is only one drop."""
    if len(scene.drops) == 1 and random.random() < 0.4:
        return scene.words.claim
    return f"{scene.words.claim} {drop.key}"


def claiming_again(scene: Scene, drop: StagedDrop) -> str:
    """The same wish in other letters, for when Twitch swallows a repeated line."""
    return f"{scene.words.claim_again} {drop.key}"


def opened(drop: StagedDrop, seconds: float) -> Cue:
    return Cue(drop.key, Anchor.OPENED, round(seconds, 3))


def opens(drop: StagedDrop, seconds: float) -> Cue:
    return Cue(drop.key, Anchor.OPENS, round(seconds, 3))
