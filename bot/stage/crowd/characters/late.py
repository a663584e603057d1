"""The late one asks near the end of the window, or when it is over."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Anchor, Cue, Press, Say, Slash
from bot.stage.crowd.characters.character import Character, claiming, claiming_again
from bot.stage.crowd.scene import Scene, StagedDrop

_TOO_LATE = 0.3


def _moment(random: Random, drop: StagedDrop) -> Cue:
    too_late = random.random() < _TOO_LATE
    seconds = random.uniform(0.2, 2.0) if too_late else -random.uniform(0.3, 9.0)
    return Cue(drop.key, Anchor.CLOSES, round(seconds, 3))


def twitch(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = Say(claiming(random, scene, drop), instead=claiming_again(scene, drop))
    return [Act(_moment(random, drop), wish)]


def discord(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    cue = _moment(random, drop)
    return [Act(cue, Press(drop.key) if random.random() < 0.5 else Slash("claim", drop.key))]


CHARACTER = Character("late", 3, twitch, discord)
