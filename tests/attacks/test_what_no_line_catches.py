"""What a liar gets away with, as far as lines, receipts and bundles go; each test's name has the reason."""

from __future__ import annotations

from bot.domain.ledger import Fact
from bot.domain.time import DAY, MINUTE
from tests.attacks.history import Friend, Told
from tests.attacks.judged import against_file, against_ledger, receipts_of, report_of, signed_from, told_by
from tests.attacks.shown import Shown, evening, exported
from tests.attacks.test_claims import V7
from tests.attacks.test_hiding import V54, hiding
from tests.conftest import NOON


async def test_a_claim_that_was_never_written_because_the_bot_did_not_listen(tmp_path):
    deaf = await evening(tmp_path, deaf_to={"v7"})
    assert against_ledger(deaf.url, deaf.shown).contradicts == set()
    assert len(report_of(deaf.url, "mug").units) == 48
    assert "receipt: v7 mug" not in receipts_of(deaf.shown)


def test_sock_puppets_because_each_is_a_real_account_with_a_pseudonym_of_its_own(honest):
    # v1 and v2 are one human; one each was the rule.
    report = report_of(honest.url, "mug")
    assert report.drop.plan.per_person == 1
    assert {"receipt: v1 mug", "receipt: v2 mug"} <= against_ledger(honest.url, honest.shown).agrees
    assert report.units[0].holder != report.units[1].holder


def test_two_audiences_because_they_never_compare(honest, history, forged):
    history[V7 - 1] = Friend(honest.url, "v49").in_place_of(history[V7 - 1])
    other, elsewhere = forged(history), Shown()
    elsewhere.take_news(other)
    assert exported(other, "mug") != exported(honest.url, "mug")
    assert against_ledger(honest.url, honest.shown).contradicts == set()
    assert against_ledger(other, elsewhere).contradicts == set()


def test_a_change_before_the_next_line_is_said_because_only_receipts_were_given_till_then(honest, history, forged):
    # The line that says "sold out" is signed over the forged claim: it has been made in time.
    history[V7 - 1] = Friend(honest.url, "v49").in_place_of(history[V7 - 1])
    url, shown = forged(history), Shown()
    shown.take_news(url)
    assert signed_from(shown, V7) <= against_ledger(url, shown).agrees
    shown.receipts = dict(honest.shown.receipts)
    # v7 was told on Discord, or asked for the proof; whoever was only named in chat has nothing to show.
    assert against_ledger(url, shown).contradicts == {"receipt: v7 mug"}
    del shown.receipts["v7 mug"]
    assert against_ledger(url, shown).contradicts == set()


def test_a_reopening_after_the_last_line_because_the_bundle_says_so_and_no_line_was_said(honest, history, forged):
    at = history[-1].at
    reopened = Told(at, Fact("drop.reopened", "cup", {"closes_at": at + MINUTE}), bytes(16))
    closed = Told(at + MINUTE, Fact("drop.closed", "cup", {"why": "time", "late": False}), bytes(16))
    url = forged([*history, reopened, Friend(honest.url, "v49").claims("cup", 6, at + 1), closed])
    assert against_ledger(url, honest.shown).contradicts == set()
    report = report_of(url, "cup")
    assert len(report.units) == 6
    # Whoever reads on sees a turn that chat never heard of.
    turns = [each.kind for each in report.checkpoints if each.drop == "cup"]
    assert turns == ["drop.announced", "drop.opened", "drop.closed", "drop.reopened", "drop.closed"]
    said = {seen.size for seen in told_by(honest.shown).values()}
    assert [each.size for each in report.checkpoints if each.size not in said] == [67, 69]


def test_a_gift_after_the_last_line_because_nothing_was_signed_over_it_yet(honest, history, forged):
    gift = Friend(honest.url, "v49").claims("cup", 6, history[-1].at)
    by = {"platform": "twitch", "user": "id-mia", "name": "mia"}
    private = {**gift.fact.private, "by": by, "why": ""}
    given = gift.fact._replace(public={**gift.fact.public, "how": "hand"}, private=private)
    url = forged([*history, Told(gift.at, given, gift.salt)])
    assert against_ledger(url, honest.shown).contradicts == set()
    # The bundle ends before it, and what is signed later will say that it was given by hand.
    assert exported(url, "cup") == exported(honest.url, "cup")


async def test_a_clock_that_is_a_year_slow_because_moments_are_the_bots_own(tmp_path):
    slow = await evening(tmp_path, clock_is_off=-365 * DAY)
    assert against_ledger(slow.url, slow.shown).contradicts == set()
    assert report_of(slow.url, "mug").drop.opened_at == NOON - 365 * DAY


def test_a_hidden_last_grant_because_its_winner_kept_no_receipt(honest):
    forged, shown = hiding(honest.shown.bundles["cup"], V54), Shown(lines=honest.shown.lines)
    assert against_file(forged, "cup", shown).contradicts == set()
