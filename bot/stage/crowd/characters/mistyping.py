"""The mistyping one gets a letter wrong, then another, writes in full-width letters, and then gets it right."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def swapped(random: Random, word: str) -> str:
    """The word with two neighbouring letters changed over; a single letter is doubled."""
    if len(word) < 3:
        return word + word[-1:]
    at = random.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    claim = scene.words.claim
    right = f"{claim} {drop.key}"
    slips = [
        f"{swapped(someone.dice, claim)} {drop.key}",
        f"{claim} {swapped(someone.dice, drop.key)}",
        right.translate(_FULL_WIDTH),
    ]
    first = arrival(someone.dice, drop)
    chosen = someone.dice.sample(slips, 2)
    acts = [Act(opened(drop, first + 1.6 * turn), Say(slip)) for turn, slip in enumerate(chosen)]
    wish = Say(right, instead=claiming_again(scene, drop))
    return [*acts, Act(opened(drop, first + 4.5), wish, unless_won=True)]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    return [
        Act(opened(drop, first), Slash("claim", swapped(someone.dice, drop.key))),
        Act(opened(drop, first + 3.0), Press(drop.key), unless_won=True),
    ]


CHARACTER = Character("mistyping", 5, twitch, discord)
