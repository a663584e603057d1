"""docs/verifying.md is complete: the code makes its example, both verifiers take it, and no kind is missing."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from bot.domain.bundle import check_bundle
from bot.domain.draws import tie_table
from bot.domain.ledger import canonical_bytes
from bot.domain.poll_box import ties_committed
from bot.domain.proof import check_proof
from bot.domain.transparency import KINDS_OF_NO_DROP
from tests.domain.test_second_verifier import needs_perl, second_opinions
from tests.small_log import badge_evening, early_evening, tiny_evening, tiny_proof, verify

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8")


def example(title: str) -> str:
    """The code block that begins with this line."""
    (found,) = re.findall(rf"^```\n({title}\n(?:key|drop mug)\b.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return found


def test_the_examples_are_those_that_the_code_makes():
    assert example("microdrops bundle 1") == tiny_evening().bundle()
    # The form of a proof is shown above the example, with words in the place of values.
    assert tiny_proof() in PAGE


def test_the_example_holds_for_our_verifier():
    report = check_bundle(example("microdrops bundle 1"), verify)
    assert (report.drop.sold_out, report.hidden, len(report.units)) == (True, 1, 1)
    proof = check_proof(tiny_proof(), verify)
    assert (proof.number, proof.entry.number, proof.checkpoint.size) == (1, 6, 6)


@needs_perl
def test_the_example_holds_for_the_second_verifier(tmp_path):
    assert second_opinions(tmp_path, [example("microdrops bundle 1").encode()]) == ["holds"]


def test_every_kind_of_entry_is_described_and_no_other():
    named = r"(?:drop|unit|log|person|code|pass|poll|vote|night)\.[a-z-]+"
    described = re.findall(rf"^\| `({named})` \|", PAGE, re.MULTILINE)
    folds = ("drops.py", "polls.py", "passes.py", "nights.py")
    domain = "".join((ROOT / "bot" / "domain" / name).read_text() for name in folds)
    known = set(re.findall(rf'"({named})"', domain))
    assert len(described) == len(set(described))
    assert set(described) == known | KINDS_OF_NO_DROP


def test_what_a_seed_commits_to_is_described_as_it_is():
    command, told = re.search(r"python3 - <<'END'\n(.*?)END\n([0-9a-f]{64})\n", PAGE, re.DOTALL).groups()
    seed = bytes.fromhex(re.search(r'fromhex\("([0-9a-f]{64})"\)', command)[1])
    assert told == ties_committed(seed, "next-mug", 3)
    assert canonical_bytes(tie_table("next-mug", 3)).decode() in command


@pytest.mark.parametrize("evening", [tiny_evening, early_evening, badge_evening])
def test_what_a_kind_tells_is_described(evening):
    """What stands behind a semicolon is told where there is something to tell."""
    rows = dict(re.findall(r"^\| `([a-z.]+)` \|([^|]*)\|", PAGE, re.MULTILINE))
    for entry in evening().entries:
        always, *_ = (re.findall(r"`(\w+)`", part) for part in rows[entry.kind].split(";"))
        told = set(orjson.loads(entry.canonical)["public"])
        assert set(always) <= told <= set(re.findall(r"`(\w+)`", rows[entry.kind])), entry.kind


@pytest.mark.parametrize("kind", ["drop.planned", "drop.opened", "drop.resumed", "drop.thawed"])
def test_what_is_told_of_an_early_window_alone_is_told_in_one(kind):
    told = [set(orjson.loads(each.canonical)["public"]) for each in early_evening().entries if each.kind == kind]
    sometimes = re.search(rf"^\| `{kind}` \|[^|;]*;([^|]*)\|", PAGE, re.MULTILINE)[1]
    assert set(re.findall(r"`(\w+)`", sometimes)) - {"passes"} <= told[0]
