"""The greedy one has a number and asks for more, in every way there is."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.characters.character import Character, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = random.uniform(0.1, 1.0)
    ways = [claiming(random, scene, drop), claiming_again(scene, drop), f"{scene.words.claim} {drop.title}"]
    return [Act(opened(drop, first + 1.7 * turn), Say(way)) for turn, way in enumerate(ways)]


def discord(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = random.uniform(0.3, 1.5)
    ways: list[Press | Slash] = [Press(drop.key), Press(drop.key), Slash("claim", drop.key)]
    return [Act(opened(drop, first + 1.3 * turn), way) for turn, way in enumerate(ways)]


CHARACTER = Character("greedy", 2, twitch, discord)
