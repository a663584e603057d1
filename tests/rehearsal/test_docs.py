"""docs/rehearsal.md says what there is: every fault, figure and script, and an example that can be read."""

from __future__ import annotations

import re
from pathlib import Path

from bot.rehearsal.faults import FAULTS, Fault
from bot.rehearsal.figures import FIGURE_NAMES
from bot.rehearsal.options import Tempo
from bot.rehearsal.script_file import load_script, shipped_scripts

PAGE = Path(__file__).parents[2] / "docs" / "rehearsal.md"


def between(mark: str) -> str:
    """What stands between two remarks of the page."""
    _, _, rest = PAGE.read_text("utf-8").partition(f"<!-- {mark} -->\n")
    return rest.partition(f"<!-- end of the {mark} -->")[0]


def fault_table() -> str:
    rows = ["| fault | what it does | lasts | options |", "|---|---|---|---|"]
    rows += [f"| `{each.name}` | {each.does} | {lasting(each)} | {options(each)} |" for each in FAULTS.values()]
    return "\n".join(rows) + "\n"


def lasting(fault: Fault) -> str:
    return f"{fault.seconds:g} s" if fault.seconds else ""


def options(fault: Fault) -> str:
    return ", ".join(f"`{name}` {value:g}" for name, value in fault.options.items())


def test_the_page_has_every_fault_as_the_catalogue_has_it() -> None:
    assert between("faults") == fault_table()


def test_the_page_names_every_figure_that_can_be_expected() -> None:
    assert tuple(re.findall(r"`(\w+)`", between("figures"))) == FIGURE_NAMES


def test_the_page_names_every_shipped_script() -> None:
    named = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text("utf-8").partition("## Writing")[0], re.MULTILINE)
    assert sorted(named) == sorted(shipped_scripts())


def test_the_example_is_a_script_and_its_tempo_the_default(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    file = tmp_path / "late-again.toml"
    file.write_text(example, "utf-8")
    script = load_script(file)
    assert script.tempo == Tempo()
    assert [fault.name for fault in script.faults] == ["twitch-close", "discord-gone"]
    assert len(script.cues) == 3
