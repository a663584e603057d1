"""The page says what was measured, and calls a miss a miss."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks import page, plot
from tests.benchmarks.figures import Figure


def figure(**changes) -> Figure:
    values = {"name": "burst", "unit": "claims/s", "beside": "sqlite3", "at_least": 2.0}
    return Figure(**{**values, **changes})


@pytest.mark.parametrize(
    ("ours", "quiet", "expected"),
    [
        ([20, 30, 10], [], "met"),
        ([19, 30, 10], [], "missed"),
        ([19, 30, 10], [True, True, True], "missed"),
        ([19, 30, 10], [True, True, False], "met in the 2 quiet rounds of 3"),
        ([10, 15, 30], [True, True, False], "missed"),
        ([10, 15, 30], [False, False, True], "undecided: 1 of 3 rounds were quiet"),
        ([20, 30, 10], [False, False, False], "met"),
        ([], [], "not measured"),
    ],
)
def test_the_median_decides_and_a_disturbed_round_cannot_make_a_miss(ours, quiet, expected):
    assert figure(ours=ours, theirs=[10] * len(ours), quiet=quiet).verdict == expected


def test_a_bar_from_above_is_missed_by_more():
    latency = {"at_least": None, "at_most": 5.0, "theirs": [1.0]}
    assert [figure(**latency, ours=[ours]).verdict for ours in (5.0, 5.1)] == ["met", "missed"]


def test_what_could_not_be_measured_says_why():
    row = figure(note="no npm here")
    assert row.verdict == "no npm here"
    assert figure(at_least=None).verdict == ""


@pytest.fixture
def docs(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    return tmp_path


def test_each_command_replaces_its_own_section_alone(docs, tmp_path):
    good = figure(ours=[30.0], theirs=[10.0])
    page.keep("bench", [figure(ours=[10.0], theirs=[10.0])], rounds=1, remarks=[], folder=tmp_path)
    page.keep("peers", [figure(name="peer", note="no npm here")], rounds=1, remarks=[], folder=tmp_path)
    before = page.load()["peers"]
    page.keep("bench", [good], rounds=2, remarks=["All at once."], folder=tmp_path)
    known = page.load()
    assert known["peers"] == before
    assert [Figure.from_json(row) for row in known["bench"]["figures"]] == [good]
    text = (docs / "performance.md").read_text("utf-8")
    assert "| burst | at least 2 x | 3 (3 to 3) | met | claims/s | 30 (30 to 30) | sqlite3 |" in text
    assert "| peer | at least 2 x | not measured | no npm here |" in text
    assert "- All at once." in text
    assert "Not measured yet: `make bench`." in text  # PostgreSQL


def test_one_machine_is_told_of_once_and_two_are_told_apart(docs, tmp_path, monkeypatch):
    for section, name in (("bench", "one"), ("peers", "one"), ("peers", "two")):
        monkeypatch.setattr(page.machine, "facts", lambda _, name=name: {"processor": name})
        page.keep(section, [figure(ours=[30.0], theirs=[10.0])], rounds=1, remarks=[], folder=tmp_path)
        text = (docs / "performance.md").read_text("utf-8")
        assert text.count("processor: one") == 1
        assert text.count("processor: two") == (name == "two")


def test_a_miss_stands_out(docs, tmp_path):
    page.keep("bench", [figure(ours=[10.0], theirs=[10.0])], rounds=1, remarks=[], folder=tmp_path)
    assert "| **missed** |" in (docs / "performance.md").read_text("utf-8")


def test_the_picture_shows_each_figure_that_has_a_bar_and_is_the_same_for_the_same_figures(tmp_path):
    rows = [figure(ours=[30.0], theirs=[10.0]), figure(at_least=None, ours=[1.0], theirs=[1.0]), figure()]
    for name in ("one.svg", "two.svg"):
        plot.draw(rows, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_text("utf-8")
    assert drawn.count("burst") == 1
    assert drawn == (tmp_path / "two.svg").read_text("utf-8")


def test_what_is_kept_is_what_is_published():
    """The page in the repository is the one that its figures make."""
    path = page.DOCS / "performance.json"
    if not path.exists():
        pytest.skip("nothing has been measured yet")
    assert (page.DOCS / "performance.md").read_text("utf-8") == page.text(json.loads(path.read_text("utf-8")))
