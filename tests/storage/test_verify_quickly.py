"""What is checked of a usual claim without reading it: nothing gets past that, and whatever is unusual is read."""

from __future__ import annotations

import asyncio
import random
import re
import shutil

import orjson
import pytest
from sqlalchemy import create_engine, delete, insert, select, update

from bot.domain.ledger import Fact, leaf_hash, private_hash, seal
from bot.domain.time import HOUR
from bot.storage import tables
from bot.storage.claimed import CLAIM_BEGINS, CLAIM_ENDS, claim_middle, is_number
from bot.storage.database import ledger_url
from bot.storage.entries import read_entries, read_entry_bytes
from bot.storage.fold import Folding
from bot.storage.in_step import InStep
from bot.storage.rebuild import differences
from bot.storage.sealed import Seals, name_of
from tests.conftest import CHANNEL, NOON, FixedClock, running_lane
from tests.new_ledgers import new_ledger_at
from tests.storage.early import SUBSCRIBER, begin, claiming, found, judging
from tests.storage.evenings import claim, open_mug
from tests.storage.tampering import changes, full_ledger, removals

# Looks like the end of a name and another person's number.
IMITATION = 'x","person":2,"platform":"twitch'
CLAIMS = 30
IMITATED, TAMPERED = CLAIMS + 1, 7


async def live(url):
    """Thirty claims, one by somebody with a name of their own, and the last unit of the drop."""
    new_ledger_at(url)
    clock = FixedClock(NOON - 60_000_000)
    async with running_lane(url, clock) as lane:
        await open_mug(lane, clock, claims=CLAIMS, supply=CLAIMS + 2)
        await claim(lane, IMITATION, "the last one")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("quickly") / "ledger.sqlite"
    asyncio.run(live(ledger_url(str(path))))
    return path


@pytest.fixture
def ledger(template, tmp_path):
    engine = create_engine(ledger_url(str(shutil.copy(template, tmp_path / "ledger.sqlite"))))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def folded(connection):
    """The fold, and how many claims it was spared."""
    folding = Folding(lambda number, fault: pytest.fail(f"entry {number}: {fault}"))
    beside = InStep(connection, CHANNEL, folding)
    for rows in read_entry_bytes(connection, CHANNEL):
        folding.add(rows, beside.settle)
    units, answers = beside.left_over()
    return folding.rebuilt, beside.settled, list(units), list(answers)


def entry_of(connection, number):
    """The number of the entry that has granted this unit."""
    return connection.scalar(select(tables.unit.c.entry_number).where(tables.unit.c.number == number))


def write(connection, number, **values):
    """Change an entry, and mend its leaf hash if no other is given."""
    if "canonical" in values:
        values.setdefault("leaf_hash", leaf_hash(values["canonical"]))
    entry = tables.entry
    connection.execute(update(entry).where(entry.c.number == number).values(**values))


def canonical_of(connection, number):
    return connection.scalar(select(tables.entry.c.canonical).where(tables.entry.c.number == number))


def leaf_of(connection, number):
    return connection.scalar(select(tables.entry.c.leaf_hash).where(tables.entry.c.number == number))


def reorder(connection, table, seed):
    """The same rows, in another order on the disk."""
    rows = [tuple(row) for row in connection.execute(select(table))]
    connection.execute(delete(table))
    random.Random(seed).shuffle(rows)
    for row in rows:
        connection.execute(insert(table).values(row))


def test_of_usual_claims_nothing_is_read_or_kept_but_who_owns_them(ledger):
    rebuilt, settled, units, answers = folded(ledger)
    assert settled == CLAIMS + 1
    assert [key for key, _ in rebuilt.units] == ["mug"]  # the last one, after which the log is signed
    assert (len(units), [kind for _, kind, *_ in answers]) == (1, ["claim.granted"])
    assert len(rebuilt.owners["mug"]) == rebuilt.drops["mug"].claimed == CLAIMS + 2

    seals = Seals(ledger, CHANNEL)
    rows = [row for rows in read_entries(ledger, CHANNEL) for row in rows if row[2] == "unit.granted"]
    assert all(seals._is_usual(row) for row in rows)


