"""The eager one cannot wait: asks a moment too early, and again as soon as it opens. Most people are like this."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters import voter
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened, opens
from bot.stage.crowd.scene import Scene, StagedDrop

_TOO_EARLY = 0.4


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    wish, again = claiming(dice, scene, drop), claiming_again(scene, drop)
    acts = []
    if dice.random() < _TOO_EARLY:
        acts.append(Act(opens(drop, -dice.uniform(0.3, 2.5)), Say(wish, instead=again)))
    acts.append(Act(opened(drop, arrival(dice, drop)), Say(wish, instead=again), unless_won=True))
    return acts


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    acts = []
    if dice.random() < _TOO_EARLY:
        acts.append(Act(opens(drop, -dice.uniform(0.3, 2.5)), Slash("claim", drop.key)))
    acts.append(Act(opened(drop, arrival(dice, drop)), Press(drop.key), unless_won=True))
    return acts


CHARACTER = Character(
    "eager", 16, twitch, discord, soon=0, twitch_poll=voter.twitch_poll, discord_poll=voter.discord_poll
)
