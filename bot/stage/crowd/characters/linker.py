"""The linker is one human with an account on each platform: links them, and then tries to claim with both."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Press, Say, SayCode, Slash, Standing
from bot.stage.crowd.arrivals import early_arrival
from bot.stage.crowd.characters.character import (
    Character,
    Looks,
    Someone,
    announced,
    claiming,
    claiming_again,
    early,
)
from bot.stage.crowd.characters.patron import ROLE
from bot.stage.crowd.scene import Scene, StagedDrop

_PATRONS = 0.6
# In seconds after the announcement: to ask for the code, to read and type it, and to read what it means.
_ASKS, _TYPES, _CONFIRMS = (0.3, 0.8), (2.0, 2.4), (3.6, 4.2)
_AT_ONE_MOMENT = 0.4


def looks(dice: Random) -> Looks:
    """What the account on Discord is lets the one on Twitch in, once they are linked."""
    return Looks(standing=Standing(roles=(ROLE,) if dice.random() < _PATRONS else ()))


def _first(someone: Someone, drop: StagedDrop) -> tuple[float, float]:
    """When they ask on Twitch, and how much later on Discord: the same, seen from either account."""
    dice = someone.owners_dice(drop.key)
    at_once = dice.random() < _AT_ONE_MOMENT
    return early_arrival(dice, drop), 0.0 if at_once else dice.uniform(0.3, 1.5)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first, _ = _first(someone, drop)
    dice = someone.dice
    wish = Act(early(drop, first), Say(claiming(dice, scene, drop), instead=claiming_again(scene, drop)))
    return [*linking_on_twitch(someone, scene, drop), wish]


def linking_on_twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    """When the first drop is announced: the code that Discord has shown, and the word that confirms it."""
    dice, words = someone.dice, scene.words
    if drop != scene.drops[0]:
        return []
    return [
        Act(announced(drop, dice.uniform(*_TYPES)), SayCode(words.link)),
        Act(announced(drop, dice.uniform(*_CONFIRMS)), SayCode(words.yes, alone=True)),
    ]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first, later = _first(someone, drop)
    return [*linking_on_discord(someone, scene, drop), Act(early(drop, first + later), Press(drop.key))]


def linking_on_discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    """When the first drop is announced: asks for the code."""
    if drop != scene.drops[0]:
        return []
    return [Act(announced(drop, someone.dice.uniform(*_ASKS)), Slash("link"))]


CHARACTER = Character("linker", 0, twitch, discord, looks=looks, soon=3, everywhere=True)
