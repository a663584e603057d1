"""The live view: what it counts, how it fits the terminal, and that a crowd of thousands does not wash it away."""

from __future__ import annotations

import time
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from bot.rehearsal.glance import SAMPLED_MAX, Glance, Watched
from bot.rehearsal.live import UPDATES_A_SECOND, draw
from bot.rehearsal.programme import Due, PlannedStock, Programme
from bot.rehearsal.transcript import Transcript
from tests.rehearsal.evening import CLOSES, OPENS, SECOND, Evening, good_evening

XTERM = {"TERM": "xterm-256color"}
PROGRAMME = Programme(
    dues=(Due(OPENS, "Teal Mug opens"), Due(CLOSES, "Teal Mug closes")),
    stocks=(PlannedStock("mug", "Teal Mug", 3),),
    claim_words=("!claim", "!md claim"),
)


def watched(evening: Evening, programme: Programme = PROGRAMME) -> Watched:
    watching = Watched(OPENS - 60 * SECOND)
    watching.expect(programme)
    for seen in sorted(evening.record, key=lambda each: each["at"]):
        watching.hear(seen)
    return watching


def seen_at(evening: Evening, now: int = OPENS + 7 * SECOND) -> Glance:
    return watched(evening).glance(now)


def rows(glance: Glance, width: int = 120, height: int = 30, **more: Any) -> list[str]:
    return [row.plain for row in draw(glance, "first-drop", width, height, **more)]


def joined(evening: Evening, name: str, platform: str = "twitch") -> None:
    data = {"platform": platform, "login": name.casefold()}
    evening.see(OPENS - 60 * SECOND, "stage", "joined", author=f"id-{name}", name=name, data=data)


def fault(evening: Evening, at: int, state: str, seconds: float) -> None:
    data = {"name": "twitch-silence", "state": state, "seconds": seconds}
    evening.see(at, "stage", "fault", text="Twitch says nothing.", data=data)


def test_it_counts_who_asked_who_was_answered_by_name_and_what_is_claimed() -> None:
    evening = good_evening()
    for name in ("ann", "Bob", "dan"):
        joined(evening, name)
    joined(evening, "cat", "discord")
    glance = seen_at(evening)
    assert (glance.asked, glance.claims, glance.answered) == (4, 4, 3)
    assert glance.stocks == ((PROGRAMME.stocks[0], 3),)
    shown = rows(glance)
    assert "4 people asked 4 times; 3 answered by name" in shown
    assert any(row.startswith("Teal Mug ████") and row.endswith(" 3 of 3 claimed") for row in shown)
    assert any("Microdrops" in row or "to cat alone: Teal Mug #3 of 3 is yours!" in row for row in shown)


def test_it_counts_down_to_what_is_next() -> None:
    evening = good_evening()
    assert rows(watched(evening, Programme()).glance(OPENS))[1] == "The stage is being set."
    before = rows(seen_at(evening, OPENS - 2 * SECOND + 1))
    assert before[0].startswith("first-drop")
    assert before[0].endswith("0:58")
    assert "In 2 s: Teal Mug opens; in 22 s: Teal Mug closes" in before
    assert "In 1 s: Teal Mug closes" in rows(seen_at(evening, CLOSES - SECOND))
    assert any("All planned is done" in row for row in rows(seen_at(evening, CLOSES)))


def test_a_play_in_virtual_time_is_as_late_as_its_latest_line() -> None:
    console = Console(file=StringIO(), force_terminal=True, width=120, height=30, _environ=XTERM)
    transcript = Transcript(console, virtual=True)
    transcript.expect(PROGRAMME)
    evening = good_evening()
    evening.says("finn", "hello", OPENS + 12 * SECOND)
    for seen in evening.record:
        transcript.hear(seen)
    glance = transcript._glance()
    assert glance.elapsed == 72 * SECOND
    assert rows(glance)[1] == "In 8 s: Teal Mug closes"


def test_a_fault_is_in_view_while_it_is_on() -> None:
    evening = good_evening()
    fault(evening, OPENS + SECOND, "begins", 4)
    assert "FAULT: Twitch says nothing" in rows(seen_at(evening, OPENS + 60 * SECOND))
    fault(evening, OPENS + 5 * SECOND, "ends", 4)
    assert "Nothing is failing." in rows(seen_at(evening))


def test_a_fault_that_is_over_at_once_stays_in_view_long_enough_to_be_read() -> None:
    evening = good_evening()
    fault(evening, OPENS, "begins", 0)
    fault(evening, OPENS, "ends", 0)
    assert seen_at(evening, OPENS + 2 * SECOND).faults == ("Twitch says nothing.",)
    assert seen_at(evening, OPENS + 4 * SECOND).faults == ()


@pytest.mark.parametrize(("width", "height"), [(50, 16), (80, 24), (99, 24), (100, 30), (200, 60)])
def test_every_row_fits_the_terminal(width: int, height: int) -> None:
    evening = good_evening()
    evening.says("小熊猫" * 20, "！ｃｌａｉｍ " * 40, OPENS)
    evening.says("قهوة", "صباح الخير " * 40, OPENS)
    drawn = draw(seen_at(evening), "a name that is far too long " * 9, width, height)
    assert len(drawn) <= height
    assert max(row.cell_len for row in drawn) <= width


