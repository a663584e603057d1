"""The deputy has the moderators' badge on Twitch, and votes where moderators decide."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.arrivals import response
from bot.stage.crowd.characters.character import Character, Looks, Someone, nothing, opened
from bot.stage.crowd.characters.voter import typed
from bot.stage.crowd.scene import Scene, StagedPoll


def looks(dice: Random) -> Looks:
    return Looks(badges=("moderator",))


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    """Moderators are people, too, and vote with everybody else."""
    dice = someone.dice
    option = dice.randint(1, len(poll.options))
    return [Act(opened(poll, response(dice, poll.seconds / 2)), Say(typed(dice, scene, poll, option)))]


CHARACTER = Character("deputy", 0, nothing, looks=looks, twitch_poll=twitch_poll, soon=2)
