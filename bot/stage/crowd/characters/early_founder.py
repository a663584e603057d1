"""The early founder comes when the early window opens; half of them do not subscribe any more, and are founders."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.characters.character import Character, Looks
from bot.stage.crowd.characters.early_subscriber import twitch

_LAPSED = 0.5


def looks(dice: Random) -> Looks:
    return Looks(badges=("founder",), tier="" if dice.random() < _LAPSED else "1000")


CHARACTER = Character("early-founder", 0, twitch, looks=looks, soon=1)
