"""The double-spender is one human on both platforms, linked, who votes and spends on both at one moment."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say, Vote
from bot.stage.crowd.arrivals import response
from bot.stage.crowd.characters import linker
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop, StagedPoll

_FIRST_OF_ALL = (0.1, 0.9)
# The paper of a pass comes a moment after the press.
_APART = (0.0, 0.6)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    """Both accounts are linked before the first drop opens, and want one unit together."""
    wish = Say(claiming(someone.dice, scene, drop), instead=claiming_again(scene, drop))
    acts = [Act(opened(drop, someone.dice.uniform(*_FIRST_OF_ALL)), wish)]
    return linker.linking_on_twitch(someone, scene, drop) + acts


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    acts = [Act(opened(drop, someone.dice.uniform(*_FIRST_OF_ALL)), Press(drop.key))]
    return linker.linking_on_discord(someone, scene, drop) + acts


def _moment(someone: Someone, poll: StagedPoll) -> float:
    return response(someone.owners_dice(poll.key), poll.seconds / 2)


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    words = scene.words
    command, again = (words.spend, words.spend_again) if poll.for_moderators else (words.vote, words.vote_again)
    at = _moment(someone, poll) + someone.dice.uniform(*_APART)
    return [Act(opened(poll, at), Say(f"{command} 1", instead=f"{again} 1"))]


def discord_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    return [Act(opened(poll, _moment(someone, poll)), Vote(poll.key, 2, with_pass=poll.for_moderators))]


CHARACTER = Character(
    "double-spender",
    0,
    twitch,
    discord,
    twitch_poll=twitch_poll,
    discord_poll=discord_poll,
    soon=3,
    everywhere=True,
)
