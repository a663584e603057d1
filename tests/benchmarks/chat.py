"""What a chat message costs the bot over real sockets, beside twitchio that does nothing with it."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from pathlib import Path

from bot.stage.server import Stage
from tests.benchmarks import children
from tests.benchmarks.figures import Figure

PLAIN_MESSAGES = 800
CLAIM_MESSAGES = 400
# A chat that is busy, not one burst.
PAUSE_SECONDS = 0.0005


class Chat:
    """The same chat heard by the bot and by the bare client at the same time."""

    def __init__(self) -> None:
        beside = "twitchio over sockets, one idle command"
        self.plain = Figure("CPU per plain chat message, over sockets", "µs", beside)
        self.claims = Figure("CPU per !claim over sockets, ledger and answers included", "µs", beside)
        self.figures = [self.plain, self.claims]
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        async with Stage() as stage:
            stage.twitch.go_live()
            async with (
                children.the_bot(stage, folder / "chat") as (bot, _),
                children.bare_twitchio(stage) as bare,
            ):
                await children.settled(bot, bare)
                await _say(stage, bot, bare, self.plain, PLAIN_MESSAGES, "nice stream {}")
                await _say(stage, bot, bare, self.claims, CLAIM_MESSAGES, "!claim")
        children.check_granted(folder / "chat", CLAIM_MESSAGES)


async def _say(stage: Stage, bot: Process, bare: Process, figure: Figure, count: int, text: str) -> None:
    viewers = [stage.twitch.add_user(f"v{text[0]}{n}") for n in range(count)]
    before = children.cpu(bot), children.cpu(bare)
    for number, each in enumerate(viewers):
        stage.twitch.say(each, text.format(number))
        await asyncio.sleep(PAUSE_SECONDS)
    await children.settled(bot, bare)
    ours, theirs = children.cpu(bot) - before[0], children.cpu(bare) - before[1]
    figure.add(ours / count * 1e6, theirs / count * 1e6)
