"""The report in a terminal and for a machine: what is broken first, what was counted, and what to do about it."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

from rich.console import Console

from bot.rehearsal.counting import counted
from bot.rehearsal.home import Home
from bot.rehearsal.judge import judge
from bot.rehearsal.moments import since
from bot.rehearsal.report import Report, make_report
from bot.rehearsal.report_page import render
from bot.rehearsal.report_text import show
from tests.rehearsal.evening import CLOSES, OPENS, SECOND, Evening, good_evening

REPEAT = ("microdrops", "rehearse", "--config", "my file.toml")


def report_of(
    evening: Evening,
    *,
    complete: bool = True,
    home: Home | None = None,
    kept_in: Path | None = None,
    cut_short: bool = False,
) -> Report:
    case = evening.case()
    return make_report(
        case,
        judge(case),
        complete=complete,
        seconds=40.0,
        seed=7,
        repeat=REPEAT,
        kept_in=kept_in,
        title="A good evening",
        home=home,
        cut_short=cut_short,
    )


def shown(report: Report, *, width: int = 160, height: int | None = None) -> str:
    """As a pipe gets it, or a terminal of that height."""
    paper = StringIO()
    console = Console(
        file=paper, width=width, height=height, no_color=True, force_terminal=height is not None, highlight=False
    )
    show(report, console)
    return re.sub(r"\x1b\[[0-9;]*m", "", paper.getvalue())


def test_a_machine_gets_every_figure() -> None:
    public = report_of(good_evening()).as_public()
    (drop,) = public["drops"]
    assert (drop["drop"], drop["supply"], drop["units"], drop["numbers"]) == ("mug", 3, 3, [1, 3])
    assert (drop["owners"], drop["wanted_by"], drop["sold_out_after"]) == (3, 4, 6.0)
    assert public["refusals"] == {"sold-out": 1}
    assert public["answer_seconds"]["discord"]["worst"] == 0.05
    assert public["announcements"]["twitch:chat"] == {"announced": 1, "opened": 1, "sold-out": 1, "closed": 1}
    assert public["kept"] is True
    assert public["repeat"] == "microdrops rehearse --config 'my file.toml'"
    assert json.loads(json.dumps(public)) == public


def test_a_broken_promise_comes_first_with_where_to_look_and_ends_with_1() -> None:
    evening = good_evening()
    evening.says("eve", "!claim mug", OPENS + 19 * SECOND)
    report = report_of(evening)
    said = shown(report)
    assert report.exit_code == 1
    assert said.startswith("BROKEN: Everybody who asks is answered")
    assert "eve (twitch) got no answer to “!claim mug”" in said
    assert "--keep FOLDER" in said
    assert "The same again: microdrops rehearse" in said


def test_a_play_that_did_not_come_to_its_end_is_not_fine() -> None:
    report = report_of(good_evening(), complete=False)
    assert report.exit_code == 1
    assert "somebody still waits" in shown(report)


def test_a_play_that_somebody_ended_is_not_said_to_have_run_out_of_time() -> None:
    report = report_of(good_evening(), complete=False, cut_short=True)
    for said in (shown(report), render(report)):
        assert "did not come to its end" not in said
    assert "--keep" not in shown(report)
    assert "until then" in render(report)


def test_an_evening_without_a_claim_still_has_a_report() -> None:
    said = shown(report_of(Evening()))
    assert "Teal Mug: 0 of 3 units, none" in said
    assert "Claims" not in said


def test_the_figures_read_as_sentences() -> None:
    said = shown(report_of(good_evening()))
    assert "Teal Mug: 3 of 3 units, #1 to #3, 3 owners; 4 people asked, sold out after 6.0 s" in said
    assert "announced +0.0 s · opened +60.0 s · sold-out +66.0 s · closed +80.0 s" in said
    assert "4 from 4 people, at most 2 in a second" in said
    assert "Twitch: median 1.00 s, 99% within 1.00 s, worst 1.00 s, of 3" in said
    assert "1 sold-out" in said
    assert "- Two accounts that are linked are one person. Nobody had linked two accounts." in said


def test_on_a_phone_it_fits_and_nothing_is_wider_than_the_screen() -> None:
    home = Home({"mug": 900.0}, reminder_role=False, backups_on_same_disk=True)
    lines = shown(report_of(good_evening(), home=home), width=50, height=40).splitlines()
    assert len(lines) <= 40
    assert max(len(line) for line in lines[:-1]) <= 50
    assert "✓ Never more units than the supply" in "\n".join(lines)
    assert any(line.startswith("✓ and 16 more;") for line in lines)


def test_a_name_cannot_write_on_the_terminal() -> None:
    evening = good_evening()
    evening.says("ev\x1b[2Jil\u202e", "!claim mug", CLOSES + SECOND)
    said = shown(report_of(evening))
    assert "ev[2Jil" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_where_it_was_left_is_said() -> None:
    assert "Left in /tmp/tea: ledger.db" in shown(report_of(good_evening(), kept_in=Path("/tmp/tea")))


def test_one_is_not_many() -> None:
    said = [counted(number, "owner") for number in (0, 1, 2)]
    assert said == ["0 owners", "1 owner", "2 owners"]
    assert [counted(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]


def test_instants_are_told_from_the_beginning_in_the_unit_that_fits() -> None:
    told = [since(round(seconds * SECOND)) for seconds in (0, 61.26, 200, 7_320, 600_000)]
    assert told == ["+0.0 s", "+61.3 s", "+3:20 min", "+2:02 h", "+6 d 22:40 h"]


def test_what_is_broken_is_cited_by_the_line_of_the_record_the_entry_and_the_instant() -> None:
    evening = good_evening()
    late = evening.says("eve", "!claim mug", CLOSES + SECOND)
    evening.grant("eve", late, 4, CLOSES + 2 * SECOND)
    evening.bot("@ann Teal Mug #4 of 3 is yours!", CLOSES + 3 * SECOND)
    details = {each.key: " ".join(each.details) for each in report_of(evening).broken}
    line = len(evening.record)
    assert f"“@ann Teal Mug #4 of 3 is yours!” (line {line} of the record, +83.0 s)" in details["true-numbers"]
    assert "#4 was granted outside every window (entry 6, +82.0 s)." in details["windows"]


def test_a_request_that_is_in_no_record_is_left_as_it_is() -> None:
    evening = good_evening()
    evening.grant("eve", "twitch:never-said", 4, OPENS + 9 * SECOND)
    details = {each.key: " ".join(each.details) for each in report_of(evening).broken}
    assert "there is no claim 'twitch:never-said' in the record" in details["asked-for"]
