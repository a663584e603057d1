"""Plays the README's rehearsal again and puts what it printed into the README: `make recording`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
README = PROJECT / "README.md"
COMMAND = ("rehearse", "--config", "config.example.toml", "--seed", "1")
BEGIN, END = "<!-- recording: made by `make recording` -->", "<!-- end of the recording -->"
LEFT_OUT = "[...]"
WIDTH = 100
_INDENT = "    "
_CLOCK = re.compile(r"\d\d:\d\d:\d\d (twitch|discord|stage)")
_WON = re.compile(r"is yours|are yours")
_CLAIMS_SHOWN = 3
_ADVICE_SHOWN = 2


def main() -> int:
    """Returns 0 when the README has the new recording, else the exit code of the play."""
    code, lines = play()
    if code:
        print("\n".join(lines[-20:]), file=sys.stderr)  # noqa: T201 - why there is nothing to record
        return code
    README.write_text(put(README.read_text("utf-8"), excerpt(lines)), "utf-8")
    print(f"recorded: {README}")  # noqa: T201 - a command's last word
    return 0


def play() -> tuple[int, list[str]]:
    """The exit code, and everything that `microdrops rehearse` prints into a pipe."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *COMMAND],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8").splitlines()


def excerpt(lines: Sequence[str]) -> list[str]:
    """What somebody has to see of a play to understand it, in its order; "[...]" where more was said."""
    chat = [number for number, line in enumerate(lines) if _CLOCK.match(line)]
    report = range(chat[-1] + 1, len(lines))
    wanted = {0, *_moments(lines, chat), *_of_the_report(lines, report)}
    shown: list[str] = []
    for number, line in enumerate(lines):
        if number in wanted:
            shown += textwrap.wrap(line, WIDTH, subsequent_indent=_INDENT, break_on_hyphens=False)
        elif shown[-1] != LEFT_OUT:
            shown.append(LEFT_OUT)
    return shown


def _moments(lines: Sequence[str], chat: Sequence[int]) -> Iterator[int]:
    """The line of each moment of a drop, and a few of the crowd's before anybody has won."""

    def first(fits: Callable[[str], object], after: int = 0) -> int:
        return next((number for number in chat if number > after and fits(lines[number])), 0)

    opened = first(lambda line: "twitch  microdrops_bot:" in line and " is open" in line)
    won = first(lambda line: " twitch " in line and _WON.search(line), opened)
    pressed = first(lambda line: "presses [Claim]" in line, opened)
    yield first(lambda line: "twitch  microdrops_bot: New drop" in line)
    yield opened
    # What Twitch swallows depends on the second, and so does all that is typed once somebody has won.
    claims = [n for n in chat if opened < n < won and ": !claim" in lines[n] and "swallowed" not in lines[n]]
    yield from claims[:_CLAIMS_SHOWN]
    yield pressed
    yield first(lambda line: "Microdrops:" in line and _WON.search(line), pressed)
    yield won
    yield first(lambda line: "microdrops_bot:" in line and "is sold out:" in line)
    yield first(lambda line: "microdrops_bot:" in line and "is closed:" in line)


def _of_the_report(lines: Sequence[str], report: Iterable[int]) -> Iterator[int]:
    """All of it but most of the advice."""
    advice = 0
    for number in report:
        advice += bool(re.match(r"\d+\. ", lines[number]))
        if advice <= _ADVICE_SHOWN or not re.match(r"\d+\. ", lines[number]):
            yield number


def put(readme: str, shown: Iterable[str]) -> str:
    """The README with this recording. Raises ValueError when its place is not marked."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"README.md needs the lines {BEGIN!r} and {END!r}.")
    return "\n".join([before + begin, "```", *shown, "```", end + after])


def recorded(readme: str) -> list[str]:
    """The recording's lines as they were printed, without "[...]"."""
    block = readme.partition(BEGIN)[2].partition(END)[0].strip().removeprefix("```").removesuffix("```").strip("\n")
    lines: list[str] = []
    for line in block.splitlines():
        # The report's own hanging lines are indented further.
        if re.match(_INDENT + r"\S", line) and lines:
            lines[-1] += " " + line.strip()
        elif line != LEFT_OUT:
            lines.append(line)
    return lines


if __name__ == "__main__":
    sys.exit(main())
