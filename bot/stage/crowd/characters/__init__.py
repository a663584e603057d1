"""The characters of the crowd, one a file: each turns a scene and dice into what a person does."""

from bot.stage.crowd.characters import (
    alts,
    both,
    confused,
    eager,
    early_founder,
    early_subscriber,
    follower,
    founder,
    greedy,
    guest,
    hesitating,
    impatient,
    invisible,
    lapsing,
    late,
    linker,
    lurker,
    mistyping,
    patient_ring,
    patron,
    phone,
    renaming,
    repeating,
    ring,
    spamming,
    subscriber,
    vip,
    watching,
)
from bot.stage.crowd.characters.character import Character

EAGER = eager.CHARACTER
"""Whoever is nobody else: they make up the hundred."""

# New ones come last: they take places from the eager ones alone. Voters, holders of passes and others that later
# features bring go here, too.
WANTING: tuple[Character, ...] = (
    EAGER,
    watching.CHARACTER,
    late.CHARACTER,
    hesitating.CHARACTER,
    confused.CHARACTER,
    greedy.CHARACTER,
    mistyping.CHARACTER,
    repeating.CHARACTER,
    invisible.CHARACTER,
    phone.CHARACTER,
    founder.CHARACTER,
    subscriber.CHARACTER,
    renaming.CHARACTER,
    alts.CHARACTER,
    ring.CHARACTER,
    patient_ring.CHARACTER,
    guest.CHARACTER,
    spamming.CHARACTER,
    both.CHARACTER,
    # These come for an early window, to scripts that ask for them.
    early_subscriber.CHARACTER,
    lapsing.CHARACTER,
    early_founder.CHARACTER,
    vip.CHARACTER,
    follower.CHARACTER,
    patron.CHARACTER,
    linker.CHARACTER,
    impatient.CHARACTER,
)
"""Everybody who asks for a unit."""

LURKER = lurker.CHARACTER
CHARACTERS: tuple[Character, ...] = (LURKER, *WANTING)
"""Everybody, in the order in which they take their places."""

__all__ = ["CHARACTERS", "EAGER", "LURKER", "WANTING", "Character"]
