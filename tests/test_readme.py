"""The README tells the truth: its recording is what the program prints today, and what it names is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from tools.record import BEGIN, END, LEFT_OUT, excerpt, play, put, recorded

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text("utf-8")

# What time and the machine decide: clocks, seconds, who was faster, and what people then need not ask for again.
_DECIDED_BY_TIME = (
    (r"^\d\d:\d\d:\d\d ", ""),
    (r"\b\d\d:\d\d\b", "hh:mm"),
    (r"\b\d+(\.\d+)? s\b", "… s"),
    (r"@\S+( #\d+)?(, @\S+( #\d+)?)*", "@…"),
    (r"#\d+ of (\d+)", r"#… of \1"),
    # Whose entries these are decides about their hashes.
    (r"\bLog (\S+) \d+ [a-z2-7]{10}\b", r"Log \1 …"),
    (r"^(Claims) \d+ (from \d+ people), at most \d+ in a second.*", r"\1 \2"),
    (r"^(Answers .*), of \d+$", r"\1"),
)


def settled(line: str) -> str:
    """A line without what time and the machine decide."""
    line = " ".join(line.split())
    for pattern, instead in _DECIDED_BY_TIME:
        line = re.sub(pattern, instead, line)
    if line.startswith(("Crowd ", "Said ")):
        return re.sub(r"\b\d+ of (\d+)\b", r"… of \1", line)
    if line.startswith("Refused "):
        return "Refused " + ", ".join(sorted(re.findall(r"[a-z-]+", line.removeprefix("Refused "))))
    return line


def parts(lines: Iterable[str]) -> tuple[list[str], list[str], list[str]]:
    """The chats, the report and its advice, all settled; a report's hanging line belongs to the one before it."""
    chats: list[str] = []
    whole: list[str] = []
    for line in lines:
        if re.match(r"\d\d:\d\d:\d\d |Rehearsing ", line):
            chats.append(settled(line))
        elif line.startswith("         ") and whole:
            whole[-1] += line
        else:
            whole.append(line)
    advice = [settled(re.sub(r"^\d+\. ", "", line)) for line in whole if re.match(r"\d+\. ", line)]
    return chats, [settled(line) for line in whole if not re.match(r"\d+\. ", line)], advice


@pytest.mark.slow
def test_the_recording_is_what_the_program_prints_today() -> None:
    """Every line but for what time decides: the crowd's and the bot's are said today too, the report is the same,
    and the advice that was recorded is given."""
    code, lines = play()
    assert code == 0, "\n".join(lines[-30:])
    was_chats, was_report, was_advice = parts(recorded(README))
    chats, report, advice = parts(lines)
    again = "Run `make recording`."
    assert [line for line in was_chats if line not in chats] == [], again
    assert was_report == report, again
    assert [line for line in was_advice if line not in advice] == [], again
    assert len(was_chats) >= 8
    assert was_advice


PRINTED = """\
Rehearsing config.example.toml with seed 1: the stage is being set.
20:00:01 twitch  microdrops_bot: New drop: Teal Mug, 48 numbered.
20:00:02 twitch  ann: hello
20:00:07 twitch  microdrops_bot: Teal Mug is open: 48 to claim.
20:00:07 twitch  ann: !claim
20:00:08 discord cat: presses [Claim]
20:00:08 discord Microdrops: Teal Mug #2 of 48 is yours!   (only for whoever asked)
20:00:08 twitch  microdrops_bot: @ann Teal Mug #1 of 48 is yours!
20:00:09 twitch  microdrops_bot: Teal Mug is sold out: 48 claimed.
20:00:10 twitch  bob: !claim
20:00:27 twitch  microdrops_bot: Teal Mug is closed: 48 of 48 found an owner.
Teal Mug: 48 of 48 units, #1 to #48, 48 owners; 72 people asked, sold out after 2.5 s
         announced +0.0 s · opened +6.0 s
Refused  30 sold-out, 12 already-yours
What I would change before tonight
1. Keep a unit back. A mistake could not be mended, and this line goes on for longer than the page is wide.
2. Two.
3. Three.
Promises kept
✓ No two answers contradict each other.
""".splitlines()


def test_an_excerpt_shows_each_moment_and_marks_what_is_left_out() -> None:
    shown = excerpt(PRINTED)
    text = "\n".join(shown)
    for said in ("New drop", "is open", "ann: !claim", "presses [Claim]", "#2 of 48", "@ann", "sold out", "closed"):
        assert said in text
    assert "hello" not in text
    assert "bob" not in text
    assert "3. Three." not in text
    assert shown.count(LEFT_OUT) == 3
    assert max(map(len, shown)) <= 100


def test_what_is_put_into_the_readme_is_read_from_it_as_it_was_printed() -> None:
    page = f"# Title\n{BEGIN}\nold\n{END}\nmore"
    written = put(page, excerpt(PRINTED))
    assert written.startswith("# Title\n")
    assert written.endswith(f"{END}\nmore")
    assert put(written, excerpt(PRINTED)) == written
    kept = [" ".join(line.split()) for line in recorded(written)]
    assert set(kept) <= {" ".join(line.split()) for line in PRINTED}
    with pytest.raises(ValueError, match="README"):
        put("# Title", [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("20:00:01 twitch  ann: !claim", "21:30:59 twitch  ann: !claim", True),
        ("20:00:01 twitch  ann: !claim", "20:00:01 twitch  bob: !claim", False),
        ("Mug is yours: @ann #1, @bob #2 (of 48)", "Mug is yours: @cat #7 (of 48)", True),
        ("Mug is yours: @ann #1 (of 48)", "Mug is yours: @ann #1 (of 50)", False),
        ("Mug: 48 of 48 units, sold out after 2.5 s", "Mug: 48 of 48 units, sold out after 3.1 s", True),
        ("Mug: 48 of 48 units", "Mug: 47 of 48 units", False),
        ("Refused  30 sold-out, 12 already-yours", "Refused  31 already-yours, 2 sold-out", True),
        ("Refused  30 sold-out", "Refused  30 sold-out, 1 closed", False),
        (
            "Claims   99 from 72 people, at most 36 in a second ▁",
            "Claims 9 from 72 people, at most 9 in a second",
            True,
        ),
        (
            "Claims   9 from 72 people, at most 9 in a second",
            "Claims   9 from 71 people, at most 9 in a second",
            False,
        ),
        ("Crowd    8 of 11 eager, 2 of 9 watching", "Crowd    7 of 11 eager, 3 of 9 watching", True),
        ("Crowd    8 of 11 eager got one", "Crowd    8 of 12 eager got one", False),
        ("48 of 48 found an owner", "47 of 48 found an owner", False),
        ("19 promises kept, 0 broken, in 33 s.", "19 promises kept, 0 broken, in 41 s.", True),
        ("19 promises kept, 0 broken, in 33 s.", "18 promises kept, 1 broken, in 33 s.", False),
    ],
)
def test_only_what_time_decides_may_differ(one: str, other: str, same: bool) -> None:
    assert (settled(one) == settled(other)) is same


def test_every_make_target_and_command_of_the_readme_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README)) | set(re.findall(r"^make ([a-z-]+)", README, re.MULTILINE))
    assert "rehearse" in named
    assert named <= targets
    commands = set(getattr(get_command(app), "commands", {}))
    used = set(re.findall(r"(?:^|`)microdrops ([a-z]+)", README, re.MULTILINE))
    assert {"rehearse", "run"} <= used <= commands


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []
