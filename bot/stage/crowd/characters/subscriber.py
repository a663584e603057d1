"""The subscriber pays for one of the three tiers, and asks as everybody does."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Looks, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

# Nearly everybody takes the first tier.
_TIERS = {"1000": 85, "2000": 9, "3000": 6}


def looks(dice: Random) -> Looks:
    (tier,) = dice.choices(list(_TIERS), list(_TIERS.values()))
    return Looks(tier=tier)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    seen = arrival(someone.dice, drop)
    wish = Say(claiming(someone.dice, scene, drop), instead=claiming_again(scene, drop))
    return [Act(opened(drop, seen), wish, unless_won=True)]


CHARACTER = Character("subscriber", 6, twitch, looks=looks)
