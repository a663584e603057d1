"""Line by line: what a pipe, a small terminal and a silent call get, and what a hostile name cannot do there."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from bot.rehearsal.spoken import clean, line_of
from bot.rehearsal.transcript import Transcript, has_room
from tests.rehearsal.evening import MUG, OPENS, SECOND, Evening


def played(console: Console, evening: Evening, *, silent: bool = False) -> None:
    with Transcript(console, silent=silent) as transcript:
        transcript.say("The stage is being set.")
        for seen in evening.record:
            transcript.hear(seen)


def short_evening() -> Evening:
    evening = Evening()
    evening.says("ann", "!claim mug", OPENS)
    evening.presses("cat", OPENS, f"{MUG.title} #3 of 3 is yours!")
    evening.see(OPENS, "discord", "gateway", text="identify")
    evening.see(OPENS, "stage", "fault", text="the disk is full", data={"name": "disk-full", "state": "begins"})
    return evening


def test_a_pipe_gets_both_chats_and_the_faults_line_by_line() -> None:
    paper = StringIO()
    played(Console(file=paper, width=160, force_terminal=False), short_evening())
    remark, *lines = paper.getvalue().splitlines()
    assert remark == "The stage is being set."
    assert [line.partition(" ")[2] for line in lines] == [
        "twitch  ann: !claim mug",
        "discord cat: presses [Claim]",
        "discord : Teal Mug #3 of 3 is yours!   (only for whoever asked)",
        "stage   disk-full begins: the disk is full",
    ]


def test_what_is_there_to_be_copied_does_not_fill_the_terminal() -> None:
    """A checkpoint's code and a receipt's small print, beside words that look alike and stay."""
    evening = Evening()
    note = "Checkpoint 57\n```\nmicrodrops/fox\n57\n\n\u2014 microdrops/fox Ab=\n```"
    evening.presses("cat", OPENS, "#3 is yours!\n-# Entry 57 of the public ledger, leaf hash `ab12`")
    evening.announce("opened", f"Teal Mug\nOpen: `!claim`\nLeft\n3 -# 4\n{note}\nMicrodrops", OPENS)
    said = [line_of(seen) for seen in evening.record if seen["platform"] == "discord"]
    assert [spoken.what for spoken in said if spoken] == [
        "presses [Claim]",
        "#3 is yours!   (only for whoever asked)",
        "Teal Mug / Open: `!claim` / Left / 3 -# 4 / Microdrops",
    ]


def test_a_scripts_own_words_cannot_steer_the_terminal() -> None:
    paper = StringIO()
    with Transcript(Console(file=paper, width=160, force_terminal=False)) as transcript:
        transcript.say("\x1b[2J\x1b]0;other\x07A bad night\u202e")
    assert paper.getvalue() == "[2J]0;otherA bad night\n"


def test_a_silent_call_gets_nothing() -> None:
    for terminal in (False, True):
        paper = StringIO()
        played(Console(file=paper, width=160, height=50, force_terminal=terminal), short_evening(), silent=True)
        assert paper.getvalue() == ""


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}])
def test_a_terminal_without_room_or_cursor_gets_lines(environment: dict[str, str]) -> None:
    paper = StringIO()
    console = Console(
        file=paper, width=40, height=50, force_terminal=True, color_system="standard", _environ=environment
    )
    played(console, short_evening())
    assert "ann: !claim mug" in paper.getvalue()
    assert "\x1b[?" not in paper.getvalue()
    assert "\x1b[3" not in paper.getvalue(), "no colour"


@pytest.mark.parametrize(
    ("width", "height", "terminal", "room"),
    [(120, 40, True, True), (49, 40, True, False), (120, 15, True, False), (120, 40, False, False)],
)
def test_a_live_view_needs_a_terminal_with_room(width: int, height: int, terminal: bool, room: bool) -> None:
    environment = {"TERM": "xterm-256color"}
    console = Console(width=width, height=height, force_terminal=terminal, _environ=environment)
    assert has_room(console) is room
    assert not has_room(Console(width=width, height=height, force_terminal=True, _environ={"TERM": "dumb"}))


def test_nobody_can_write_into_the_terminal_of_whoever_rehearses() -> None:
    assert clean("\u202eevil\x1b[31m\ntwo") == "evil[31m / two"
    assert clean("\x9b2J\x07bell\u2028next") == "2Jbell / next"
    assert len(clean("a" * 999)) == 241
    assert clean("Z" + "\u0351" * 40 + "algo") == "Z\u0351\u0351algo"
    assert clean("!claim mug \u034f\U000e0000") == "!claim mug "
    assert line_of(Evening().see(OPENS, "stage", "joined", name="x")) is None


def test_times_and_roles_are_shown_as_discord_shows_them() -> None:
    second = OPENS // SECOND
    text = f"<@&77> Opens <t:{second + 6}:R>, opened <t:{second - 5}:R>, at <t:{second}:t> or <t:99999999999999>"
    seen = Evening().see(OPENS, "discord", "message", name="Microdrops", place="discord:#announcements", text=text)
    spoken = line_of(seen | {"data": {"buttons": [("Claim", "md:claim:mug", False), ("Off", "x", True)]}})
    assert spoken is not None
    assert spoken.who == "Microdrops in #announcements"
    assert re.fullmatch(
        r"@role Opens in 6 s, opened 5 s ago, at \d\d:\d\d or <t:99999999999999> \[Claim\]", spoken.what
    )
