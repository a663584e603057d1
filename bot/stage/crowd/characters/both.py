"""The one who is on both platforms types on Twitch and presses on Discord for the same unit, some at one moment."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

_AT_ONE_MOMENT = 0.3


def _first(someone: Someone, drop: StagedDrop) -> tuple[float, float]:
    """When they ask on Twitch, and how much later on Discord: the same, seen from either account."""
    dice = someone.owners_dice(drop.key)
    at_once = dice.random() < _AT_ONE_MOMENT
    return arrival(dice, drop), 0.0 if at_once else dice.uniform(0.5, 3.0)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first, _ = _first(someone, drop)
    wish = claiming(someone.dice, scene, drop)
    return [Act(opened(drop, first), Say(wish, instead=claiming_again(scene, drop)))]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first, later = _first(someone, drop)
    return [Act(opened(drop, first + later), Press(drop.key))]


CHARACTER = Character("both", 2, twitch, discord, everywhere=True)
