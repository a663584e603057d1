"""The guest chats in another channel that shares its chat with ours tonight: asks there, and gets nothing here."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Looks, Someone, announced, claiming, opened
from bot.stage.crowd.scene import Scene, StagedDrop

HOME = "neighbour_tv"


def looks(dice: Random) -> Looks:
    return Looks(home=HOME)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    hello = someone.dice.choice(("hi from next door", "what is a drop?", "hallo nebenan", "ciao a tutti"))
    wish = claiming(someone.dice, scene, drop)
    return [
        Act(announced(drop, someone.dice.uniform(0.2, 2.5)), Say(hello)),
        Act(opened(drop, arrival(someone.dice, drop)), Say(wish)),
    ]


CHARACTER = Character("guest", 2, twitch, looks=looks)
