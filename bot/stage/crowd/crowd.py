"""The crowd on the stage: people with hands in its two worlds, who see what the worlds' record has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.stage.crowd.acts import Person
from bot.stage.crowd.hands import Hands, StageHands
from bot.stage.crowd.playing import PATIENCE, RETYPING, Playing
from bot.stage.crowd.scene import Scene
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import Record
from bot.stage.twitch.world import TwitchWorld


class Crowd(Playing):
    """People join both worlds at once, and go by the worlds' clock; `hands` replaces the hands they have there."""

    def __init__(
        self,
        scene: Scene,
        people: Iterable[Person],
        twitch: TwitchWorld,
        discord: DiscordWorld,
        record: Record,
        *,
        hands: Callable[[Person], Hands] | None = None,
        patience: int = PATIENCE,
        retyping: int = RETYPING,
    ) -> None:
        hands = hands or StageHands(twitch, discord, record, scene.polls)
        super().__init__(scene, people, record, twitch.clock, hands, patience=patience, retyping=retyping)
