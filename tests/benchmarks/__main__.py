"""`python -m tests.benchmarks`: measures everything and prints one table, in less than a minute."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.stage.server import Stage
from tests.benchmarks import burst, children
from tests.benchmarks.figures import Figure, show

ROUNDS = 5
PLAIN_MESSAGES = 400
CLAIM_MESSAGES = 200
IDLE_SECONDS = 1.0


async def starts(folder: Path, start: Figure, memory: Figure) -> None:
    """Starts of the bot, each beside a start of the bare libraries."""
    async with Stage() as stage:
        stage.twitch.go_live()
        for turn in range(ROUNDS):
            imported = await children.import_seconds()
            async with children.the_bot(stage, folder / f"start-{turn}") as (bot, seconds):
                start.add(seconds * 1_000, imported * 1_000)
                # Nothing to wait for: idling is what is measured.
                await asyncio.sleep(IDLE_SECONDS)
                memory.add(children.memory(bot), await children.import_memory())


async def messages(folder: Path, plain: Figure, claims: Figure) -> None:
    """The same chat heard by the bot and by the bare client at the same time."""
    async with Stage() as stage:
        stage.twitch.go_live()
        async with children.the_bot(stage, folder / "chat") as (bot, _), children.bare_twitchio(stage) as bare:
            await _chat(stage, bot, bare, plain, claims)
    children.check_granted(folder / "chat", ROUNDS * CLAIM_MESSAGES)


async def _chat(stage: Stage, bot: Process, bare: Process, plain: Figure, claims: Figure) -> None:
    await children.settled(bot, bare)
    for turn in range(ROUNDS):
        for figure, count, text in (
            (plain, PLAIN_MESSAGES, "nice stream {}"),
            (claims, CLAIM_MESSAGES, "!claim"),
        ):
            viewers = [stage.twitch.add_user(f"{figure.unit[0]}{text[0]}{turn}x{n}") for n in range(count)]
            before = children.cpu(bot), children.cpu(bare)
            for number, each in enumerate(viewers):
                stage.twitch.say(each, text.format(number))
                await asyncio.sleep(0.0005)  # a chat that is busy, not one burst
            await children.settled(bot, bare)
            ours, theirs = children.cpu(bot) - before[0], children.cpu(bare) - before[1]
            figure.add(ours / count * 1e6, theirs / count * 1e6)


async def bursts(folder: Path, figure: Figure) -> None:
    for turn in range(ROUNDS):
        place = folder / f"burst-{turn}"
        place.mkdir()
        lane = await burst.through_the_lane(place)
        figure.add(lane * 1_000, await asyncio.to_thread(burst.one_by_one, place) * 1_000)


async def main() -> None:
    start = Figure("start until it hears chat", "ms", "import discord, twitchio")
    memory = Figure("resident memory after start, idle", "MiB", "import discord, twitchio")
    plain = Figure("CPU per plain chat message", "µs", "twitchio alone, one idle command")
    claims = Figure("CPU per !claim, ledger and answers included", "µs", "twitchio alone, one idle command")
    burst_of_claims = Figure(
        f"burst of {burst.CLAIMS:,} claims, all durable", "ms", "sqlite3, one commit per claim"
    )
    with TemporaryDirectory() as name:
        folder = Path(name)
        await starts(folder, start, memory)
        await messages(folder, plain, claims)
        await bursts(folder, burst_of_claims)
    show([start, memory, plain, claims, burst_of_claims], ROUNDS)


if __name__ == "__main__":
    asyncio.run(main())
