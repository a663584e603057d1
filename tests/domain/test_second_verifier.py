"""A verifier in another language, written from docs/verifying.md, takes and refuses the same bundles as ours."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.public_lines import text_of
from bot.domain.time import MINUTE
from bot.domain.transparency import KeyChange
from tests.damage import changed_bytes, changed_lengths, changed_lines
from tests.domain.test_bundle import hiding
from tests.small_log import (
    SmallLog,
    badge_evening,
    early_evening,
    short_drop,
    short_early_drop,
    small_evening,
    verify,
)

SCRIPT = Path(__file__).with_name("second_verifier.pl")
SAMPLE = 400
MODULES = ("Digest::SHA", "Encode", "File::Temp", "MIME::Base64", "Unicode::Normalize")


def _missing() -> str:
    """What keeps the script from running here."""
    if shutil.which("perl") is None or shutil.which("openssl") is None:
        return "the second verifier needs perl and openssl"
    uses = [f"-M{module}" for module in MODULES]
    if subprocess.run(["perl", *uses, "-e1"], capture_output=True, check=False).returncode:
        return f"the second verifier needs perl's own {', '.join(MODULES)}"
    helps = subprocess.run(["openssl", "pkeyutl", "-help"], capture_output=True, text=True, check=False)
    return "" if "-rawin" in helps.stderr + helps.stdout else "the second verifier needs openssl 3: pkeyutl -rawin"


needs_perl = pytest.mark.skipif(bool(_missing()), reason=_missing() or "perl and openssl are here")
pytestmark = needs_perl


def second_opinions(folder: Path, files: Sequence[bytes]) -> list[str]:
    """What the script says of each file."""
    paths = []
    for place, raw in enumerate(files):
        paths.append(folder / f"{place}.txt")
        paths[-1].write_bytes(raw)
    said = subprocess.run(["perl", SCRIPT, *paths], capture_output=True, timeout=120, check=False)
    assert said.stderr == b""
    opinions = said.stdout.decode().splitlines()
    assert len(opinions) == len(files)
    assert all(opinion == "holds" or opinion.startswith("refused: ") for opinion in opinions)
    return opinions


def ours(raw: bytes) -> str:
    try:
        check_bundle(text_of(raw), verify)
    except BundleRefused as refused:
        return f"refused: {refused}"
    return "holds"


def honest() -> list[SmallLog]:
    late = SmallLog(signed=False)
    late.open()
    late.claim(1)
    late.new_key(KeyChange.FIRST)
    late.close()
    lost = SmallLog()
    lost.open()
    lost.new_key(KeyChange.LOST)
    lost.close()
    strange = SmallLog("Café +1")
    strange.open(title='Thé "à la" \\ 🫖\x7f')
    strange.claim(1)
    strange.close()
    nameless = SmallLog("茶壶\n")
    nameless.open()
    nameless.tell("drop.cancelled")
    return [
        small_evening(),
        badge_evening(),
        early_evening(),
        short_early_drop(),
        short_drop(),
        late,
        lost,
        strange,
        nameless,
    ]


def liars() -> list[SmallLog]:
    """Logs that sign what cannot be, as far as the script looks: numbers, order, announcement, checkpoints."""
    found = []
    for lie in (
        lambda log: log.claim(4),
        lambda log: log.claim(0),
        lambda log: (log.claim(1), log.claim(1, "ann")),
        lambda log: log.tell("unit.voided", number=1, how="hand"),
        lambda log: (log.tell("unit.lost", number=1, why="restored"), log.claim(1)),
        lambda log: (log.claim(1), log.claim(3)),
        lambda log: log.tell("unit.retired", number=1, how="hand"),
        lambda log: (log.claim(1), log.tell("unit.retired", number=1, how="claim"), log.claim(1)),
        lambda log: (
            log.claim(1),
            log.claim(2, how="hand"),
            log.tell("unit.voided", number=2, how="hand"),
            log.claim(3),
        ),
        lambda log: log.plan(supply=4),
        lambda log: log.claim(1, after=-1),
        lambda log: log.tell("drop.reopened", closes_at=log.at + 1, sign=False),
        lambda log: log.new_key(KeyChange.FIRST),
        lambda log: (log.new_key(KeyChange.ROTATED), log.sign(log.key)),
        lambda log: setattr(log, "channel", "Teapot"),
    ):
        log = SmallLog()
        log.open()
        lie(log)
        log.close()
        found.append(log)
    return found


def early_liars() -> list[SmallLog]:
    """The same for an early window: who comes before everybody, how many, and until when."""
    found = []
    for lie in (
        lambda log: log.claim(1),
        lambda log: log.claim(1, window="vip"),
        lambda log: log.claim(1, how="hand", window="early"),
        lambda log: [log.claim(number, window="early") for number in (1, 2, 3)],
        lambda log: log.claim(1, window="early", after=10 * MINUTE),
        lambda log: (log.let_all_in(), log.claim(1, window="early")),
        lambda log: log.let_all_in(after=-1),
        lambda log: (log.let_all_in(), log.tell("drop.public", late=False)),
    ):
        log = SmallLog()
        log.open_early()
        lie(log)
        log.close()
        found.append(log)
    half = SmallLog()
    half.announce(early="subscriber", early_for=MINUTE, early_units=7)
    unannounced = SmallLog()
    unannounced.open()
    unannounced.claim(1, window="early")
    unannounced.close()
    return [*found, half, unannounced]


def test_it_takes_what_holds(tmp_path):
    bundles = [log.bundle().encode() for log in honest()]
    assert [ours(raw) for raw in bundles] == ["holds"] * len(bundles)
    assert second_opinions(tmp_path, bundles) == ["holds"] * len(bundles)


def test_it_refuses_lies_under_a_good_signature(tmp_path):
    bundles = [log.bundle().encode() for log in (*liars(), *early_liars())]
    both = list(zip(map(ours, bundles), second_opinions(tmp_path, bundles), strict=True))
    assert [pair for pair in both if "holds" in pair] == []


def test_it_refuses_what_is_hidden_though_people_were_told_of_it(tmp_path):
    log = SmallLog()
    log.open()
    log.claim(1)
    log.claim(2)
    log.close()
    files = [hiding(log, number).encode() for number in (3, 4, 5, 7)]
    assert [each for each in (*map(ours, files), *second_opinions(tmp_path, files)) if each == "holds"] == []


def test_it_refuses_a_sample_of_all_changed_bytes(tmp_path):
    raw = short_drop().bundle().encode()
    damaged = [each for _, each in (*changed_bytes(raw), *changed_lengths(raw))]
    sample = random.Random(17).sample(damaged, SAMPLE)
    opinions = second_opinions(tmp_path, sample)
    assert [each for each, opinion in zip(sample, opinions, strict=True) if opinion == "holds"] == []


def test_it_refuses_every_changed_line(tmp_path):
    damaged = list(changed_lines(short_drop().bundle().encode()))
    opinions = second_opinions(tmp_path, damaged)
    assert [each for each, opinion in zip(damaged, opinions, strict=True) if opinion == "holds"] == []
