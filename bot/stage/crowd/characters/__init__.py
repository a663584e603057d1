"""The characters of the crowd, one a file: each turns a scene and its own dice into what a person does."""

from bot.stage.crowd.characters import confused, eager, greedy, late, lurker, mistyping, repeating
from bot.stage.crowd.characters.character import Character

WANTING: tuple[Character, ...] = (
    eager.CHARACTER,
    late.CHARACTER,
    confused.CHARACTER,
    greedy.CHARACTER,
    mistyping.CHARACTER,
    repeating.CHARACTER,
)
"""Everybody who wants a unit, in the order of the deck."""

LURKER = lurker.CHARACTER

__all__ = ["LURKER", "WANTING", "Character"]
