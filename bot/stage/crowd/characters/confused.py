"""The confused one asks before it opens, names a drop that is not there, forgets the sign, and gets there."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.characters.character import Character, Someone, announced, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

# In a window this long they get there in time: in a shorter one they hurry.
_UNHURRIED_SECONDS = 12.0


def _moments(someone: Someone, drop: StagedDrop) -> tuple[float, float]:
    hurry = min(1.0, drop.seconds / _UNHURRIED_SECONDS)
    return someone.dice.uniform(1.0, 4.0) * hurry, someone.dice.uniform(5.0, 9.0) * hurry


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice, words = someone.dice, scene.words
    at_first = dice.choice([words.claim, words.board, f"{words.claim} {drop.key}", words.mine])
    then = dice.choice([f"claim {drop.key}", drop.key, f"{words.claim} the-other-one", f"{words.claim} -1"])
    wish = Say(f"{words.claim} {drop.title}", instead=claiming_again(scene, drop))
    soon, at_last = _moments(someone, drop)
    return [
        Act(announced(drop, dice.uniform(0.5, 3.0)), Say(at_first)),
        Act(opened(drop, soon), Say(then)),
        Act(opened(drop, at_last), wish),
    ]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    soon, at_last = _moments(someone, drop)
    return [
        Act(announced(drop, someone.dice.uniform(0.5, 3.0)), Slash("claim", drop.key)),
        Act(opened(drop, soon), Slash("claim", "the other one")),
        Act(opened(drop, at_last), Press(drop.key)),
    ]


CHARACTER = Character("confused", 6, twitch, discord)