def test_chats_stand_side_by_side_where_there_is_room_and_else_one_below_the_other() -> None:
    wide, narrow = rows(seen_at(good_evening()), 120), rows(seen_at(good_evening()), 80)
    assert any("Twitch chat" in row and "Discord" in row for row in wide)
    assert not any("Twitch chat" in row and "Discord" in row for row in narrow)
    assert [row.split()[0] for row in narrow if row.endswith("lines")] == ["Twitch", "Discord"]


def test_a_line_that_is_too_long_is_cut_and_says_so() -> None:
    evening = Evening()
    evening.bot("Teal Mug is yours: " + ", ".join(f"@viewer{each} #{each}" for each in range(99)), OPENS)
    shown = [row.rstrip() for row in rows(seen_at(evening), 60)]
    assert sum("@viewer" in row for row in shown) == 4
    assert next(row for row in reversed(shown) if "@viewer" in row).endswith(" ...")


def test_without_discord_the_chat_has_the_whole_width() -> None:
    programme = Programme(stocks=PROGRAMME.stocks, claim_words=PROGRAMME.claim_words, discord=False)
    shown = rows(watched(good_evening(), programme).glance(OPENS))
    assert not any("Discord" in row for row in shown)
    assert sum("Twitch chat" in row for row in shown) == 1


def test_of_a_flood_some_lines_are_shown_the_rest_is_counted_and_the_bot_is_always_seen() -> None:
    evening = Evening()
    for number in range(5000):
        evening.says(f"viewer{number}", "!claim mug", OPENS + number)
    evening.bot("Teal Mug is sold out: 3 claimed.", OPENS + 5000)
    chat = seen_at(evening).chats[0]
    shown = [line for line in chat.lines if line.what]
    assert len(shown) == SAMPLED_MAX + 1
    assert shown[-1].what == "Teal Mug is sold out: 3 claimed."
    assert chat.said == 5001
    assert chat.hidden == sum(line.left_out for line in chat.lines) == 5000 - SAMPLED_MAX
    assert any("... 4,996 more" in row for row in rows(seen_at(evening)))
    assert any("5,001 lines, 4,996 not shown" in row for row in rows(seen_at(evening)))


def test_a_crowd_of_thousands_does_not_make_it_fall_behind() -> None:
    """All that 5,000 viewers do takes far less time than they take to do it."""
    evening = Evening()
    for number in range(5000):
        evening.says(f"viewer{number}", "!claim mug", OPENS + number * 100)
        if number % 5 == 0:
            evening.bot(f"Teal Mug is yours: @viewer{number} #{number + 1} (of 5000)", OPENS + number * 100)
    watching = Watched(OPENS)
    watching.expect(PROGRAMME)
    began = time.process_time()
    for seen in evening.record:
        watching.hear(seen)
    heard = time.process_time() - began
    draw(watching.glance(OPENS), "hot-drop", 120, 40)
    drawn = time.process_time() - began - heard
    assert heard < 2.0
    assert drawn * UPDATES_A_SECOND < 0.5


def test_what_was_on_the_terminal_before_is_there_again_afterwards() -> None:
    paper = StringIO()
    console = Console(file=paper, force_terminal=True, width=120, height=30, _environ=XTERM)

    def play_until_somebody_presses_ctrl_c() -> None:
        with Transcript(console, name="first-drop") as transcript:
            for seen in good_evening().record:
                transcript.hear(seen)
            assert transcript._live is not None
            transcript._live.refresh()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play_until_somebody_presses_ctrl_c()
    drawn = paper.getvalue()
    assert "Teal Mug is open: 3 to claim." in drawn
    for before, after in (("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?25l", "\x1b[?25h")):
        assert 0 <= drawn.index(before) < drawn.rindex(after)


def test_no_name_brings_an_escape_sequence_or_markup_into_the_view() -> None:
    evening = Evening()
    evening.says("\x1b]0;evil\x07[red]ann\u202e", "\x1b[2J\x9b1m[bold]!claim mug", OPENS)
    evening.presses("\x1b[31mcat", OPENS, "\x1b[31mno")
    fault(evening, OPENS, "begins", 9)
    programme = Programme(dues=(Due(OPENS * 2, "\x1b[31mx"),), stocks=(PlannedStock("mug", "\x1b[5mTeal", 3),))
    shown = "\n".join(rows(watched(evening, programme).glance(OPENS)))
    assert not any(ord(each) < 32 and each != "\n" for each in shown)
    assert "\x9b" not in shown
    assert "[red]ann" in shown


def test_a_terminal_without_block_letters_gets_plain_ones() -> None:
    assert any("####" in row and "█" not in row for row in rows(seen_at(good_evening()), ascii_only=True))


def test_colour_is_never_the_only_difference() -> None:
    """Without colours a fault is still called one, and the bot's lines still have its name."""
    evening = good_evening()
    fault(evening, OPENS, "begins", 60)
    paper = StringIO()
    console = Console(file=paper, force_terminal=True, width=120, height=30, no_color=True, _environ=XTERM)
    console.print(Text("\n").join(draw(seen_at(evening), "first-drop", 120, 30)))
    assert "FAULT: " in paper.getvalue()
    assert "microdrops_bot: " in paper.getvalue()
    assert "\x1b[3" not in paper.getvalue()
