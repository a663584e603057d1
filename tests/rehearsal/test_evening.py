"""The play itself, with fakes for both children: when it is over, and what ends it before its time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal import evening as module
from bot.rehearsal.backstage import Backstage, StageRefused
from bot.rehearsal.compress import SECOND, Play
from bot.rehearsal.evening import Evening
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.played import PlayedDrop
from bot.rehearsal.script import Anchor, Moment, Script, StageCue
from bot.rehearsal.script_file import SKELETON
from bot.rehearsal.staging import ChildFailed

AT = 1_900_000_000 * SECOND
LEDGER = """
CREATE TABLE "drop" (key, state);
CREATE TABLE outcome (kind, platform, at, told_at);
CREATE TABLE outbox (kind, done_at);
CREATE TABLE poll (state);
INSERT INTO "drop" VALUES ('mug', '{state}');
"""


class FakeStage:
    """A crowd that has done everything at once."""

    def __init__(self, refuses: str = "") -> None:
        self.played = asyncio.Event()
        self.ended = False
        self.scene: dict[str, Any] = {}
        self._refuses = refuses

    async def play(self, scene: dict[str, Any], **_: Any) -> None:
        self.scene = scene
        self.played.set()

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        raise NotImplementedError

    async def ask(self, _: Mapping[str, Any]) -> Any:
        if self._refuses:
            raise StageRefused(self._refuses)
        return ""


class FakeBot:
    """Runs, until somebody sets its exit code."""

    clock_can_move = False

    def __init__(self) -> None:
        self.returncode: int | None = None


class Hands:
    """A clock that goes a second with every look, and whatever an evening is made of."""

    def __init__(
        self, folder: Path, *, state: str = "closed", script: Script | None = None, refuses: str = ""
    ) -> None:
        self.now = AT
        self.stage, self.bot = FakeStage(refuses), FakeBot()
        with closing(sqlite3.connect(folder / "ledger.db")) as connection:
            connection.executescript(LEDGER.format(state=state))
        (folder / "bot.out").write_text("no tea, no bot")
        (folder / "stage.log").write_text("the roof came down")
        drop = PlayedDrop("mug", "Teal Mug", 5, 0, 1, False, AT, AT + SECOND, AT + 2 * SECOND)
        play = Play("", {}, (drop,), {"claim": "!claim"}, True, True, "")
        script = script or Script("", "", "")
        self.evening = Evening(
            RehearseOptions(SKELETON),
            script,
            play,
            folder,
            self.stage,
            self.bot,
            clock=self.clock,  # type: ignore[arg-type]  # fakes
        )

    def clock(self) -> int:
        self.now += SECOND // 2
        return self.now

    async def play(self) -> bool:
        return await asyncio.wait_for(self.evening.play([], None), 60)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.001)


async def test_an_evening_is_over_when_all_is_done_and_said(tmp_path: Path) -> None:
    assert await Hands(tmp_path).play()


async def test_an_evening_that_does_not_end_is_given_up_in_the_end(tmp_path: Path) -> None:
    hands = Hands(tmp_path, state="open")
    assert not await hands.play()
    assert hands.now > AT + 2 * SECOND


async def test_a_bot_that_ends_by_itself_ends_the_evening_with_its_last_words(tmp_path: Path) -> None:
    hands = Hands(tmp_path, state="open")
    hands.bot.returncode = 3
    with pytest.raises(ChildFailed, match=r"ended with code 3 in the middle of the play\.\nno tea, no bot"):
        await hands.play()


async def test_a_stage_that_is_gone_ends_the_evening_with_its_last_words(tmp_path: Path) -> None:
    hands = Hands(tmp_path, state="open")
    hands.stage.ended = True
    with pytest.raises(ChildFailed, match="the roof came down"):
        await hands.play()


async def test_what_the_stage_refuses_to_a_script_is_told(tmp_path: Path) -> None:
    script = Script("", "", "", cues=(StageCue(Moment(Anchor.BEGINS), "ann", "hello"),))
    with pytest.raises(ChildFailed, match="asks for what cannot be done: nobody is called ann"):
        await Hands(tmp_path, state="open", script=script, refuses="nobody is called ann").play()


async def test_the_moderator_hears_from_the_script_whether_to_get_things_wrong(tmp_path: Path) -> None:
    hands = Hands(tmp_path, script=Script("", "", "", moderator_mistakes=True))
    await hands.play()
    assert hands.stage.scene["mistakes"] is True


async def test_somebody_at_the_side_of_the_stage_is_given_the_handles(tmp_path: Path) -> None:
    given: list[Backstage] = []
    await asyncio.wait_for(Hands(tmp_path).evening.play([], given.append), 60)
    assert [each.ledger for each in given] == [tmp_path / "ledger.db"]
