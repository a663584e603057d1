"""The one with alts has two or three accounts, and asks by hand with one after the other."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def _moment(someone: Someone, drop: StagedDrop) -> float:
    """To change over takes a few seconds, less where there is little time."""
    first = arrival(someone.owners_dice(drop.key), drop)
    return first + someone.number * someone.dice.uniform(0.8, 1.2) * min(4.0, drop.seconds / 10)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = claiming(someone.owners_dice("words"), scene, drop)
    return [Act(opened(drop, _moment(someone, drop)), Say(wish, instead=claiming_again(scene, drop)))]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [Act(opened(drop, _moment(someone, drop)), Press(drop.key))]


CHARACTER = Character("alts", 2, twitch, discord, soon=2, accounts=3)
