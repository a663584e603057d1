"""The pass holder claims at once what brings a pass, and spends it where moderators decide."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say, Vote
from bot.stage.crowd.arrivals import response
from bot.stage.crowd.characters import voter
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop, StagedPoll

_FIRST_OF_ALL = (0.1, 0.9)
# Some try without it first and hear what they hold; some change their minds, which costs no other pass.
_TRIES_WITHOUT, _CHANGES = 0.25, 0.3
_READS = (2.0, 3.0)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = Say(claiming(someone.dice, scene, drop), instead=claiming_again(scene, drop))
    return [Act(opened(drop, someone.dice.uniform(*_FIRST_OF_ALL)), wish)]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [Act(opened(drop, someone.dice.uniform(*_FIRST_OF_ALL)), Press(drop.key))]


def _other(someone: Someone, poll: StagedPoll, option: int) -> int:
    return someone.dice.choice([each for each in range(1, len(poll.options) + 1) if each != option])


def twitch_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    if not poll.for_moderators:
        return voter.twitch_poll(someone, scene, poll)
    dice, words = someone.dice, scene.words
    at, option = response(dice, poll.seconds / 2), dice.randint(1, len(poll.options))
    acts = []
    if dice.random() < _TRIES_WITHOUT:
        acts.append(Act(opened(poll, at), Say(str(option))))
        at += dice.uniform(*_READS)
    # Twitch would swallow the line of the poll before, half a minute ago or less.
    spend = dice.choice((f"{words.spend} {option}", f"{words.spend} {poll.options[option - 1]}"))
    acts.append(Act(opened(poll, at), Say(spend, instead=f"{words.spend_again} {option}")))
    if dice.random() < _CHANGES:
        changed = f"{words.vote} {_other(someone, poll, option)}"
        acts.append(Act(opened(poll, at + dice.uniform(*_READS)), Say(changed)))
    return acts


def discord_poll(someone: Someone, scene: Scene, poll: StagedPoll) -> list[Act]:
    if not poll.for_moderators:
        return voter.discord_poll(someone, scene, poll)
    dice = someone.dice
    at, option = response(dice, poll.seconds / 2), dice.randint(1, len(poll.options))
    acts = [Act(opened(poll, at), Vote(poll.key, option, with_pass=True))]
    if dice.random() < _CHANGES:
        acts.append(Act(opened(poll, at + dice.uniform(*_READS)), Vote(poll.key, _other(someone, poll, option))))
    return acts


CHARACTER = Character("pass-holder", 0, twitch, discord, twitch_poll=twitch_poll, discord_poll=discord_poll, soon=4)
