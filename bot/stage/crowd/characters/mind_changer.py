"""The mind-changer votes for one after the other, within a blink or after a while: the last one counts."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Say, Vote
from bot.stage.crowd.arrivals import response
from bot.stage.crowd.characters.character import Character, Someone, nothing, opened
from bot.stage.crowd.scene import Scene, StagedPoll

_IN_A_BLINK = 0.4
_BLINK, _WHILE = (0.15, 0.5), (1.5, 4.0)
_TIMES = (2, 4)


def _choices(someone: Someone, poll: StagedPoll) -> list[tuple[float, int]]:
    """When, and what: never the same twice in a row, and never the last that was said before."""
    dice = someone.dice
    pace = _BLINK if dice.random() < _IN_A_BLINK else _WHILE
    at, option = response(dice, poll.seconds / 2), dice.randint(1, len(poll.options))
    found = []
    for _ in range(dice.randint(*_TIMES)):
        found.append((at, option))
        at += dice.uniform(*pace)
        option = dice.choice([each for each in range(1, len(poll.options) + 1) if each != option])
    return found


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    """Twitch swallows a line that is typed again within half a minute, so nobody types one twice."""
    if poll.for_moderators:
        return []
    acts, said = [], set[str]()
    for at, option in _choices(someone, poll):
        ways = (str(option), f"{scene.words.vote} {option}", f"{scene.words.vote} {poll.options[option - 1]}")
        line = next(way for way in ways if way not in said)
        said.add(line)
        acts.append(Act(opened(poll, at), Say(line)))
    return acts


def discord_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    if poll.for_moderators:
        return []
    return [Act(opened(poll, at), Vote(poll.key, option)) for at, option in _choices(someone, poll)]


CHARACTER = Character(
    "mind-changer", 0, nothing, nothing, twitch_poll=twitch_poll, discord_poll=discord_poll, soon=2
)
