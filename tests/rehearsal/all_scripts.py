"""Plays every shipped script over the wire and writes the figures: `python -m tests.rehearsal.all_scripts`."""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.rehearsal.script_file import load_script, shipped_scripts
from tests.benchmarks import machine

Json = Mapping[str, Any]
PAGE = Path(__file__).parents[2] / "docs" / "rehearsals.md"
OPENING = """\
# Rehearsals

Every shipped script, played over the wire by `make rehearse-all`: the bot as it is, with both client libraries
unchanged, against the local Twitch and Discord. Each row is one play that anybody can repeat:
`microdrops rehearse SCRIPT --seed SEED`. The same seed brings the same crowd with the same wishes; who is first,
and how long an answer takes, is up to the machine, which stands at the end.

This page is written by that command; nobody edits it.
"""
REMARKS = """\
- An answer is the time from a claim until its person is named, or a line gives the reason to all: in seconds, the
  median / what 99 of 100 stay below. In chat, answers wait for company on purpose, so that a hundred of them fill a
  few lines.
- Healing is the longest time from the end of a fault until something worked again on that platform.
- "kept" counts the promises that this play could put to the test; a broken one is named.
"""
HEADINGS = (
    "script",
    "seed",
    "people",
    "claims",
    "units",
    "Twitch, s",
    "Discord, s",
    "faults",
    "healing, s",
    "promises",
    "took, s",
)


@dataclass(frozen=True, slots=True)
class Played:
    """One play: what was asked for, and the answer of `microdrops rehearse --json`."""

    script: str
    seed: int
    public: Json

    @property
    def kept(self) -> bool:
        return bool(self.public.get("kept"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 when every promise was kept in every play, else 1; writes the page if all scripts were played."""
    parser = argparse.ArgumentParser(prog="make rehearse-all", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds of each script are played")
    parser.add_argument("--first-seed", type=int, default=1, help="the first of them")
    parser.add_argument("--only", choices=shipped_scripts(), help="play this script alone, and write no page")
    asked = parser.parse_args(arguments)
    if asked.seeds < 1:
        parser.error("--seeds: at least one")
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    plays = []
    for script in [asked.only] if asked.only else shipped_scripts():
        for seed in seeds:
            plays.append(played := play(script, seed))
            print(" | ".join(cells(played)), flush=True)
            for line in evidence(played):
                print(f"    {line}", flush=True)
    if asked.only is None:
        told = arguments if arguments is not None else sys.argv[1:]
        command = "make rehearse-all" + (f" ARGS={shlex.quote(shlex.join(told))}" if told else "")
        facts = machine.facts(Path(tempfile.gettempdir()))
        PAGE.write_text(page(plays, command, datetime.now(UTC), facts), "utf-8")
        print(f"written: {PAGE}")
    return 0 if all(played.kept for played in plays) else 1


def play(script: str, seed: int) -> Played:
    """Play one script in a process of its own, as anybody would call it."""
    command = [sys.executable, "-m", "bot", "rehearse", script, "--seed", str(seed), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    try:
        public = json.loads(done.stdout)
    except ValueError:
        public = {"error": (done.stderr or done.stdout).strip() or f"It ended with code {done.returncode}."}
    return Played(script, seed, public)


def evidence(played: Played) -> Iterator[str]:
    """What was broken in a play, and where."""
    for promise in played.public.get("promises", ()):
        if promise["verdict"] == "broken":
            yield f"BROKEN: {promise['promise']}"
            yield from promise["details"]


def page(plays: Sequence[Played], command: str, at: datetime, facts: Mapping[str, str]) -> str:
    """The whole page as Markdown."""
    lines = [OPENING, f"`{command}` on {at:%Y-%m-%d %H:%M} UTC: {_verdict(plays)}", ""]
    for script in dict.fromkeys(played.script for played in plays):
        about = load_script(script)
        lines.append(f"- **{script}**: {about.about}")
    lines += ["", "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(cells(played)) + " |" for played in plays]
    lines += [
        "",
        REMARKS,
        "## The machine",
        "",
        "; ".join(f"{key}: {value}" for key, value in facts.items()) + ".",
        "",
    ]
    return "\n".join(lines)


def _verdict(plays: Sequence[Played]) -> str:
    count = "1 play" if len(plays) == 1 else f"{len(plays)} plays"
    broken = sum(not played.kept for played in plays)
    return f"{count}, in {broken} of them something was broken." if broken else f"{count}, every promise kept."


def cells(played: Played) -> tuple[str, ...]:
    """One row of the table; a play that came to no report says why instead of its figures."""
    public = played.public
    if "promises" not in public:
        why = str(public.get("error") or public.get("mistakes") or "no report")
        return (
            played.script,
            str(played.seed),
            *("" for _ in HEADINGS[4:]),
            f"**{' '.join(why.split())[:120]}**",
            "",
        )
    healed = [fault["healed_after"] for fault in public["faults"] if fault["healed_after"] is not None]
    return (
        played.script,
        str(played.seed),
        f"{public['people']:,}",
        f"{public['claims']:,}",
        ", ".join(f"{drop['units']} of {drop['supply']}" for drop in public["drops"]),
        _times(public["answer_seconds"].get("twitch")),
        _times(public["answer_seconds"].get("discord")),
        str(len(public["faults"])),
        f"{max(healed):.1f}" if healed else "",
        _promises(public),
        f"{public['seconds']:.0f}",
    )


def _times(figures: Json | None) -> str:
    return f"{figures['median']:.2f} / {figures['p99']:.2f}" if figures else ""


def _promises(public: Json) -> str:
    verdicts = {each["key"]: each["verdict"] for each in public["promises"]}
    broken = [key for key, verdict in verdicts.items() if verdict == "broken"]
    kept = sum(verdict == "kept" for verdict in verdicts.values())
    if broken or not public["complete"]:
        return f"**{kept} kept; broken: {', '.join(broken) or 'it did not come to its end'}**"
    return f"{kept} kept"


if __name__ == "__main__":
    sys.exit(main())
