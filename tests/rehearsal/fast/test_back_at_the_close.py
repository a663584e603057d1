"""A bot that was killed comes back just before a drop's close, exactly at it, or after: everybody is answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.evidence import Case
from bot.rehearsal.main import case_of
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.oracle import Shelf
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script
from bot.rehearsal.script_file import SKELETON
from bot.services import stream
from bot.services.stream import Streams
from tests.rehearsal.fast.quick import SHORT, broken, played
from tests.rehearsal.fast.test_planted_bugs import replaced

Line = Mapping[str, Any]
# More than come for one.
DROP = {"name": "mug", "title": "Teal Mug", "kind": "print", "supply": 200}
DOWN = 2.0
ASK_AGAIN, TOO_LATE = "type !md claim and its name", "and meanwhile Teal Mug closed with "


@dataclass(frozen=True)
class Return:
    """A play in which the bot hears chat again at `heard_at`; microseconds UTC on the stage's clock."""

    heard_at: int
    closes_at: int
    lines: tuple[str, ...]
    case: Case
    broken: Mapping[str, str]

    @property
    def asked_in_vain(self) -> int:
        """People who typed in time, and whom nobody heard."""
        shelf = Shelf(self.case)
        return len({ask.who for ask in self.case.asks if not ask.heard and shelf.had_something_for(ask)})


def play(
    folder: Path,
    down: float = DOWN,
    fault: str = "bot-killed",
    sabotage: AbstractContextManager[object] | None = None,
) -> Return:
    """The drop's last seconds, without a bot for so many seconds and the one that its start takes."""
    strikes = PlannedFault(fault, Moment(Anchor.CLOSES, -4.0), options={"down": down})
    script = Script("back", "Back at the close", "", drops=(DROP,), faults=(strikes,), shares={"late": 60})
    options = RehearseOptions(SKELETON, script, seed=11, viewers=50, discord_viewers=6, tempo=SHORT)
    folder.mkdir()
    performance, report = played(options, folder, sabotage)
    assert performance.complete
    ends = [seen["at"] for seen in performance.record if is_end(seen, fault)]
    lines = tuple(
        seen["text"]
        for seen in performance.record
        if seen["kind"] == "chat" and seen["data"].get("bot") and seen["text"].startswith("I was away for a")
    )
    (mug,) = performance.play.drops
    return Return(ends[0], mug.closes_at, lines, case_of(performance, options), broken(report))


def is_end(seen: Line, fault: str) -> bool:
    return seen["kind"] == "fault" and (seen["data"]["name"], seen["data"]["state"]) == (fault, "ends")


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Return:
    """Back while the mug is open: by as much as it is early, the next one may be down longer."""
    return play(tmp_path_factory.mktemp("early") / "play")


def down_until(early: Return, after_the_close: float) -> float:
    """How long to be down so as to be back so many seconds after the close: the start takes as long each time."""
    return DOWN + (early.closes_at - early.heard_at) / SECOND + after_the_close


def test_back_before_the_close_it_asks_to_claim_again(early: Return) -> None:
    assert early.heard_at < early.closes_at - SECOND / 2
    assert early.broken == {}
    assert early.asked_in_vain > 5
    (line,) = early.lines
    assert ASK_AGAIN in line


@pytest.mark.parametrize(
    ("fault", "after"),
    # Around the close, and around the five seconds from which on its news say that it is late.
    [*(("bot-killed", after) for after in (-0.05, -0.001, 0.0, 0.001, 4.9, 5.1)), ("bot-stopped", 0.5)],
)
def test_back_at_the_close_everybody_who_typed_meanwhile_is_told(
    early: Return, fault: str, after: float, tmp_path: Path
) -> None:
    back = play(tmp_path / "play", down_until(early, after), fault)
    if fault == "bot-killed":  # to be stopped takes a moment as well
        assert back.heard_at - back.closes_at == pytest.approx(after * SECOND, abs=1)
    assert back.broken == {}
    assert back.asked_in_vain > 5
    (line,) = back.lines
    assert (ASK_AGAIN in line) != (TOO_LATE in line)
    assert TOO_LATE in line or after < 0


def silent(streams: Streams, committed: object) -> None:
    """It does not hear that a drop has closed."""


@pytest.mark.parametrize(
    "weaker",
    [
        replaced(Streams, "committed", silent),
        # What the news say of the close, once more, and that nothing is known of how many were left.
        replaced(
            stream, "gap_closed_line", lambda *_: "I was away; Teal Mug is closed, !mine shows what you hold."
        ),
        replaced(stream, "gap_closed_line", lambda *_: "I was away; Teal Mug closed with 7 left, see !mine."),
        replaced(stream, "gap_closed_line", lambda *_: "I was away; Teal Cap closed with 170 left, see !mine."),
    ],
    ids=["silent", "without a number", "another number", "another drop"],
)
def test_whoever_is_told_less_has_got_no_answer(
    early: Return, weaker: AbstractContextManager[object], tmp_path: Path
) -> None:
    back = play(tmp_path / "play", down_until(early, 1.0), sabotage=weaker)
    assert back.broken.keys() == {"answered"}
    assert "got no answer to" in back.broken["answered"]