def test_the_pieces_are_those_of_a_sealed_claim():
    fact = Fact("unit.granted", "mug", {"holder": "0f" * 16, "how": "claim", "number": 12})
    sealed = seal(fact, channel='the "teapot"', number=9, at=NOON, salt=bytes(16))
    own = private_hash(bytes(16), b"{}").encode()
    begins = CLAIM_BEGINS % (NOON, claim_middle('the "teapot"', "mug"), 9, own, b"0f" * 16)
    assert begins + b"12" + CLAIM_ENDS == sealed.canonical


@pytest.mark.parametrize("digits", [b"", b"0", b"07", b"-1", b"+1", b" 1", b"1 ", b"1.0", b"1e3", b"9" * 19])
def test_what_canonical_bytes_do_not_have_for_a_number_is_none(digits):
    assert not is_number(digits)
    assert is_number(b"1")
    assert is_number(b"70")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("names", [("unit",), ("outcome",), ("unit", "outcome")])
def test_rows_in_another_order_are_the_same_rows(ledger, names, seed):
    for name in names:
        reorder(ledger, tables.metadata.tables[name], seed)
    assert folded(ledger)[1] < CLAIMS
    assert differences(ledger, CHANNEL) == []
    unit, outcome = tables.unit, tables.outcome
    ledger.execute(update(unit).where(unit.c.number == TAMPERED).values(granted_at=1))
    ledger.execute(update(outcome).where(outcome.c.request_id == f"twitch:v{TAMPERED}-mug").values(name="w"))
    assert [fault.partition(": ")[0] for fault in differences(ledger, CHANNEL)] == [
        f"unit {TAMPERED} of mug",
        f"outcome of twitch:v{TAMPERED}-mug",
    ]


@pytest.mark.parametrize("name", ["unit", "outcome"])
def test_a_single_row_that_stands_elsewhere_holds_nobody_up(ledger, name):
    table = tables.metadata.tables[name]
    its = table.c.number == TAMPERED if name == "unit" else table.c.request_id == f"twitch:v{TAMPERED}-mug"
    row = tuple(ledger.execute(select(table).where(its)).one())
    ledger.execute(delete(table).where(its))
    assert len(differences(ledger, CHANNEL)) == 1
    ledger.execute(insert(table).values(row))
    assert differences(ledger, CHANNEL) == []
    # It alone is read, with the last one, and the row of the other table.
    assert folded(ledger)[1] == CLAIMS


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        (b'"number":7}', b'"number":07}', "cannot be read (JSONDecodeError"),
        (b'"number":7}', b'"number": 7}', "the bytes are not in canonical form"),
        (b'"number":7}', b'"number":7000000000000000000000}', "the bytes are not in canonical form"),
        (b'"how":"claim","number":7', b'"number":7,"how":"claim"', "the bytes are not in canonical form"),
        (b'"public":{', b'"public":{"holder":"x",', "the bytes are not in canonical form"),
        (b'"v":1}', b'"v":1,"w":1}', "its bytes say what no entry says: w"),
        (b'"v":1}', b'"v":2}', "v is 1, its bytes say 2"),
        (b'"v":1}', b'"v":1} ', "the bytes are not in canonical form"),
    ],
)
def test_bytes_that_are_not_written_like_this_are_named_though_the_hash_was_mended(ledger, was, becomes, expected):
    number = entry_of(ledger, TAMPERED)
    canonical = canonical_of(ledger, number)
    assert canonical.count(was) == 1
    write(ledger, number, canonical=canonical.replace(was, becomes))
    assert differences(ledger, CHANNEL)[0].startswith(f"entry {number}: {expected}")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"how":"claim"', b'"also":"1","how":"claim"'),
        (b'"number":7}', b'"number":7,"z":1}'),
        (b'"number":7}', b'"number":7.0}'),
    ],
)
def test_a_claim_that_says_more_than_claims_say_is_found_by_the_tree(ledger, was, becomes):
    number = entry_of(ledger, TAMPERED)
    write(ledger, number, canonical=canonical_of(ledger, number).replace(was, becomes))
    found = differences(ledger, CHANNEL)
    assert any(fault.startswith("something among entries ") for fault in found), found
    assert folded(ledger)[1] < CLAIMS + 1


