"""The hands at the side of the stage: what they pass on, what they refuse, and the faults that they cause."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal import stagehand as module
from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.compress import Play
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.stagehand import BOT_WAITS_SECONDS, Stagehand
from bot.storage.database import BUSY_TIMEOUT_MS

IDENTIFIED = {"platform": "discord", "kind": "gateway", "text": "identify"}
WELCOMED = {"platform": "twitch", "kind": "socket", "text": "opened"}


class FakeStage:
    """Takes every order; what was asked of it can be read."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.played = asyncio.Event()
        self.ended = False

    async def play(self, scene: dict[str, Any], **crowd: Any) -> None:
        raise NotImplementedError

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        self.asked.append({"do": "invite", "viewers": viewers, "discord_viewers": discord_viewers})

    async def ask(self, order: Mapping[str, Any]) -> Any:
        self.asked.append(order)
        return "msg_duplicate" if order["do"] == "say" else None

    @property
    def faults(self) -> list[tuple[str, str]]:
        return [(o["data"]["name"], o["data"]["state"]) for o in self.asked if o["do"] == "note"]


class FakeBot:
    """Notes what is done to it; it is connected again as soon as it was started."""

    clock_can_move = True
    returncode = None

    def __init__(self) -> None:
        self.done: list[str] = []
        self.stagehand: Stagehand | None = None

    async def start(self) -> None:
        self.done.append("start")
        if self.stagehand is not None:
            self.stagehand.hear(WELCOMED)
            self.stagehand.hear(IDENTIFIED)

    async def kill(self) -> None:
        self.done.append("kill")

    async def stop(self) -> None:
        self.done.append("stop")

    async def fill_disk(self, full: bool) -> None:
        self.done.append("full" if full else "free")

    def move_clock(self, by: float) -> None:
        self.done.append(f"clock {by:+g}")


class Side:
    """A stagehand between a stage and a bot that are fakes, with a real ledger file."""

    def __init__(self, folder: Path, group: asyncio.TaskGroup, **platforms: bool) -> None:
        self.stage, self.bot = FakeStage(), FakeBot()
        there = {"twitch": True, "discord": True, **platforms}
        play = Play("", {}, (), {}, there["twitch"], there["discord"], "")
        self.ledger = folder / "ledger.db"
        self.hand = self.bot.stagehand = Stagehand(self.stage, self.bot, play, self.ledger, group)

    async def idle(self) -> None:
        async with asyncio.timeout(60):
            while not self.hand.is_idle:  # noqa: ASYNC110 - its own poll is what the evening goes by
                await asyncio.sleep(0.005)


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[Side]:
    async with asyncio.TaskGroup() as group:
        yield Side(tmp_path, group)


async def test_what_people_do_is_passed_on_as_orders(side: Side) -> None:
    assert await side.hand.say("ann", "!claim") == "msg_duplicate"
    await side.hand.press("cat", "17", "md:claim:mug")
    await side.hand.slash("cat", "/drop open mug")
    await side.hand.submit("cat", "18", {"why": "lost it"})
    await side.hand.live(False)
    await side.hand.invite(5, 2)
    assert side.stage.asked == [
        {"do": "say", "login": "ann", "text": "!claim"},
        {"do": "press", "user": "cat", "message_id": "17", "custom_id": "md:claim:mug"},
        {"do": "slash", "user": "cat", "text": "/drop open mug"},
        {"do": "submit", "user": "cat", "interaction_id": "18", "values": {"why": "lost it"}},
        {"do": "live", "on": False},
        {"do": "invite", "viewers": 5, "discord_viewers": 2},
    ]
    assert side.hand.ledger == side.ledger


async def test_a_fault_of_a_platform_goes_to_the_stage_with_the_catalogues_own_figures(side: Side) -> None:
    await side.hand.fault("twitch-errors")
    await side.hand.fault("twitch-errors", 0.5, {"status": 403})
    first, second = side.stage.asked
    assert (first["seconds"], first["options"]) == (FAULTS["twitch-errors"].seconds, {"status": 500})
    assert (second["seconds"], second["options"]) == (0.5, {"status": 403})


async def test_a_fault_that_there_is_not_is_refused_with_the_nearest(side: Side) -> None:
    with pytest.raises(StageRefused, match=r'no fault “disk-ful”\. Did you mean "disk-full"'):
        await side.hand.fault("disk-ful")
    with pytest.raises(StageRefused, match="disk-full has no option status"):
        await side.hand.fault("disk-full", options={"status": 500})
    with pytest.raises(StageRefused, match="cannot be set back by more than 60 s"):
        await side.hand.fault("clock-moved", options={"by": -61.0})
    assert side.stage.asked == []


@pytest.mark.parametrize(("absent", "name"), [("discord", "discord-gone"), ("twitch", "twitch-lose")])
async def test_a_fault_of_a_platform_that_is_not_there_is_skipped_with_the_reason(
    tmp_path: Path, absent: str, name: str
) -> None:
    async with asyncio.TaskGroup() as group:
        side = Side(tmp_path, group, **{absent: False})
        await side.hand.fault(name)
    (noted,) = side.stage.asked
    assert noted["data"]["state"] == "skipped"
    assert noted["data"]["why"] == f"{absent.title()} is not configured."


