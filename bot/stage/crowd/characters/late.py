"""The late one asks near the end of the window, or when it is over."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Cue, Press, Say, Slash
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, closes
from bot.stage.crowd.scene import Scene, StagedDrop

_TOO_LATE = 0.3


def _moment(someone: Someone, drop: StagedDrop) -> Cue:
    dice = someone.dice
    too_late = dice.random() < _TOO_LATE
    return closes(drop, dice.uniform(0.2, 2.0) if too_late else -dice.uniform(0.3, min(9.0, drop.seconds / 2)))


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = Say(claiming(someone.dice, scene, drop), instead=claiming_again(scene, drop))
    return [Act(_moment(someone, drop), wish)]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    cue = _moment(someone, drop)
    return [Act(cue, Press(drop.key) if someone.dice.random() < 0.5 else Slash("claim", drop.key))]


CHARACTER = Character("late", 8, twitch, discord)
