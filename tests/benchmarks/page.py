"""The page of figures: each command keeps its own section, and the page is drawn anew from all of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import machine
from tests.benchmarks.figures import HEADINGS, Figure, cells

DOCS = Path(__file__).parents[2] / "docs"
TITLES = {
    "bench": "Against the disk, plain sqlite3 and the bare libraries",
    "postgresql": "The same code on PostgreSQL",
    "peers": "Against what other programs do",
}
COMMANDS = {"bench": "make bench", "postgresql": "make bench", "peers": "make bench-peers"}
OPENING = """\
# Performance

Every figure here is a ratio of two things that were measured in the same round, one right after the other in an
order that alternates: what slows a round down slows down both. A figure stands as its median over the rounds, with
the least and the greatest in brackets. Absolute numbers are only true of the machine at the end of this page.

This page is written by the commands that measure (`make bench`, `make bench-peers`); nobody edits it.

![Each ratio beside its bar, on a logarithmic axis](performance.svg)
"""


def keep(section: str, figures: list[Figure], *, rounds: int, remarks: list[str], folder: Path) -> None:
    """Replace one section of what is known ("bench", "postgresql" or "peers"), and write the page.

    `remarks` are sentences on how it was measured; `folder` is where the files lay that were written."""
    known = load()
    known[section] = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "rounds": rounds,
        "machine": machine.facts(folder),
        "remarks": remarks,
        "figures": [figure.to_json() for figure in figures],
    }
    ordered = {name: known[name] for name in TITLES if name in known}
    path = DOCS / "performance.json"
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", "utf-8")
    write()


def load() -> dict[str, Any]:
    """Every section that was ever measured; empty before the first."""
    path = DOCS / "performance.json"
    known: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return known


def write() -> None:
    """Draw docs/performance.md and its picture from docs/performance.json."""
    from tests.benchmarks import plot  # matplotlib would otherwise weigh on what is measured

    known = load()
    (DOCS / "performance.md").write_text(text(known), "utf-8")
    plot.draw(figures_of(known), DOCS / "performance.svg")


def figures_of(known: dict[str, Any]) -> list[Figure]:
    """The figures of all sections, in the order of the page."""
    return [Figure.from_json(row) for name in TITLES for row in known.get(name, {}).get("figures", [])]


def text(known: dict[str, Any]) -> str:
    """The whole page as Markdown."""
    parts = [OPENING]
    for name, title in TITLES.items():
        section = known.get(name)
        if section is None:
            parts.append(f"## {title}\n\nNot measured yet: `{COMMANDS[name]}`.\n")
        else:
            parts.append(_section(name, title, section))
    machines: dict[str, list[str]] = {}
    for name in TITLES:
        if name in known:
            machines.setdefault(_machine(known[name]), []).append(TITLES[name])
    lines = [
        f"{facts}." if len(machines) == 1 else f"- {'; '.join(of)}: {facts}." for facts, of in machines.items()
    ]
    parts.append("\n".join(["## The machine", "", *lines, ""]))
    return "\n".join(parts)


def _rounds(count: int) -> str:
    return "1 round" if count == 1 else f"{count} rounds"


def _machine(section: dict[str, Any]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in section["machine"].items())


def _section(name: str, title: str, section: dict[str, Any]) -> str:
    figures = [Figure.from_json(row) for row in section["figures"]]
    with_bar = [figure for figure in figures if figure.bar]
    without = [figure for figure in figures if not figure.bar]
    lines = [f"## {title}", "", f"{_rounds(section['rounds'])} of `{COMMANDS[name]}` on {section['date']}.", ""]
    if with_bar:
        lines += [*_table(with_bar, HEADINGS), ""]
    if without:
        lines += ["Without a bar, to see where the time goes:", ""] if with_bar else []
        lines += [*_table(without, tuple(each for each in HEADINGS if each not in ("bar", "verdict"))), ""]
    lines += [f"- {figure.name}: {figure.note}" for figure in figures if figure.note and figure.ratios]
    lines += [f"- {remark}" for remark in section["remarks"]]
    return "\n".join([*lines, ""])


def _table(figures: list[Figure], headings: tuple[str, ...]) -> list[str]:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    for figure in figures:
        row = dict(zip(HEADINGS, cells(figure), strict=True))
        if row["verdict"] == "missed":
            row["verdict"] = "**missed**"
        lines.append("| " + " | ".join(row[heading].replace("|", "\\|") for heading in headings) + " |")
    return lines
