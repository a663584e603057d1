"""The characters of the crowd, one a file: each turns a scene and dice into what a person does."""

from bot.stage.crowd.characters import (
    alts,
    ballot_stuffer,
    both,
    confused,
    deputy,
    double_spender,
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
    late_voter,
    linker,
    lurker,
    mind_changer,
    mistyping,
    pass_holder,
    patient_ring,
    patron,
    phone,
    renaming,
    repeating,
    ring,
    spamming,
    subscriber,
    vip,
    voter,
    watching,
)
from bot.stage.crowd.characters.character import Character

EAGER = eager.CHARACTER
"""Whoever is nobody else: they make up the hundred."""

# New ones come last: they take places from the eager ones alone.
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
    # These come for the passes that units bring.
    pass_holder.CHARACTER,
    double_spender.CHARACTER,
)
"""Everybody who asks for a unit."""

VOTING: tuple[Character, ...] = (
    voter.CHARACTER,
    mind_changer.CHARACTER,
    late_voter.CHARACTER,
    ballot_stuffer.CHARACTER,
    deputy.CHARACTER,
)
"""Those who come for the polls alone."""

LURKER = lurker.CHARACTER
CHARACTERS: tuple[Character, ...] = (LURKER, *WANTING, *VOTING)
"""Everybody, in the order in which they take their places."""

__all__ = ["CHARACTERS", "EAGER", "LURKER", "VOTING", "WANTING", "Character"]
