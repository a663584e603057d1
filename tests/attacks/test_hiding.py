"""What is left out, or made to be nobody's: hidden entries in a bundle, and an erasure that is none."""

from __future__ import annotations

import asyncio
import shutil
from base64 import b64encode
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import URL

from bot.domain.bundle import BundleRefused, check_bundle, write_bundle
from bot.domain.ledger import leaf_hash
from bot.domain.merkle import Frontier
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.stream import Wake
from bot.domain.time import DAY, MINUTE
from bot.storage.database import ledger_url
from bot.storage.signing import verify_signature
from tests.attacks.history import History, place_of
from tests.attacks.judged import against_file, against_ledger, faults_of, report_of, won_from
from tests.attacks.shown import Shown, exported, fan
from tests.conftest import CHANNEL, NOON, FixedClock, running_lane
from tests.storage.evenings import change, rows

V20, V53, V54, CUP_CLOSED = 27, 64, 65, 66


def hiding(bundle: str, *numbers: int) -> str:
    """The bundle with the leaf hashes of these entries in the place of what they say."""
    lines = bundle.split("\n")
    for place, line in enumerate(lines):
        word, _, canonical = line.partition(" ")
        if word == "entry" and orjson.loads(canonical)["number"] in numbers:
            lines[place] = f"hidden {b64encode(leaf_hash(canonical.encode())).decode()}"
    return "\n".join(lines)


def test_a_hidden_grant_between_others_is_refused_for_the_gap_it_leaves(honest):
    with pytest.raises(BundleRefused, match="entry 65: number 5 goes out, but number 4 is free and comes first"):
        check_bundle(hiding(honest.shown.bundles["cup"], V53), verify_signature)


def test_a_hidden_last_grant_contradicts_its_winners_receipt_and_the_words_of_the_close(honest):
    forged = hiding(honest.shown.bundles["cup"], V54)
    assert against_file(forged, "cup", honest.shown).contradicts == {"receipt: v54 cup"}
    report = check_bundle(forged, verify_signature)
    assert (len(report.units), report.hidden) == (4, 2)
    assert "5 of 10 found an owner" in honest.shown.lines["cup closed"]


def test_a_hidden_turn_of_the_drop_is_refused_for_the_checkpoint_at_it(honest):
    with pytest.raises(BundleRefused, match="entry 66: it is hidden, though the log was signed at it"):
        check_bundle(hiding(honest.shown.bundles["cup"], CUP_CLOSED), verify_signature)


def test_a_hidden_entry_of_another_drop_contradicts_its_winners_receipt_and_the_other_bundle(honest):
    forged = hiding(honest.shown.bundles["cup"], V20)
    assert check_bundle(forged, verify_signature).hidden == 2
    # Of the cup nothing is untrue; whoever has the mug in mind keeps v20's receipt, or reads the mug's own file.
    only = Shown(receipts={"v20 cup": honest.shown.receipts["v20 mug"]})
    assert against_file(forged, "cup", only).contradicts == {"receipt: v20 cup"}
    assert [unit.entry for unit in report_of(honest.url, "mug").units if unit.number == 20] == [V20]


def test_an_erasure_hides_whose_a_unit_was_and_nothing_else(honest, tmp_path):
    path = shutil.copy(str(honest.url.database), tmp_path / "ledger.sqlite")
    url = ledger_url(str(path))

    async def forget() -> object:
        clock = FixedClock(NOON + DAY)
        async with running_lane(url, clock, keys=honest.keys) as lane:
            await lane.submit(Wake(CHANNEL))
            return (await lane.submit(EraseMe(CHANNEL, "twitch:forget", fan(7), confirmed=True))).decision

    assert isinstance(asyncio.run(forget()), PersonErased)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == set()
    assert "receipt: v7 mug" in judged.agrees
    assert exported(url, "mug") == exported(honest.url, "mug")


def test_a_holder_made_nobodys_without_an_erasure_is_refused_by_verifying_alone(honest, tmp_path):
    path = shutil.copy(str(honest.url.database), tmp_path / "ledger.sqlite")
    url = ledger_url(str(path))
    change(url, "UPDATE entry SET private = NULL, salt = NULL, person_id = NULL WHERE number = 14")
    assert faults_of(url)[0] == "entry 14: its private part is gone, and no person.erased entry lists it"


def test_a_bundle_cut_off_early_lacks_the_lines_and_receipts_that_came_after(honest):
    whole = honest.shown.bundles["cup"].splitlines(keepends=True)
    opened = next(place for place, line in enumerate(whole) if '"kind":"drop.opened","number":58' in line)
    cut = "".join(whole[: opened + 6])
    assert against_file(cut, "cup", honest.shown).contradicts == (
        {"line: cup closed", "note: cup closed"} | won_from(honest.shown, 59)
    )


def test_a_drop_planned_a_second_time_lacks_the_lines_of_the_first_time(honest, history, forged):
    again = replanned(history)
    url = forged([*history, *again])
    assert "entry 70: cannot be read (ValueError: unit 1 of cup has an owner already)" in faults_of(url)
    with pytest.raises(BundleRefused, match="entry 67: the drop is planned anew, though it was announced already"):
        report_of(url, "cup")
    # So he leaves out the first time, and his file holds; but the cup was shown to people before.
    late = bundle_from(url, len(history))
    assert len(check_bundle(late, verify_signature).units) == 1
    judged = against_file(late, "cup", honest.shown)
    assert judged.agrees == set()
    assert {"note: cup announced", "line: cup opened", "receipt: v51 cup"} < judged.contradicts


def replanned(history: History) -> History:
    """The cup a second time, with one claim that takes #1 again."""
    kinds = ("drop.planned", "drop.announced", "drop.opened", "unit.granted", "drop.closed")
    first = [history[place_of(history, kind, "cup")] for kind in kinds]
    first[2] = first[2].saying(closes_at=history[-1].at + MINUTE)
    return [replace(told, at=history[-1].at, was=0) for told in first]


def bundle_from(url: URL, before: int) -> str:
    """A bundle of the cup that begins after so many entries, whatever was before."""
    frontier, entries = Frontier(), []
    for number, canonical, leaf in rows(url, "SELECT number, canonical, leaf_hash FROM entry ORDER BY number"):
        if number <= before:
            frontier.append(leaf)
        else:
            entries.append(canonical)
    notes = dict(rows(url, f"SELECT size, note FROM checkpoint WHERE size > {before}"))
    ((key,),) = rows(url, "SELECT log_key FROM channel")
    return write_bundle("cup", key=key, before=before, peaks=frontier.peaks, entries=entries, notes=notes)
