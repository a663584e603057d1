"""The early subscriber pays for one of the three tiers, or was given it, and comes when the early window opens."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say, Standing
from bot.stage.crowd.arrivals import arrival, early_arrival
from bot.stage.crowd.characters.character import (
    Character,
    Looks,
    Someone,
    claiming,
    claiming_again,
    early,
    opened,
)
from bot.stage.crowd.scene import Scene, StagedDrop

TIERS = ("1000", "2000", "3000")
_GIVEN = 0.25


def looks(dice: Random) -> Looks:
    """Each tier is as common as the others, so that a small crowd has all three."""
    return Looks(tier=dice.choice(TIERS), standing=Standing(gifted=dice.random() < _GIVEN))


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    """Where the early share is gone, they ask once more with everybody else."""
    dice = someone.dice
    wish = Say(claiming(dice, scene, drop), instead=claiming_again(scene, drop))
    again = Say(claiming_again(scene, drop))
    return [
        Act(early(drop, early_arrival(dice, drop)), wish),
        Act(opened(drop, arrival(dice, drop)), again, unless_won=True),
    ]


CHARACTER = Character("early-subscriber", 0, twitch, looks=looks, soon=2)
