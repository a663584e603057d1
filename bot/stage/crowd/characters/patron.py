"""The patron has a role on Discord that lets in early; from some it is taken away in the middle of that."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, NoLonger, Press, Standing
from bot.stage.crowd.arrivals import arrival, early_arrival
from bot.stage.crowd.characters.character import Character, Looks, Someone, early, opened
from bot.stage.crowd.scene import Scene, StagedDrop

ROLE = "patron"
_BOOSTS, _LOSES_IT = 0.3, 0.25
_DAYS = (30, 700)


def looks(dice: Random) -> Looks:
    boosts, days = dice.random() < _BOOSTS, dice.randrange(*_DAYS)
    return Looks(standing=Standing(roles=(ROLE,), boosts=boosts, joined_days=days))


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    acts = [Act(early(drop, early_arrival(dice, drop)), Press(drop.key))]
    if drop == scene.drops[0] and dice.random() < _LOSES_IT:
        acts.append(Act(early(drop, 0.3 * (drop.early_seconds or drop.seconds)), NoLonger(f"role:{ROLE}")))
    return [*acts, Act(opened(drop, arrival(dice, drop)), Press(drop.key), unless_won=True)]


CHARACTER = Character("patron", 0, discord=discord, looks=looks, soon=3)
