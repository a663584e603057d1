"""What somebody is shown in private who wants to spend a pass, and how they choose there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.stage.crowd.cards import CardButton
from bot.stage.crowd.scene import StagedPoll
from bot.stage.discord import components
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import Record, Seen

# To see what there is to choose from, and to choose.
_CHOOSES_AFTER_SECONDS = 0.4


class BallotPapers:
    """Follows the record: what answers the press of a pass's button is a paper, on which one option is pressed, or
    chosen from a menu."""

    def __init__(self, world: DiscordWorld, record: Record, polls: Sequence[StagedPoll]) -> None:
        self._world = world
        self._polls = {poll.key: poll for poll in polls}
        self._asked: dict[str, tuple[Member, int]] = {}
        record.listen(self._look)

    def poll(self, key: str) -> StagedPoll:
        """Raises KeyError for one that the scene does not have."""
        return self._polls[key]

    def ask_for(self, member: Member, button: CardButton, option: int) -> None:
        """Press the button, and choose the option (from 1) when its paper comes. Raises StageError."""
        act = self._world.press(member, button.message_id, button.custom_id)
        self._asked[act.id] = member, option

    def _look(self, seen: Seen) -> None:
        if seen.platform != "discord" or seen.kind != "answer":
            return
        asked = self._asked.pop(str(seen.data.get("interaction_id", "")), None)
        if asked is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(_CHOOSES_AFTER_SECONDS, self._choose, str(seen.data["message_id"]), *asked)

    def _choose(self, message_id: str, member: Member, option: int) -> None:
        message = self._world.board.find(message_id)
        parts = [part for _, part in components.walk(message.components)] if message is not None else []
        try:
            for part in parts:
                custom_id = str(part.get("custom_id", ""))
                if part["type"] == components.BUTTON and custom_id.endswith(f":{option}"):
                    self._world.press(member, message_id, custom_id)
                    return
                if part["type"] == components.STRING_SELECT and option <= len(part["options"]):
                    value = part["options"][option - 1]["value"]
                    self._world.select(member, message_id, [value], custom_id)
                    return
        except StageError:
            # It was over, or greyed out, by then.
            return
