"""A stage without a wire in virtual time: hours pass in an instant, and a test says what the bot says."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock
from bot.stage.crowd.acts import Act, Anchor, Cue, Deed, Person
from bot.stage.crowd.crowd import Crowd
from bot.stage.crowd.scene import Scene, StagedDrop, Words
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import SECOND, Record, Seen
from bot.stage.twitch.seed import seed
from bot.stage.twitch.world import TwitchWorld

NOON = 1_793_534_400 * SECOND
# Announced at noon, open six seconds later for twenty.
MUG = StagedDrop("mug", "Teal Mug", NOON, NOON + 6 * SECOND, NOON + 26 * SECOND)
ZINE = StagedDrop("night-zine", "Night Zine", NOON + 4 * SECOND, NOON + 10 * SECOND, NOON + 30 * SECOND)
SCENE = Scene((MUG,))
BOTH_DROPS = Scene((MUG, ZINE), Words(claim="!grab"))


def person(login: str, *acts: Act, platform: str = "twitch", **more: Any) -> Person:
    return Person(platform, login, login, "made up", acts, **more)


def when(anchor: Anchor, after: float, deed: Deed, *, drop: StagedDrop = MUG, **more: Any) -> Act:
    return Act(Cue(drop.key, anchor, after), deed, **more)


class Theatre:
    """Both worlds at noon. `lines` are what the bot will say in chat, by seconds after noon."""

    def __init__(self, lines: dict[float, str] | None = None) -> None:
        self.loop = VirtualLoop()
        self.clock = WallClock(self.loop, NOON)
        self.record = Record()
        self.twitch = TwitchWorld(self.record, self.clock.now)
        seed(self.twitch)
        self.discord = DiscordWorld(self.record, self.clock.now)
        self.discord.seed()
        for seconds, line in (lines or {}).items():
            self.loop.call_at(seconds, self.say, line)

    def say(self, line: str) -> None:
        """The bot says a line in chat."""
        self.twitch.send(self.twitch.bot, line)

    def play(self, scene: Scene, *people: Person, **more: Any) -> Crowd:
        """Let these people do everything they came for."""
        crowd = Crowd(scene, people, self.twitch, self.discord, self.record, **more)
        self.loop.run_until_complete(asyncio.wait_for(crowd.run(), 3600))
        return crowd

    def typed(self) -> list[tuple[float, str, str]]:
        """Seconds after noon, who and what: every line of chat that is not the bot's."""
        return [(self.seconds(seen), seen.name, seen.text) for seen in self.chat() if not seen.data["bot"]]

    def chat(self) -> list[Seen]:
        return [seen for seen in self.record.seen if seen.kind == "chat"]

    @staticmethod
    def seconds(seen: Seen) -> float:
        return round((seen.at - NOON) / SECOND, 3)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discord.desk.close()
        self.loop.close()
