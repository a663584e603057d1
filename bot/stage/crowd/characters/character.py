"""What every character has: a name, how common it is, how its accounts look, and scripts for each platform.

A new one is a file beside this one, and a line in CHARACTERS; its share comes out of the eager ones', so that the
others stay who they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bot.stage.crowd.acts import NOTHING_SPECIAL, Act, Anchor, Cue, Standing
from bot.stage.crowd.scene import Scene, StagedDrop, StagedPoll


@dataclass(frozen=True, slots=True)
class Someone:
    """Whose script is written. `dice` are this account's own; `number` counts the accounts of one owner from 0."""

    seed: int
    login: str
    dice: Random
    owner: str = ""
    number: int = 0

    def owners_dice(self, about: str) -> Random:
        """Dice that fall the same for every account of this owner."""
        return Random(f"{self.seed}:{self.owner}:{about}")


@dataclass(frozen=True, slots=True)
class Looks:
    """What there is to know of an account; see Person. What its platform does not have is nowhere to be seen."""

    badges: tuple[str, ...] = ()
    tier: str = ""
    home: str = ""
    standing: Standing = NOTHING_SPECIAL


def ordinary(dice: Random) -> Looks:
    """Nothing special about them."""
    return Looks()


Script = Callable[[Someone, Scene, StagedDrop], list[Act]]
PollScript = Callable[[Someone, Scene, StagedPoll], list[Act]]


@dataclass(frozen=True, slots=True)
class Character:
    """`share` is how many of a hundred people are like this, `soon` how many of the first few (see deal.py); a
    script is written for one drop at a time, and may hold any number of deeds. Without a script for a platform,
    nobody there is like this. `twitch_poll` and `discord_poll` are what they do in a poll, None for nothing.
    `accounts` is how many of a hundred can belong to one owner; with `everywhere` the owner has one on each
    platform."""

    name: str
    share: int
    twitch: Script | None = None
    discord: Script | None = None
    looks: Callable[[Random], Looks] = ordinary
    soon: int = 1
    accounts: int = 1
    everywhere: bool = False
    twitch_poll: PollScript | None = None
    discord_poll: PollScript | None = None


def nothing(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    """The script of somebody who is there and wants no unit."""
    return []


def claiming(random: Random, scene: Scene, drop: StagedDrop) -> str:
    """How somebody asks for a unit: by name, or without one where there is only one drop."""
    if len(scene.drops) == 1 and random.random() < 0.4:
        return scene.words.claim
    return f"{scene.words.claim} {drop.key}"


def claiming_again(scene: Scene, drop: StagedDrop) -> str:
    """The same wish in other letters, for when Twitch swallows a repeated line."""
    return f"{scene.words.claim_again} {drop.key}"


def early(drop: StagedDrop, seconds: float) -> Cue:
    """So long after the early window was seen to open; after the opening, where there is none."""
    anchor = Anchor.OPENED if drop.early_at is None else Anchor.EARLY
    return Cue(drop.key, anchor, round(seconds, 3))


def opened(drop: StagedDrop | StagedPoll, seconds: float) -> Cue:
    return Cue(drop.key, Anchor.OPENED, round(seconds, 3))


def opens(drop: StagedDrop, seconds: float) -> Cue:
    return Cue(drop.key, Anchor.OPENS, round(seconds, 3))


def closes(drop: StagedDrop | StagedPoll, seconds: float) -> Cue:
    return Cue(drop.key, Anchor.CLOSES, round(seconds, 3))


def announced(drop: StagedDrop, seconds: float) -> Cue:
    return Cue(drop.key, Anchor.ANNOUNCED, round(seconds, 3))
