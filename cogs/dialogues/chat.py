"""Every chat command there is, for whichever client hears chat."""

from __future__ import annotations

from bot.services.services import Services
from cogs.dialogues import claims, confirming, control, drops, help, linking, polls, privacy, proof, votes
from cogs.names import CommandList


def answer_in_chat(commands: CommandList, services: Services) -> None:
    """Put every chat command on the list, and have everything else overheard."""
    commands.listen(services.overhearing.hear)
    for feature in (claims, drops, control, polls, votes, confirming, linking, privacy, proof, help):
        feature.answer_in_chat(commands, services)
