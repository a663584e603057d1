"""The prompter: each cue and each fault at its moment, whether that is known ahead or seen when it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.rehearsal.fast.virtual_time import VirtualLoop
from bot.rehearsal.moments import SECOND
from bot.rehearsal.played import PlayedDrop
from bot.rehearsal.prompter import Prompter
from bot.rehearsal.script import Anchor, Moment, PlannedFault, StageCue
from bot.stage.crowd.scene import Scene, StagedDrop

AT = 1_900_000_000 * SECOND
DROP = PlayedDrop("mug", "Teal Mug", 5, 0, 1, False, AT, AT + 2 * SECOND, AT + 9 * SECOND)
SCENE = Scene((StagedDrop("mug", "Teal Mug", DROP.announces_at, DROP.opens_at, DROP.closes_at),))


class FakeStagehand:
    """Notes what it is told to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def live(self, on: bool) -> None:
        self.done.append("live" if on else "offline")

    async def say(self, login: str, text: str) -> str:
        self.done.append(f"{login}: {text}")
        return ""

    async def fault(
        self, name: str, seconds: float | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        self.done.append(f"{name} {seconds} {dict(options or {})}")

    async def skip(self, name: str, why: str) -> None:
        self.done.append(f"{name} skipped: {why}")


def prompter_for(
    stagehand: FakeStagehand, *, now: int, cues: tuple[StageCue, ...] = (), faults: tuple[PlannedFault, ...] = ()
) -> Prompter:
    return Prompter(cues, faults, (DROP,), SCENE, stagehand, clock=lambda: now)  # type: ignore[arg-type]  # a fake


@pytest.fixture
def virtual() -> Iterator[VirtualLoop]:
    """Minutes pass in an instant."""
    loop = VirtualLoop()
    yield loop
    loop.close()


def opened_line(text: str = "Teal Mug is open: type !claim mug") -> dict[str, Any]:
    seen = {"at": DROP.opens_at, "platform": "twitch", "kind": "chat", "place": "twitch:chat", "author": "1"}
    return seen | {"name": "bot", "text": text, "visible_to": None, "data": {"bot": True}}


async def test_what_is_due_is_done_in_its_order_and_in_the_scripts_own_words() -> None:
    stagehand = FakeStagehand()
    cues = (
        StageCue(Moment(Anchor.BEGINS, 0.01), "streamer", "goes live"),
        StageCue(Moment(Anchor.BEGINS, 0.02), "mod_mia", "!drop pause mug"),
        StageCue(Moment(Anchor.BEGINS, 0.03), "streamer", "goes offline"),
    )
    faults = (PlannedFault("twitch-close", Moment(Anchor.BEGINS, 0.04), 0.5, options={"code": 4003}),)
    prompter = prompter_for(stagehand, now=AT, cues=cues, faults=faults)
    assert not prompter.is_idle
    assert prompter.last_instant == AT + round(0.04 * SECOND)
    await asyncio.wait_for(prompter.run(), 60)
    assert stagehand.done == ["live", "mod_mia: !drop pause mug", "offline", "twitch-close 0.5 {'code': 4003}"]
    assert prompter.is_idle


def test_what_counts_from_an_opening_waits_until_everybody_could_see_it(virtual: VirtualLoop) -> None:
    stagehand = FakeStagehand()
    faults = (PlannedFault("twitch-lose", Moment(Anchor.OPENED, 2.0, "mug")),)

    async def play() -> None:
        prompter = prompter_for(stagehand, now=DROP.opens_at, faults=faults)
        running = asyncio.create_task(prompter.run())
        prompter.hear(opened_line("Nice weather."))
        assert prompter.is_idle, "nobody has to wait for an opening that may never come"
        await asyncio.sleep(60)
        assert stagehand.done == []
        prompter.hear(opened_line())
        assert not prompter.is_idle
        await asyncio.wait_for(running, 2.1)

    virtual.run_until_complete(play())
    assert stagehand.done == ["twitch-lose None {}"]


def test_what_had_no_moment_until_the_end_is_noted_as_skipped(virtual: VirtualLoop) -> None:
    stagehand = FakeStagehand()
    faults = (
        PlannedFault("discord-gone", Moment(Anchor.OPENED)),
        PlannedFault("twitch-close", Moment(Anchor.BEGINS)),
    )

    async def play() -> None:
        prompter = prompter_for(stagehand, now=AT, faults=faults)
        running = asyncio.create_task(prompter.run())
        await asyncio.sleep(60)
        running.cancel()
        await prompter.skip_the_rest()

    virtual.run_until_complete(play())
    assert stagehand.done == ["twitch-close None {}", "discord-gone skipped: Its moment did not come."]


async def test_a_script_in_which_nothing_happens_is_done_at_once() -> None:
    prompter = prompter_for(FakeStagehand(), now=AT)
    assert prompter.is_idle
    assert prompter.last_instant == 0
    await asyncio.wait_for(prompter.run(), 60)


@pytest.mark.parametrize("late", [0, 5, 3600])
async def test_a_moment_that_has_passed_is_now(late: int) -> None:
    stagehand = FakeStagehand()
    cues = (StageCue(Moment(Anchor.BEGINS), "streamer", "goes live"),)
    prompter = prompter_for(stagehand, now=AT + late * SECOND, cues=cues)
    await asyncio.wait_for(prompter.run(), 60)
    assert stagehand.done == ["live"]
