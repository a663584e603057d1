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
from bot.rehearsal.performance import Performance, perform
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script
from bot.rehearsal.script_file import SKELETON
from tests.rehearsal.fast.quick import broken, played
from tests.rehearsal.test_planted_bugs import has_its_moments

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DROP = {"name": "mug", "title": "Teal Mug", "kind": "print", "supply": 10}
FAULTS = (
    PlannedFault("twitch-close", Moment(Anchor.OPENED, 3.0)),
    PlannedFault("discord-close", Moment(Anchor.OPENED, 4.0)),
)
TEMPO = Tempo(before_opening=4.0, window=9, answer_gap=2)
SCRIPT = Script("both-ways", "Both ways", "", drops=(DROP,), faults=FAULTS, tempo=TEMPO)
OPTIONS = RehearseOptions(SKELETON, SCRIPT, seed=5, viewers=24, discord_viewers=12, tempo=TEMPO)

TRIES = 3
# Who types while a socket is built anew, and which answer comes late, is up to the machine.
OF_TIME = {("twitch", "undelivered"), ("discord", "deferred"), ("discord", "interaction-failed")}
# So it is whether somebody asked on the one platform while the other was away.
BY_LUCK = {"outage"}

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


def play_over_the_wire(folder: Path) -> Performance:
    """A play in which the bot was there when the drop opened, as it always is in virtual time."""
    for again in range(TRIES):
        (part := folder / str(again)).mkdir(parents=True)
        performance = asyncio.run(perform(OPTIONS, part, lambda seen: None))
        if has_its_moments(performance):
            return performance
    raise AssertionError(f"in {TRIES} plays the bot was not there in time")


def test_both_ways_write_the_same_kinds_of_lines_and_keep_the_same_promises(tmp_path: Path) -> None:
    wire = play_over_the_wire(tmp_path / "wire")
    (tmp_path / "quick").mkdir()
    quick, quick_report = played(OPTIONS, tmp_path / "quick")
    wire_report = report_of(wire, OPTIONS)
    assert (wire.complete, quick.complete) == (True, True)
    by_way = [keys_by_kind(way.record) for way in (quick, wire)]
    both = by_way[0].keys() & by_way[1].keys()
    assert (by_way[0].keys() | by_way[1].keys()) - both <= OF_TIME
    assert {kind: by_way[0][kind] for kind in both} == {kind: by_way[1][kind] for kind in both}
    assert all(tuple(seen) == tuple(wire.record[0]) for seen in quick.record)
    assert (broken(wire_report), broken(quick_report)) == ({}, {})
    verdicts = [
        {each.key: each.verdict for each in report.promises if each.key not in BY_LUCK}
        for report in (wire_report, quick_report)
    ]
    assert verdicts[0] == verdicts[1]
    common = said_by_people(wire.record) & said_by_people(quick.record)
    assert len(common) > 0.8 * len(said_by_people(wire.record))
