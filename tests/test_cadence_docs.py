"""What docs/cadence.md and docs/gates.md tell a streamer to write can be written, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import DropTable, load_config
from bot.config.pacing import PacingSection
from bot.domain.cadence_parsing import read_rule
from bot.domain.entitlements import KINDS, Source
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import Condition
from bot.domain.recurrence import Rule

DOCS = Path(__file__).parent.parent / "docs"
CADENCE, GATES = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("cadence", "gates"))
EXAMPLES = re.findall(r"```toml\n(.*?)```", CADENCE + GATES, re.DOTALL)
CHANNEL = '[channel]\nname = "Teal Fox"\ntime_zone = "Europe/Berlin"\n'


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_configuration_without_mistakes(tmp_path: Path, example: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CHANNEL + example, encoding="utf-8")
    config = load_config(path, {})
    assert config.drops or config.pacing.gap_min or config.lists


@pytest.mark.parametrize("written", re.findall(r'^\| `every = "([^"]*)"`', CADENCE, re.MULTILINE))
def test_every_rule_of_the_table_can_be_read(written: str) -> None:
    assert isinstance(read_rule(written), Rule)


def test_every_word_of_a_gate_is_in_the_table_and_can_be_read() -> None:
    cells = re.findall(r"^\| (`.*?`) \|", GATES, re.MULTILINE)
    gates = [read_gate(written) for cell in cells for written in re.findall(r"`([^`]+)`", cell)]
    assert not [gate for gate in gates if isinstance(gate, GateMistake)]
    assert {gate.entitlement for gate in gates if isinstance(gate, Condition)} == set(KINDS)


def test_the_table_says_who_is_asked() -> None:
    """Twitch's and Discord's sources by their names, everything else by where it stands."""
    rows = re.findall(r"^\| `(\w+)[^|]*\|[^|]*\|[^|]*\| ([^|]+) \|$", GATES, re.MULTILINE)
    for word, asked in rows:
        (condition,) = [each for each in KINDS if each == word]
        source = KINDS[condition].source
        if source in (Source.ACCOUNTS, Source.TWITCH_BADGES):
            continue
        name = {"twitch": "Twitch", "discord": "Discord"}.get(source.partition("-")[0])
        assert asked == (name or ("this file" if source is Source.LISTS else "the ledger"))
    assert len(rows) >= len(KINDS) - 2


def test_every_key_is_explained() -> None:
    times = {"every", "season", "starts", "skip", "announce_before"}
    early = {"early", "early_for", "early_share"}
    assert times | early <= set(DropTable.model_fields)
    assert [
        key for key in {*times, *PacingSection.model_fields} if not re.search(rf"^(\| `)?{key} =", CADENCE, re.M)
    ] == []
    assert [key for key in early if f"\n{key} = " not in GATES] == []
