"""Each measurement in small: what it runs still runs, and every round leaves one ratio in every figure."""

from __future__ import annotations

import shutil

import pytest

from tests.benchmarks import bursts, disk, reports, steady, syncs
from tests.benchmarks.ledgers import Ledgers

SMALL = [
    (
        bursts.Bursts,
        bursts,
        {
            "CLAIMS": 40,
            "GROUP": 10,
            "ORM_CLAIMS": 5,
            "ONE_STATEMENT_CLAIMS": 5,
            "COMMANDS": 20,
            "RACING_SUPPLY": 30,
        },
    ),
    (steady.Steady, steady, {"CALM": 100, "CALM_SECONDS": 1, "RUSH": 200, "RUSH_SECONDS": 1}),
    (reports.Reports, reports, {"PEOPLE": 300, "CLAIMS": 60, "PER_SECOND": 200}),
    pytest.param(
        syncs.Syncs,
        syncs,
        {"CLAIMS": 20},
        marks=pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed here"),
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("measurement", "module", "sizes"), SMALL)
async def test_two_rounds_leave_two_ratios_in_every_figure(measurement, module, sizes, tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "PROBES", 5)
    for name, size in sizes.items():
        monkeypatch.setattr(module, name, size)
    measuring = measurement(Ledgers(tmp_path))
    for turn in range(2):
        folder = tmp_path / str(turn)
        folder.mkdir()
        await measuring.measure(turn, folder)
    for figure in measuring.figures:
        assert len(figure.ratios) == 2, figure.name
        assert min(figure.ratios) > 0, figure.name
        assert figure.verdict != "" or not figure.bar
    assert measuring.remarks


async def test_without_strace_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    measuring = syncs.Syncs(Ledgers(tmp_path))
    await measuring.measure(0, tmp_path)
    assert [figure.verdict for figure in measuring.figures] == ["strace is not installed here", ""]
