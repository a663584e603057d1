"""The late voter chooses when the last seconds run, or when they have run out."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Deed, Say, Vote
from bot.stage.crowd.characters.character import Character, Someone, closes, nothing
from bot.stage.crowd.characters.voter import typed
from bot.stage.crowd.scene import Scene, StagedPoll

_BEFORE, _AFTER = (0.3, 3.0), (0.2, 1.5)
_TOO_LATE = 0.4


def _moment(dice: Random) -> float:
    return dice.uniform(*_AFTER) if dice.random() < _TOO_LATE else -dice.uniform(*_BEFORE)


def _act(someone: Someone, poll: StagedPoll, deed: Deed) -> list[Act]:
    return [] if poll.for_moderators else [Act(closes(poll, _moment(someone.dice)), deed)]


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    option = someone.dice.randint(1, len(poll.options))
    return _act(someone, poll, Say(typed(someone.dice, scene, poll, option)))


def discord_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    return _act(someone, poll, Vote(poll.key, someone.dice.randint(1, len(poll.options))))


CHARACTER = Character("late-voter", 0, nothing, nothing, twitch_poll=twitch_poll, discord_poll=discord_poll)
