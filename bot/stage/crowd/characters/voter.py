"""The voter chooses by a bare number, the command or a button; some after nonsense, some where they may not."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Deed, Say, Vote
from bot.stage.crowd.arrivals import response
from bot.stage.crowd.characters.character import Character, Someone, nothing, opened
from bot.stage.crowd.scene import Scene, StagedPoll

_SLIPS = 0.2
# Where only moderators and holders of passes decide, so many of a hundred others try all the same.
_TRY_ANYWAY = 0.35
_SEES_AND_CORRECTS = (1.5, 3.0)


def typed(dice: Random, scene: Scene, poll: StagedPoll, option: int) -> str:
    """One of the ways to choose an option, from 1 on."""
    words, name = scene.words, poll.options[option - 1]
    return dice.choice((str(option), str(option), f"{words.vote} {option}", f"{words.vote} {name}"))


def _nonsense(dice: Random, scene: Scene, poll: StagedPoll) -> str:
    vote = scene.words.vote
    return dice.choice(
        (str(len(poll.options) + 7), f"{vote} {len(poll.options) + 1}", f"{vote} chartreuse", vote, "both please")
    )


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    """Where only moderators decide, some try bare, and some with a pass that they do not have."""
    dice = someone.dice
    at, option = response(dice, poll.seconds), dice.randint(1, len(poll.options))
    if poll.for_moderators:
        if dice.random() >= _TRY_ANYWAY:
            return []
        return [Act(opened(poll, at), Say(dice.choice((str(option), f"{scene.words.spend} {option}"))))]
    acts = []
    if dice.random() < _SLIPS:
        acts.append(Act(opened(poll, at), Say(_nonsense(dice, scene, poll))))
        at += dice.uniform(*_SEES_AND_CORRECTS)
    return [*acts, Act(opened(poll, at), Say(typed(dice, scene, poll, option)))]


def discord_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    dice = someone.dice
    if poll.for_moderators and dice.random() >= _TRY_ANYWAY:
        return []
    vote: Deed = Vote(poll.key, dice.randint(1, len(poll.options)))
    return [Act(opened(poll, response(dice, poll.seconds)), vote)]


CHARACTER = Character("voter", 0, nothing, nothing, twitch_poll=twitch_poll, discord_poll=discord_poll, soon=3)
