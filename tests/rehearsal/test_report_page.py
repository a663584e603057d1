"""The report as a page: whole, by itself, and harmless whatever people are called."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.rehearsal.evidence import JudgedDrop
from bot.rehearsal.home import Home
from bot.rehearsal.judge import judge
from bot.rehearsal.picture import pictures
from bot.rehearsal.report import make_report
from bot.rehearsal.report_page import render, write_page
from tests.rehearsal.evening import CLOSES, MUG, OPENS, SECOND, Evening, good_evening
from tests.rehearsal.test_judge_faults import fault
from tests.rehearsal.test_report import report_of

_VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</bdi></main><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}",
    "a\u202egnp.exe",
    "\x1b[2Jwiped",
)


class Reader(HTMLParser):
    """Keeps what is open, and what was found."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += f"{data} "


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def bad_evening() -> Evening:
    """A mug each for people with hostile names, faults of every kind, and somebody without an answer."""
    evening = good_evening()
    for number, name in enumerate(HOSTILE):
        evening.says(name, f"!claim {name}", CLOSES + number * SECOND)
        data = {"platform": "twitch", "login": name, "character": name}
        evening.see(OPENS, "stage", "joined", author=f"id-{name}", name=name, data=data)
        fault(evening, "twitch-close", OPENS + number * SECOND)
        evening.record[-1]["text"] = evening.record[-2]["text"] = name
    skipped = {"name": "discord-gone", "state": "skipped", "why": HOSTILE[0], "seconds": 0}
    evening.see(OPENS, "stage", "fault", text="Discord is down", data=skipped)
    evening.announce("nearly-gone", f"Teal Mug: {HOSTILE[1]} <t:{OPENS // SECOND + 9}:R>", OPENS + 5 * SECOND)
    evening.enter("unit.granted", CLOSES, {"number": 9, "gate": HOSTILE[0]}, {"platform": "twitch", "user": "x"})
    return evening


def page_of(evening: Evening) -> str:
    return render(report_of(evening, home=Home({"mug": 900.0}, False, True), kept_in=Path("/tmp/<b>tea")))


@pytest.mark.parametrize("evening", [Evening(), good_evening(), bad_evening()], ids=["empty", "good", "bad"])
def test_the_page_is_whole_and_needs_nothing_from_anywhere(evening: Evening) -> None:
    page = page_of(evening)
    reader = read(page)
    tags = {tag for tag, _ in reader.elements}
    assert tags & {"script", "link", "img", "iframe", "object", "form"} == set()
    for _, attributes in reader.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert str(attributes.get("href") or "#").startswith("#")
    assert not re.search(r"(https?:)?//[a-z]|@import|url\(", page)
    policy = [each["content"] for tag, each in reader.elements if each.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_what_people_are_called_stands_there_as_text() -> None:
    reader = read(page_of(bad_evening()))
    assert "<img src=x onerror=alert(1)> (twitch) got no answer" in reader.text
    assert "</bdi></main><script>alert(1)</script>" in reader.text
    assert "{{ 7 * 7 }}" in reader.text
    assert "</script> in 4 s" in reader.text
    assert "agnp.exe" in reader.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", reader.text)


def test_a_hostile_title_is_harmless_everywhere() -> None:
    drop = JudgedDrop("mug", HOSTILE[1], 3, 0, 1, None)
    case = good_evening().case(drops=(drop,))
    report = make_report(
        case, judge(case), complete=True, seconds=1.0, seed=1, repeat=(HOSTILE[0],), kept_in=None, home=Home()
    )
    reader = read(render(report))
    assert "script" not in {tag for tag, _ in reader.elements}
    assert reader.text.count(HOSTILE[1]) >= 3


def test_the_page_shows_what_was_counted() -> None:
    text = " ".join(read(page_of(good_evening())).text.split())
    for piece in (
        "all 19 promises kept",
        "Teal Mug 3 of 3 sold out after 6.0 s; 4 people asked",
        "Claims 4 from 4 people, at most 2 in a second",
        "median 1.00 s · 90% 1.00 s · 99% 1.00 s · worst 1.00 s",
        "sold out 1",
        "4 of 100 within 30 s, at +80.0 s",
        "+60.0 s opened entry 1 said in Twitch chat and on Discord",
        "Two accounts that are linked are one person. Nobody had linked two accounts.",
        "Left in /tmp/<b>tea",
    ):
        assert piece in text


def test_the_page_names_each_fault_and_how_it_healed() -> None:
    evening = good_evening()
    fault(evening, "twitch-silence", OPENS + 3 * SECOND, OPENS + 4 * SECOND)
    fault(evening, "discord-close", CLOSES + SECOND)
    text = " ".join(read(page_of(evening)).text.split())
    assert "1 +63.0 s twitch-silence it broke (1.0 s) 2.0 s" in text
    assert "2 +81.0 s discord-close it broke nothing was asked meanwhile –" in text


def test_broken_promises_come_first_with_the_line_that_shows_it() -> None:
    evening = good_evening()
    evening.says("eve", "!claim mug", CLOSES + SECOND)
    text = " ".join(read(page_of(evening)).text.split())
    assert "1 of 19 promises broken" in text
    line = len(evening.record)
    assert f"eve (twitch) got no answer to “!claim mug” (twitch:m{evening.lines}, line {line} of the record" in text
    assert text.index("got no answer") < text.index("What I would change")


def test_the_picture_puts_everything_where_it_happened() -> None:
    evening = good_evening()
    fault(evening, "twitch-silence", OPENS + 3 * SECOND, OPENS + 4 * SECOND)
    fault(evening, "discord-gone", OPENS + 4 * SECOND, OPENS + 5 * SECOND)
    (picture,) = pictures(report_of(evening).figures)
    assert picture.points == 81
    assert [(bar.index, bar.asked, bar.granted) for bar in picture.bars] == [
        (61, 100.0, 100.0),
        (63, 50.0, 50.0),
        (65, 50.0, 0.0),
    ]
    assert [(band.number, band.left, band.width, band.row) for band in picture.bands] == [
        (1, 77.78, 3.7, 0),
        (2, 79.01, 2.47, 1),
    ]
    assert picture.shades == ((77.78, 3.7),)
    (lane,) = picture.lanes
    assert lane.spans == ((74.07, 24.7),)
    assert [(left, what) for left, what, _ in lane.marks] == [
        (0.0, "announced"),
        (81.48, "sold-out"),
        (98.77, "closed"),
    ]
    assert picture.ticks[:2] == ((0.0, "+0 s"), (18.52, "+15 s"))


def test_a_piece_in_which_nobody_claimed_is_not_drawn() -> None:
    evening = Evening()
    evening.announce("announced", "New drop", OPENS - 86_400 * SECOND)
    evening.says("ann", "!claim mug", OPENS)
    (picture,) = pictures(report_of(evening).figures)
    assert [bar.asked for bar in picture.bars] == [100.0]


def test_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(report_of(good_evening()), path)
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert MUG.title in path.read_text("utf-8")
