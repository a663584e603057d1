"""The greedy one has a number and asks for more, in every way there is."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    ways = [
        claiming(someone.dice, scene, drop),
        claiming_again(scene, drop),
        f"{scene.words.claim} {drop.title}",
    ]
    return [Act(opened(drop, first + 1.7 * turn), Say(way)) for turn, way in enumerate(ways)]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    ways: list[Press | Slash] = [Press(drop.key), Press(drop.key), Slash("claim", drop.key)]
    return [Act(opened(drop, first + 1.3 * turn), way) for turn, way in enumerate(ways)]


CHARACTER = Character("greedy", 4, twitch, discord)
