"""Every chat command there is, for whichever client hears chat."""

from __future__ import annotations

from bot.services.services import Services
from cogs.dialogues import (
    claims,
    confirming,
    control,
    drops,
    help,
    linking,
    nights,
    passes,
    polls,
    privacy,
    proof,
    votes,
)
from cogs.names import CommandList


def answer_in_chat(commands: CommandList, services: Services) -> None:
    """Put every chat command on the list, and have everything else overheard."""
    commands.listen(services.overhearing.hear)
    talking = (polls, votes, passes, nights)
    for feature in (claims, drops, control, *talking, confirming, linking, privacy, proof, help):
        feature.answer_in_chat(commands, services)
