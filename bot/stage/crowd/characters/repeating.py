"""The repeating one sends the same again at once: Twitch swallows it, or a chat client makes it differ unseen."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.characters.character import Character, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

# What Chatterino and 7TV append so that a repeated line is not swallowed.
INVISIBLE_ENDINGS = (" \U000e0000", " \u034f")


def twitch(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = f"{scene.words.claim} {drop.key}"
    first = random.uniform(0.2, 2.5)
    ending = random.choice(["", *INVISIBLE_ENDINGS])
    again = Say(wish + ending, instead=claiming_again(scene, drop))
    return [Act(opened(drop, first), Say(wish)), Act(opened(drop, first + random.uniform(0.2, 1.2)), again)]


def discord(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = random.uniform(0.3, 2.5)
    again = first + random.uniform(0.05, 0.5)
    return [Act(opened(drop, at), Press(drop.key)) for at in (first, again)]


CHARACTER = Character("repeating", 2, twitch, discord)
