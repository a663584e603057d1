"""The lapsing one's subscription ends in the middle of the first early window; half ask before that, half after."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, NoLonger, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Looks, Someone, claiming, claiming_again, early, opened
from bot.stage.crowd.scene import Scene, StagedDrop

# In parts of the early window.
_ENDS, _BEFORE, _AFTER = 0.45, (0.05, 0.35), (0.55, 0.85)


def looks(dice: Random) -> Looks:
    return Looks(tier="1000")


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice, seconds = someone.dice, drop.early_seconds or drop.seconds
    wish = Say(claiming(dice, scene, drop), instead=claiming_again(scene, drop))
    asks = dice.uniform(*(_BEFORE if dice.random() < 0.5 else _AFTER))
    acts = [Act(early(drop, asks * seconds), wish)]
    if drop == scene.drops[0]:
        acts.append(Act(early(drop, _ENDS * seconds), NoLonger("subscriber")))
    again = Say(claiming_again(scene, drop))
    return [*acts, Act(opened(drop, arrival(dice, drop)), again, unless_won=True)]


CHARACTER = Character("lapsing", 0, twitch, looks=looks, soon=2)