@pytest.mark.parametrize(("name", "length"), [(b"holder", 32), (b"private", 64)])
def test_a_text_that_ends_early_is_read(ledger, name, length):
    """A quote within the place of pseudonym or seal ends that, and begins something else. The leaf hash is not
    mended: the answer knows it, and would be read for that alone."""
    number = entry_of(ledger, TAMPERED)
    more = b'","z":"1'
    early = b'"%b":"' % name + b"0" * (length - len(more)) + more + b'"'
    canonical = re.sub(rb'"%b":"\w+"' % name, early, canonical_of(ledger, number))
    assert orjson.loads(canonical)
    write(ledger, number, canonical=canonical, leaf_hash=leaf_of(ledger, number))
    assert folded(ledger)[1] == CLAIMS
    assert f"entry {number}: the bytes are not in canonical form" in differences(ledger, CHANNEL)


def test_a_name_that_imitates_another_person_leaves_the_person_as_it_is(ledger):
    assert differences(ledger, CHANNEL) == []
    number = entry_of(ledger, IMITATED)
    private, person = ledger.execute(
        select(tables.entry.c.private, tables.entry.c.person_id).where(tables.entry.c.number == number)
    ).one()
    assert orjson.loads(private)["name"] == IMITATION
    write(ledger, number, person_id=2)
    assert f"entry {number}: person_id is 2, the private part says {person}" in differences(ledger, CHANNEL)


@pytest.mark.parametrize("more", [b'"person":2,"platform":"twitch",', b'"a":{"b":1,"person":2,"platform":1},'])
def test_a_private_part_that_names_two_persons_is_of_the_one_that_readers_see(ledger, more):
    number = entry_of(ledger, TAMPERED)
    reseal(ledger, number, lambda private: b"{" + more + private[1:])
    assert not [fault for fault in differences(ledger, CHANNEL) if fault.startswith(f"entry {number}: ")]
    write(ledger, number, person_id=2)
    assert f"entry {number}: person_id is 2, the private part says {TAMPERED}" in differences(ledger, CHANNEL)


def test_a_private_part_that_names_another_person_than_the_pseudonym_does_is_named(ledger):
    number = entry_of(ledger, TAMPERED)
    reseal(ledger, number, lambda private: private.replace(b'"person":%d,' % TAMPERED, b'"person":2,'))
    assert f"entry {number}: person_id is {TAMPERED}, the private part says 2" in differences(ledger, CHANNEL)


def reseal(connection, number, changed):
    """Change an entry's private part, and the seal of it with it: then only its own words tell."""
    entry = tables.entry.c
    private, salt = connection.execute(select(entry.private, entry.salt).where(entry.number == number)).one()
    before, after = (private_hash(salt, each).encode() for each in (private, changed(private)))
    canonical = canonical_of(connection, number).replace(before, after)
    write(connection, number, canonical=canonical, private=changed(private))


def test_a_claim_that_was_taken_back_may_not_be_in_the_table_any_more(ledger):
    size, last_at = ledger.execute(select(tables.entry.c.number, tables.entry.c.at)).all()[-1]
    fact = Fact("unit.voided", "mug", {"number": TAMPERED, "how": "claim", "why": "undone"})
    voided = seal(fact, channel=name_of(ledger, CHANNEL), number=size + 1, at=last_at, salt=bytes(16))
    ledger.execute(insert(tables.entry).values((CHANNEL, *voided)))
    unit = tables.unit
    stray = f"unit {TAMPERED} of mug: it was taken back, the table has it still"
    assert stray in differences(ledger, CHANNEL)
    ledger.execute(delete(unit).where(unit.c.number == TAMPERED))
    assert not [fault for fault in differences(ledger, CHANNEL) if fault.startswith("unit ")]


