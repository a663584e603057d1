"""The founder was among the first to subscribe: the badge says founder, not subscriber, and may outlive that."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Looks, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

_LAPSED = 0.25


def looks(dice: Random) -> Looks:
    return Looks(badges=("founder",), tier="" if dice.random() < _LAPSED else "1000")


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    seen = arrival(someone.dice, drop)
    wish = Say(claiming(someone.dice, scene, drop), instead=claiming_again(scene, drop))
    return [Act(opened(drop, seen), wish)]


CHARACTER = Character("founder", 2, twitch, looks=looks)
