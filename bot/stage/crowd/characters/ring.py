"""The ring is many accounts of one owner, moved by one program: the same words within the same 200 ms."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.characters.character import Character, Someone, claiming, opened
from bot.stage.crowd.scene import Scene, StagedDrop

TOGETHER_SECONDS = 0.2


def _moment(someone: Someone, drop: StagedDrop) -> float:
    reaction = someone.owners_dice(drop.key).uniform(0.02, 0.3)
    return reaction + someone.dice.uniform(0.0, TOGETHER_SECONDS)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = claiming(someone.owners_dice("words"), scene, drop)
    return [Act(opened(drop, _moment(someone, drop)), Say(wish))]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [Act(opened(drop, _moment(someone, drop)), Press(drop.key))]


CHARACTER = Character("ring", 3, twitch, discord, soon=3, accounts=100)