def test_what_is_found_is_what_is_found_by_reading_everything(tmp_path, monkeypatch):
    """With and without the quick ways. What follows from the first fault may be told otherwise: of two entries that
    name one request, the quick way has found the answer of the first one before it sees the second."""
    url = asyncio.run(full_ledger(tmp_path / "full.sqlite"))
    engine = create_engine(url)
    made = 0
    with engine.connect() as connection:
        for change in some_changes(connection):
            quickly = differences(connection, CHANNEL)
            with monkeypatch.context() as patched:
                patched.setattr(InStep, "settle", lambda *_: False)
                patched.setattr(Seals, "_is_usual", lambda *_: False)
                assert differences(connection, CHANNEL)[:1] == quickly[:1], change.what
            assert quickly, change.what
            made += 1
    engine.dispose()
    assert made > 100


def some_changes(connection):
    """Every seventh of all the small ways to change a row that the quick ways look at."""
    every = (
        change
        for table in (tables.entry, tables.unit, tables.outcome)
        for kind in (
            *(changes(connection, table, column.name) for column in table.columns if column.name != "told_at"),
            removals(connection, table),
        )
        for change in kind
    )
    for place, change in enumerate(every):
        if place % 7 == 0:
            yield change


async def early_and_then_public(url):
    """Two who go early, one of them after waiting, one who waits until everybody is let in, and six more."""
    new_ledger_at(url)
    clock = FixedClock(NOON - HOUR)
    async with running_lane(url, clock) as lane:
        await begin(lane, clock, early_units=3)
        for command in (
            claiming("ann"),
            claiming("ben", (SUBSCRIBER, found(1))),
            claiming("cleo"),
            judging("ann", 1),
        ):
            await lane.submit(command)
        clock.at = NOON
        await claim(lane, *(f"v{n}" for n in range(1, 7)))


@pytest.fixture(scope="module")
def early_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("quickly-early") / "ledger.sqlite"
    asyncio.run(early_and_then_public(ledger_url(str(path))))
    return path


@pytest.fixture
def early_ledger(early_template, tmp_path):
    engine = create_engine(ledger_url(str(shutil.copy(early_template, tmp_path / "ledger.sqlite"))))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_claims_that_went_early_are_read_and_those_after_them_are_not(early_ledger):
    rebuilt, settled, _, _ = folded(early_ledger)
    assert settled == 7  # the crowd, and who had waited for everybody
    assert sorted(number for _, number in rebuilt.units) == [1, 2]
    drop = rebuilt.drops["mug"]
    assert (drop.claimed, drop.early_claimed) == (9, 2)
    assert differences(early_ledger, CHANNEL) == []
    seals = Seals(early_ledger, CHANNEL)
    rows = [row for rows in read_entries(early_ledger, CHANNEL) for row in rows if row[2] == "unit.granted"]
    assert [seals._is_usual(row) for row in rows] == [False, False, *[True] * 7]


def test_an_early_claim_made_to_look_like_any_other_is_missed_among_the_early_ones(early_ledger):
    """Its bytes are those of a usual claim then, and all else fits them: entry, unit, answer."""
    number = entry_of(early_ledger, 1)
    entry, outcome = tables.entry, tables.outcome
    private = orjson.loads(early_ledger.scalar(select(entry.c.private).where(entry.c.number == number)))
    usual = orjson.dumps({name: private[name] for name in sorted(private.keys() - {"gate", "evidence"})})
    content = orjson.loads(canonical_of(early_ledger, number))
    del content["public"]["window"]
    salt = early_ledger.scalar(select(entry.c.salt).where(entry.c.number == number))
    content["private"] = private_hash(salt, usual)
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    write(early_ledger, number, canonical=canonical, private=usual)
    request = private["request"]
    told = orjson.loads(early_ledger.scalar(select(outcome.c.decision).where(outcome.c.request_id == request)))
    told["leaf"] = leaf_hash(canonical).hex()
    early_ledger.execute(update(outcome).where(outcome.c.request_id == request).values(decision=orjson.dumps(told)))
    faults = differences(early_ledger, CHANNEL)
    assert "drop mug: early_claimed is 2, the entries say 1" in faults
