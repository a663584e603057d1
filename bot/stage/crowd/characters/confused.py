"""The confused one asks before it opens, names a drop that is not there, forgets the sign, and gets there."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Anchor, Cue, Press, Say, Slash
from bot.stage.crowd.characters.character import Character, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    words = scene.words
    at_first = random.choice([words.claim, words.board, f"{words.claim} {drop.key}", words.mine])
    then = random.choice([f"claim {drop.key}", drop.key, f"{words.claim} the-other-one", f"{words.claim} -1"])
    wish = Say(f"{words.claim} {drop.title}", instead=claiming_again(scene, drop))
    return [
        Act(Cue(drop.key, Anchor.ANNOUNCED, round(random.uniform(0.5, 3.0), 3)), Say(at_first)),
        Act(opened(drop, random.uniform(1.0, 4.0)), Say(then)),
        Act(opened(drop, random.uniform(5.0, 9.0)), wish),
    ]


def discord(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [
        Act(Cue(drop.key, Anchor.ANNOUNCED, round(random.uniform(0.5, 3.0), 3)), Slash("claim", drop.key)),
        Act(opened(drop, random.uniform(1.0, 4.0)), Slash("claim", "the other one")),
        Act(opened(drop, random.uniform(5.0, 9.0)), Press(drop.key)),
    ]


CHARACTER = Character("confused", 3, twitch, discord)
