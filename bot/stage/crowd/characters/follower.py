"""The follower has followed for years, or does so tonight to get in, a moment before asking."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Become, Standing
from bot.stage.crowd.characters import early_subscriber
from bot.stage.crowd.characters.character import Character, Looks, Someone, announced
from bot.stage.crowd.scene import Scene, StagedDrop

_OF_LONG_STANDING = 0.5
_DAYS = (400, 2000)


def looks(dice: Random) -> Looks:
    days = dice.randrange(*_DAYS) if dice.random() < _OF_LONG_STANDING else None
    return Looks(standing=Standing(follows_days=days))


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    """To follow once more changes nothing for somebody who does already."""
    acts = early_subscriber.twitch(someone, scene, drop)
    if drop == scene.drops[0]:
        acts.append(Act(announced(drop, someone.dice.uniform(0.5, 2.0)), Become("follower")))
    return acts


CHARACTER = Character("follower", 0, twitch, looks=looks, soon=2)
