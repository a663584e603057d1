"""The spamming one sends the same line again and again, with unseen endings, and once more when 30 s are over."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, opened
from bot.stage.crowd.characters.invisible import INVISIBLE_ENDINGS
from bot.stage.crowd.scene import Scene, StagedDrop

# For so long Twitch swallows a line that is the same; they try a little before and a little after it.
_SWALLOWED_SECONDS = 30.0
_TIMES = 5


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    wish = f"{scene.words.claim} {drop.key}"
    first = arrival(dice, drop)
    pace = dice.uniform(0.25, 0.9)
    lines = [wish, *(wish + dice.choice(("", *INVISIBLE_ENDINGS)) for _ in range(_TIMES - 1))]
    acts = [Act(opened(drop, first + pace * turn), Say(line)) for turn, line in enumerate(lines)]
    if first + _SWALLOWED_SECONDS + 1 < drop.seconds:
        moments = (first + _SWALLOWED_SECONDS - 0.2, first + _SWALLOWED_SECONDS + 0.2)
        acts += [Act(opened(drop, at), Say(wish)) for at in moments]
    return acts


CHARACTER = Character("spamming", 2, twitch)