@pytest.mark.parametrize(("name", "deed"), [("bot-killed", "kill"), ("bot-stopped", "stop")])
async def test_the_bot_is_ended_and_started_again_and_the_fault_ends_when_it_is_back(
    side: Side, name: str, deed: str
) -> None:
    await side.hand.fault(name, options={"down": 0.0})
    await side.idle()
    assert side.bot.done == [deed, "start"]
    assert side.stage.faults == [(name, "begins"), (name, "ends")]


async def test_what_would_strike_nobody_waits_until_the_bot_is_back(side: Side) -> None:
    side.bot.stagehand = None  # it is started, and nothing is heard of it yet
    await side.hand.fault("bot-killed", options={"down": 0.0})
    while "start" not in side.bot.done:  # noqa: ASYNC110 - the fake only notes it
        await asyncio.sleep(0)
    await side.hand.fault("twitch-reset")
    assert side.stage.faults == [("bot-killed", "begins")]
    assert not side.hand.is_idle
    side.hand.hear(WELCOMED)
    side.hand.hear(IDENTIFIED)
    await side.idle()
    assert side.stage.faults == [("bot-killed", "begins"), ("bot-killed", "ends")]
    assert [order["name"] for order in side.stage.asked if order["do"] == "fault"] == ["twitch-reset"]
    assert side.stage.asked[-1]["do"] == "fault"


async def test_two_that_want_to_end_the_bot_do_so_one_after_the_other(side: Side) -> None:
    await side.hand.fault("bot-killed", options={"down": 0.01})
    await side.hand.fault("bot-stopped", options={"down": 0.0})
    await side.idle()
    assert side.bot.done == ["kill", "start", "stop", "start"]


async def test_a_full_disk_is_free_again_afterwards(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAN_FILL_THE_DISK", True)
    side.hand.hear(WELCOMED)
    await side.hand.fault("disk-full", 0.01)
    await side.idle()
    assert side.bot.done == ["full", "free"]
    assert side.stage.faults == [("disk-full", "begins"), ("disk-full", "ends")]


@pytest.mark.parametrize("name", ["disk-full", "database-busy"])
async def test_a_disk_has_no_fault_before_the_bot_is_up_and_while_it_starts_again(
    side: Side, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CAN_FILL_THE_DISK", True)
    await side.hand.fault(name)
    await side.idle()
    side.hand.hear(IDENTIFIED)
    await side.hand.fault("bot-stopped", options={"down": 0.01})
    await asyncio.sleep(0)
    await side.hand.fault(name)
    await side.idle()
    assert [state for struck, state in side.stage.faults if struck == name] == ["skipped", "skipped"]
    assert {each["data"]["why"] for each in side.stage.asked if "why" in each["data"]} == {"The bot was not up."}
    assert side.bot.done == ["stop", "start"]


@pytest.mark.parametrize("name", ["disk-full", "database-busy", "clock-moved"])
async def test_what_cannot_be_done_here_is_skipped_with_the_reason(
    side: Side, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CAN_FILL_THE_DISK", False)
    side.bot.clock_can_move = False
    await side.hand.fault(name)
    await side.idle()
    assert side.stage.faults == [(name, "skipped")]
    assert side.stage.asked[0]["data"]["why"]
    assert side.bot.done == []


async def test_the_clock_is_set_by_as_much_as_was_asked(side: Side) -> None:
    await side.hand.fault("clock-moved", options={"by": -2.5})
    await side.idle()
    assert side.bot.done == ["clock -2.5"]
    assert side.stage.asked[0]["text"] == "Somebody sets the machine's clock 2.5 s back."
    assert side.stage.asked[0]["data"]["options"] == {"by": -2.5}


@pytest.mark.parametrize(
    ("seconds", "patience"), [(0.05, "not longer than"), (0.05 + BOT_WAITS_SECONDS, "longer than")]
)
async def test_a_ledger_that_somebody_holds_takes_no_writes_until_it_is_let_go(
    side: Side, seconds: float, patience: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    async def look_meanwhile(_: float) -> None:
        with closing(sqlite3.connect(side.ledger, timeout=0)) as writer:
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                held.append(True)

    with closing(sqlite3.connect(side.ledger)) as connection:
        connection.execute("CREATE TABLE unit (number)")
    side.hand.hear(WELCOMED)
    monkeypatch.setattr(module, "_pause", look_meanwhile)
    await side.hand.fault("database-busy", seconds)
    await side.idle()
    assert held == [True]
    assert f"s, {patience} the 5 s that the bot waits" in side.stage.asked[0]["text"]
    with closing(sqlite3.connect(side.ledger, timeout=0)) as writer:
        writer.execute("BEGIN IMMEDIATE")


def test_the_bot_waits_for_a_ledger_as_long_as_is_said() -> None:
    assert BOT_WAITS_SECONDS * 1000 == BUSY_TIMEOUT_MS
