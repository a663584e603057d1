"""A few people who ask until they are answered, whatever happens to the bot meanwhile; and what they were told."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle

from bot.stage.discord.errors import InteractionFailed, StageError
from tests.faults.rig import Night

# Twitch swallows a viewer's identical line within 30 seconds.
WAYS_TO_ASK = ("!claim", "!claim mug", "!md claim", "!md claim mug", "!Claim", "!claim Teal Mug", "!CLAIM MUG")
PATIENCE_SECONDS = 1.5
# After which Discord says that an interaction has failed.
INTERACTION_SECONDS = 3.0

_WINNERS = re.compile(r"@(\w+)(?: Teal Mug)? #(\d+)")
_REFUSED = re.compile(r"^(@\w+(?:, @\w+)*): Teal Mug is sold out")
_TO_ONE = re.compile(r"Teal Mug #(\d+) (?:of \d+ is yours|is already yours)")
_ON_BOARD = re.compile(r"\b(fan\d+) #(\d+)")


@dataclass
class Told:
    """Who heard what, by (platform, name): the numbers that were said to be theirs, and who was refused."""

    numbers: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: set[tuple[str, str]] = field(default_factory=set)

    def has_answered(self, who: tuple[str, str]) -> bool:
        return who in self.refused or bool(self.numbers.get(who))


def told_so_far(tonight: Night) -> Told:
    """All that anybody could read on either platform."""
    told = Told()
    for line in tonight.chat:
        for name, number in _WINNERS.findall(line):
            told.numbers["twitch", name].add(int(number))
        for names in _REFUSED.findall(line):
            told.refused |= {("twitch", name) for name in re.findall(r"\w+", names)}
    for text in tonight.board():
        for name, number in _ON_BOARD.findall(text):
            told.numbers["discord", name].add(int(number))
    names = {member.id: member.name for member in tonight.stage.discord.guild.members.values()}
    for seen in tonight.seen("answer"):
        who = ("discord", names[seen.visible_to or ""])
        for number in _TO_ONE.findall(seen.text):
            told.numbers[who].add(int(number))
        if "sold out" in seen.text:
            told.refused.add(who)
    return told


async def ask_in_chat(tonight: Night, name: str, *, doubts: bool) -> None:
    """A viewer types until the bot has answered; one who doubts asks once more after that."""
    ways = cycle(WAYS_TO_ASK)
    while not told_so_far(tonight).has_answered(("twitch", name)):
        tonight.say(name, next(ways))
        await asyncio.sleep(PATIENCE_SECONDS)
    if doubts:
        tonight.say(name, next(ways))


async def ask_on_discord(tonight: Night, name: str) -> None:
    """A fan presses Claim, or uses the command where the button is grey, until there is an answer."""
    while not told_so_far(tonight).has_answered(("discord", name)):
        try:
            asked = tonight.press(name)
        except StageError:
            asked = tonight.use_claim_command(name)
        with suppress(InteractionFailed, TimeoutError):
            await asked.wait(INTERACTION_SECONDS)
        await asyncio.sleep(PATIENCE_SECONDS / 5)
