"""The driver that fails on demand: what it refuses is not there, what it has committed is, whatever it says."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.simulation.disk import DISK_FAULTS, Dies, Disk, Trap, Workbench, injected


class Bench:
    """A workbench with a table of its own, and what was heard of the traps."""

    def __init__(self, folder):
        self.bench = Workbench(folder)
        self.now = 0
        self.faults = []
        self.bench.disk = self.disk = Disk(lambda: self.now, self.heard)
        self.bench.new_ledger()
        self.put(0)

    def heard(self, name, deadly):
        self.faults.append(name)
        if deadly:
            self.bench.freeze()

    def put(self, at):
        with self.bench.writes.begin() as connection:
            connection.execute(text(f"UPDATE channel SET name = name WHERE id = {at}"))
            connection.execute(text(f"INSERT INTO channel VALUES ({at}, 'teapot', 0, NULL, 0, '', '')"))

    @property
    def there(self):
        with self.bench.reading.connect() as connection:
            return list(connection.scalars(text("SELECT id FROM channel ORDER BY id")))


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path / "bench")
    yield bench
    bench.bench.let_go()


@pytest.mark.parametrize(
    ("moment", "kept"), [("begin", [0]), ("statement", [0]), ("before commit", [0]), ("after commit", [0, 1])]
)
@pytest.mark.parametrize("what", ["full", "failing"])
def test_an_error_refuses_all_of_a_transaction_or_comes_when_it_is_done(bench, what, moment, kept):
    bench.disk.hold_ready(Trap(what, moment))
    with pytest.raises(OperationalError) as refused:
        bench.put(1)
    assert injected(refused.value)
    assert bench.there == kept
    assert len(bench.faults) == 1
    assert set(bench.faults) <= set(DISK_FAULTS)
    bench.put(2)
    assert bench.there == [*kept, 2]


@pytest.mark.parametrize(
    ("moment", "kept"), [("begin", [0]), ("statement", [0]), ("before commit", [0]), ("after commit", [0, 1])]
)
def test_a_process_that_dies_leaves_what_was_committed_and_nothing_else(bench, moment, kept):
    bench.disk.hold_ready(Trap("dies", moment, skip=int(moment == "statement")))
    with pytest.raises(Dies):
        bench.put(1)
    bench.bench.thaw()
    assert bench.there == kept
    bench.put(2)
    assert bench.there == [*kept, 2]


def test_a_disk_that_is_broken_for_a_while_works_again(bench):
    bench.disk.break_until(100, "full")
    with pytest.raises(OperationalError):
        bench.put(1)
    bench.now = 100
    bench.put(1)
    assert bench.there == [0, 1]


def test_connecting_may_fail_too(bench):
    bench.bench.let_go()
    bench.disk.hold_ready(Trap("locked", "connect"))
    with pytest.raises(OperationalError):
        bench.put(1)
    bench.put(1)
    assert bench.there == [0, 1]
