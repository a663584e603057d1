"""The impatient one asks in the early window without being entitled to, and again when everybody is let in."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.arrivals import arrival, early_arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, early, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    wish, again = claiming(dice, scene, drop), claiming_again(scene, drop)
    return [
        Act(early(drop, early_arrival(dice, drop)), Say(wish, instead=again)),
        Act(opened(drop, arrival(dice, drop)), Say(again), unless_won=True),
    ]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    return [
        Act(early(drop, early_arrival(dice, drop)), Press(drop.key)),
        Act(opened(drop, arrival(dice, drop)), Press(drop.key), unless_won=True),
    ]


CHARACTER = Character("impatient", 0, twitch, discord, soon=2)
