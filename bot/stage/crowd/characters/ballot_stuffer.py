"""The ballot stuffer votes for one option again and again from one account, in ever other words."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Say, Vote
from bot.stage.crowd.arrivals import response
from bot.stage.crowd.characters.character import Character, Someone, nothing, opened
from bot.stage.crowd.characters.invisible import INVISIBLE_ENDINGS
from bot.stage.crowd.scene import Scene, StagedPoll

_PACE = (0.1, 0.4)
_PRESSES = 6


def _moments(someone: Someone, poll: StagedPoll, times: int) -> list[float]:
    first, pace = response(someone.dice, poll.seconds / 2), someone.dice.uniform(*_PACE)
    return [round(first + pace * turn, 3) for turn in range(times)]


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    option, vote = someone.dice.randint(1, len(poll.options)), scene.words.vote
    plain = [str(option), f"{vote} {option}", f"{vote} {poll.options[option - 1]}"]
    lines = [*plain, *(line + ending for line in plain[1:] for ending in INVISIBLE_ENDINGS)]
    moments = _moments(someone, poll, len(lines))
    return [Act(opened(poll, at), Say(line)) for at, line in zip(moments, lines, strict=True)]


def discord_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    vote = Vote(poll.key, someone.dice.randint(1, len(poll.options)))
    return [Act(opened(poll, at), vote) for at in _moments(someone, poll, _PRESSES)]


CHARACTER = Character("ballot-stuffer", 0, nothing, nothing, twitch_poll=twitch_poll, discord_poll=discord_poll)
