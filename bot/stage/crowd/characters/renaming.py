"""The renaming one asks, takes another name, and asks again: still one person, in this drop and the next."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Rename, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def _renaming(someone: Someone, scene: Scene, drop: StagedDrop, first: float) -> list[Act]:
    """Once in an evening, in the first drop: the platforms allow it seldom."""
    if drop != scene.drops[0]:
        return []
    renamed = Rename(f"not_{someone.login}", f"NOT_{someone.login}")
    return [Act(opened(drop, first + someone.dice.uniform(0.4, 0.8)), renamed)]


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    return [
        Act(opened(drop, first), Say(claiming(someone.dice, scene, drop))),
        *_renaming(someone, scene, drop, first),
        Act(opened(drop, first + 1.5), Say(claiming_again(scene, drop))),
    ]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    return [
        Act(opened(drop, first), Press(drop.key)),
        *_renaming(someone, scene, drop, first),
        Act(opened(drop, first + 1.5), Press(drop.key)),
    ]


CHARACTER = Character("renaming", 2, twitch, discord)
