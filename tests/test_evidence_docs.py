"""The table in docs/evidence.md against the program: who answers what, about how many a call, and for how long."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.entitlements import Entitlement, Source
from bot.domain.gates import Condition
from bot.domain.time import DAY, HOUR, MINUTE
from bot.platforms.hooks import machine_clock
from bot.platforms.twitch.evidence import TwitchEvidence
from bot.platforms.twitch.settings import TwitchSettings
from bot.services.evidence import YES_HOLDS, answered_from_outside

PAGE = (Path(__file__).parents[1] / "docs" / "evidence.md").read_text(encoding="utf-8")
UNITS = {"minute": MINUTE, "hour": HOUR, "day": DAY}


def rows() -> dict[Entitlement, list[str]]:
    """The cells of the table's rows, by every entitlement that a row names."""
    found: dict[Entitlement, list[str]] = {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            for word in re.findall(r"`([a-z_]+)", cells[0]):
                found[Entitlement(word)] = cells
    return found


def source_of(about: Entitlement) -> Source:
    subject = "name" if about in ("role", "badge", "pass", "code", "listed") else ""
    return Condition(about, subject).question.source


def test_every_entitlement_is_in_the_table() -> None:
    assert set(rows()) == set(Entitlement)


def test_the_table_tells_how_long_a_yes_holds() -> None:
    for about, cells in rows().items():
        if answered_from_outside(source_of(about)):
            number, unit = re.fullmatch(r"(\d+) (minute|hour|day)s?", cells[-1]).groups()  # type: ignore[union-attr]  # else it fails
            assert int(number) * UNITS[unit] == YES_HOLDS[source_of(about)], about


def test_the_table_tells_how_many_people_one_call_asks_about() -> None:
    settings = TwitchSettings(client_id="c", channel_id="1", bot_id="2", bot_token="", bot_refresh="")
    asked = {each.source: each.users_max for each in TwitchEvidence(settings, lambda: None, machine_clock).sources}
    told = {source_of(about): cells[2] for about, cells in rows().items()}
    for source, users_max in asked.items():
        if source is not Source.TWITCH_BADGES:
            expected = {1: "1 person", 100: "100 people"}.get(users_max, "everybody")
            assert told[source].startswith(expected), source
