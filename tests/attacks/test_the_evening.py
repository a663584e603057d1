"""The honest evening and a forger who changes nothing: what the other tests here start from."""

from __future__ import annotations

from tests.attacks.judged import against_file, against_ledger, receipts_of, report_of, told_by
from tests.attacks.shown import exported
from tests.storage.evenings import rows


def test_everything_that_was_shown_agrees_with_the_honest_ledger_and_its_bundles(honest):
    judged = against_ledger(honest.url, honest.shown)
    assert judged.contradicts == set()
    assert judged.agrees == {*told_by(honest.shown), *receipts_of(honest.shown)}
    assert {name for name in judged.agrees if name.startswith("line")} == {
        "line: mug opened",
        "line: mug sold-out",
        "line: mug closed",
        "line: cup opened",
        "line: cup closed",
    }
    assert {"note: mug announced", "note: cup announced", "receipt: v1 mug", "receipt: v54 cup"} < judged.agrees
    assert len(receipts_of(honest.shown)) == 52
    for drop in ("mug", "cup"):
        assert against_file(honest.shown.bundles[drop], drop, honest.shown).contradicts == set()
    cup = report_of(honest.url, "cup")
    assert [(unit.number, unit.how) for unit in cup.units] == [
        (1, "claim"),
        (2, "claim"),
        (3, "hand"),
        (4, "claim"),
        (5, "claim"),
    ]
    assert (len(cup.taken_back), cup.hidden) == (1, 1)
    assert len(report_of(honest.url, "mug").units) == 48


def test_a_forger_who_changes_nothing_writes_the_same_ledger(honest, history, forged):
    again = forged(history)
    for table in ("entry", "checkpoint", "tile", '"drop"', "unit", "action"):
        assert rows(again, f"SELECT * FROM {table}") == rows(honest.url, f"SELECT * FROM {table}")
    assert against_ledger(again, honest.shown).contradicts == set()
    assert exported(again, "cup") == exported(honest.url, "cup")
