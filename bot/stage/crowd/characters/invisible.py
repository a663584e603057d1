"""The invisible one's chat client adds what nobody sees to a repeated line, so that Twitch does not swallow it."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, opened, opens
from bot.stage.crowd.scene import Scene, StagedDrop

# What Chatterino appends, and what 7TV does.
INVISIBLE_ENDINGS = (" \U000e0000", " \u034f")


def endings(random: Random) -> str:
    return random.choice(INVISIBLE_ENDINGS)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = f"{scene.words.claim} {drop.key}"
    too_early = -someone.dice.uniform(0.5, 2.0)
    seen = arrival(someone.dice, drop)
    return [
        Act(opens(drop, too_early), Say(wish)),
        Act(opened(drop, seen), Say(wish + endings(someone.dice)), unless_won=True),
    ]


CHARACTER = Character("invisible", 2, twitch)
