"""The VIP was given a badge by the streamer, pays for nothing, and comes when the early window opens."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.characters.character import Character, Looks
from bot.stage.crowd.characters.early_subscriber import twitch


def looks(dice: Random) -> Looks:
    return Looks(badges=("vip",))


CHARACTER = Character("vip", 0, twitch, looks=looks, soon=1)
