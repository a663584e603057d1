"""The lurker wants nothing: ordinary chatter between the claims, which no bot should ever answer."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.characters.character import Character, opened
from bot.stage.crowd.scene import Scene, StagedDrop

_CHATTER = (
    "hello everyone",
    "that was 10/10",
    "!discord",
    "lol #1 fan here",
    "1",
    "what game is this?",
    "gg wp",
    "I claim that this is the best stream",
)


def twitch(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [Act(opened(drop, random.uniform(0.0, 12.0)), Say(random.choice(_CHATTER)))]


def discord(random: Random, scene: Scene, drop: StagedDrop) -> list[Act]:
    return []


CHARACTER = Character("lurker", 0, twitch, discord)
