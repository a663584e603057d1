"""The repeating one sends the same again at once; Twitch swallows that, so they find other words."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = Say(f"{scene.words.claim} {drop.key}", instead=claiming_again(scene, drop))
    first = arrival(someone.dice, drop)
    again = first + someone.dice.uniform(0.2, 1.2)
    return [Act(opened(drop, at), wish) for at in (first, again)]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    again = first + someone.dice.uniform(0.05, 0.5)
    return [Act(opened(drop, at), Press(drop.key)) for at in (first, again)]


CHARACTER = Character("repeating", 4, twitch, discord)
