"""The eager one cannot wait: asks a moment too early, and again as soon as it opens."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.characters.character import Character, claiming, claiming_again, opened, opens
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish, again = claiming(random, scene, drop), claiming_again(scene, drop)
    acts = []
    if random.random() < 0.4:
        acts.append(Act(opens(drop, -random.uniform(0.3, 2.5)), Say(wish, instead=again)))
    acts.append(Act(opened(drop, random.uniform(0.1, 2.0)), Say(wish, instead=again), unless_won=True))
    return acts


def discord(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    acts = []
    if random.random() < 0.4:
        acts.append(Act(opens(drop, -random.uniform(0.3, 2.5)), Slash("claim", drop.key)))
    acts.append(Act(opened(drop, random.uniform(0.3, 2.5)), Press(drop.key), unless_won=True))
    return acts


CHARACTER = Character("eager", 7, twitch, discord)
