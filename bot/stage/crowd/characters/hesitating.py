"""The hesitating one waits until the units run low and chat says so, or until there is hardly any time left."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Anchor, Cue, Press, Say
from bot.stage.crowd.arrivals import second_wave
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, closes
from bot.stage.crowd.scene import Scene, StagedDrop


def _acts(someone: Someone, drop: StagedDrop, deed: Say | Press) -> list[Act]:
    dice = someone.dice
    reminded = Cue(drop.key, Anchor.REMINDED, second_wave(dice, drop))
    at_last = closes(drop, -dice.uniform(0.5, 1.0) * min(8.0, drop.seconds / 4))
    return [Act(reminded, deed), Act(at_last, deed, unless_won=True)]


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = Say(claiming(someone.dice, scene, drop), instead=claiming_again(scene, drop))
    return _acts(someone, drop, wish)


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    return _acts(someone, drop, Press(drop.key))


CHARACTER = Character("hesitating", 8, twitch, discord)
