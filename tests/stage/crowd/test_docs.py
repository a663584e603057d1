"""The page about the crowd says what the crowd is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters import CHARACTERS
from bot.stage.crowd.scene import StagedDrop
from bot.stage.record import SECOND

PAGE = (Path(__file__).parents[3] / "docs" / "crowd.md").read_text("utf-8")


class Fixed:
    """Dice that always fall the same."""

    def __init__(self, chance: float) -> None:
        self._chance = chance

    def random(self) -> float:
        return self._chance


def test_every_character_has_a_row_with_its_share_and_whether_it_is_on_discord() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (yes|no) \|", PAGE, re.MULTILINE)
    told = {name: (int(share), there == "yes") for name, share, there in rows}
    assert told == {each.name: (each.share, each.discord is not None) for each in CHARACTERS}


def test_the_curve_is_as_the_page_has_it() -> None:
    rows = {"a quarter": 0.25, "half": 0.5, "four in five": 0.8, "nineteen in twenty": 0.95}
    for words, chance in rows.items():
        (shown,) = re.findall(rf"^\| {words} \| (.+?) \|", PAGE, re.MULTILINE)
        minutes, seconds = re.fullmatch(r"(?:(\d+) min )?([\d.]+) s", shown).groups()
        found = arrival(Fixed(chance), StagedDrop("mug", "Teal Mug", 0, 0, 900 * SECOND))
        assert abs(found - (int(minutes or 0) * 60 + float(seconds))) < 1
