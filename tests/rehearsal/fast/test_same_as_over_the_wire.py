"""The quick way and the wire play one seed alike: the same kinds of lines with the same data, the same promises."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.main import report_of
from bot.rehearsal.options import RehearseOptions, Tempo
from bot.rehearsal.performance import perform
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script
from bot.rehearsal.script_file import SKELETON
from tests.rehearsal.fast.quick import broken, played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DROP = {"name": "mug", "title": "Teal Mug", "kind": "print", "supply": 10}
FAULTS = (
    PlannedFault("twitch-close", Moment(Anchor.OPENED, 3.0)),
    PlannedFault("discord-close", Moment(Anchor.OPENED, 4.0)),
)
TEMPO = Tempo(before_opening=4.0, window=9, answer_gap=2)
SCRIPT = Script("both-ways", "Both ways", "", drops=(DROP,), faults=FAULTS, tempo=TEMPO)
OPTIONS = RehearseOptions(SKELETON, SCRIPT, seed=5, viewers=24, discord_viewers=12, tempo=TEMPO)

Keys = dict[tuple[str, str], set[str]]


def keys_by_kind(record: Iterable[Mapping[str, Any]]) -> Keys:
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for seen in record:
        found[seen["platform"], seen["kind"]] |= set(seen["data"])
    return dict(found)


def said_by_people(record: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Who asked for what at all; when they do depends on when they see something."""
    acts = ("chat", "refused", "slash")
    people = (seen for seen in record if seen["kind"] in acts and not seen["data"].get("bot"))
    return {(seen["name"], seen["text"]) for seen in people}


def test_both_ways_write_the_same_kinds_of_lines_and_keep_the_same_promises(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("wire", "quick")]
    for folder in folders:
        folder.mkdir()
    wire = asyncio.run(perform(OPTIONS, folders[0], lambda seen: None))
    quick, quick_report = played(OPTIONS, folders[1])
    wire_report = report_of(wire, OPTIONS)
    assert (wire.complete, quick.complete) == (True, True)
    assert keys_by_kind(quick.record) == keys_by_kind(wire.record)
    assert all(tuple(seen) == tuple(wire.record[0]) for seen in quick.record)
    assert (broken(wire_report), broken(quick_report)) == ({}, {})
    verdicts = [{each.key: each.verdict for each in report.promises} for report in (wire_report, quick_report)]
    assert verdicts[0] == verdicts[1]
    common = said_by_people(wire.record) & said_by_people(quick.record)
    assert len(common) > 0.8 * len(said_by_people(wire.record))
