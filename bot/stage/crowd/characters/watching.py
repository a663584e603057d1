"""The watching one goes by the stream, which they see seconds late: they ask for what is gone, or over, by then."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.arrivals import stream_delay
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, closes, opened
from bot.stage.crowd.scene import Scene, StagedDrop

# Some only wake up when the streamer counts down the end, and hear that late as well.
_AT_THE_COUNTDOWN = 0.15
_COUNTDOWN_LATE_SECONDS_MAX = 4.0


def _act(someone: Someone, drop: StagedDrop, deed: Say | Press) -> Act:
    dice = someone.dice
    delay = stream_delay(dice, drop)
    if dice.random() < _AT_THE_COUNTDOWN:
        return Act(closes(drop, min(delay, _COUNTDOWN_LATE_SECONDS_MAX) - dice.uniform(0.0, 1.0)), deed)
    return Act(opened(drop, delay + dice.uniform(0.1, 0.9)), deed)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = claiming(someone.dice, scene, drop)
    return [_act(someone, drop, Say(wish, instead=claiming_again(scene, drop)))]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [_act(someone, drop, Press(drop.key))]


CHARACTER = Character("watching", 12, twitch, discord)
