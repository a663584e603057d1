"""Another key, an older copy, another audience: whoever kept one line finds it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.bundle import BundleRefused
from bot.domain.checkpoint import NoteKey, sign_note
from bot.domain.ledger import Fact
from bot.domain.transparency import KeyChange, log_key_fact
from bot.storage.signing import KeyRing, Signer
from bot.storage.verify import verify_ledger
from bot.views.verify import compare_seen
from tests.attacks.forger import ORIGIN
from tests.attacks.history import Friend, Told, renumbered
from tests.attacks.judged import (
    against_file,
    against_ledger,
    faults_of,
    report_of,
    signed_from,
    told_by,
    won_from,
)
from tests.attacks.shown import Shown, exported
from tests.attacks.test_claims import LAST_CLAIM, MUG_CLOSED, V7
from tests.storage.evenings import rows

SEED = b"\x11" * 32
THIEF = KeyRing([SEED])
THIEFS_KEY = str(THIEF.signer(ORIGIN).newest)


def test_a_history_signed_anew_with_another_key_contradicts_every_line(honest, history, forged):
    first = log_key_fact(THIEFS_KEY, KeyChange.FIRST)
    history[0] = Told(history[0].at, first, history[0].salt, history[0].was)
    url = forged(history, keys=THIEF)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == set(told_by(honest.shown))
    # A receipt is of its entry alone, and who signs is not in it.
    assert judged.agrees == won_from(honest.shown, 1)
    assert len(report_of(url, "mug").units) == 48


def test_a_key_said_to_be_lost_contradicts_the_next_line_and_the_bundle_tells_of_it(honest, history, forged):
    lost = Told(history[MUG_CLOSED].at, log_key_fact(THIEFS_KEY, KeyChange.LOST), bytes(16))
    history.insert(MUG_CLOSED + 1, lost)
    url = forged(history, keys=honest.keys.with_key(SEED))
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, 58) | won_from(honest.shown, 58)
    assert "line: mug closed" in judged.agrees
    assert [(new.entry, new.why) for new in report_of(url, "cup").keys] == [(58, KeyChange.LOST)]


def test_a_rotation_without_the_old_key_is_refused_by_verifying_alone(honest, history, forged):
    known = {note.rpartition("\n\n")[0] + "\n": note for (note,) in rows(honest.url, "SELECT note FROM checkpoint")}

    def thiefs_note(_signer: Signer, text: str, keys: Sequence[NoteKey]) -> str:
        """What was signed is copied; the rest he signs with his own key, in whoever's name it has to be."""
        sign = Ed25519PrivateKey.from_private_bytes(SEED).sign
        return known.get(text) or sign_note(text, [(key, sign) for key in keys])

    rotated = Told(history[-1].at, log_key_fact(THIEFS_KEY, KeyChange.ROTATED), bytes(16))
    again = Told(history[-1].at, Fact("drop.reopened", "cup", {"closes_at": history[-1].at + 1}), bytes(16))
    url = forged([*history, rotated, again], keys=THIEF, notes=thiefs_note)
    assert faults_of(url) == ["checkpoint 67: the signature of microdrops/teapot does not fit the text"]
    with pytest.raises(BundleRefused, match="signature"):
        report_of(url, "cup")


def test_an_older_copy_has_none_of_the_sizes_that_were_said_since(honest, history, forged):
    url = forged(history[: V7 - 1])
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, V7) | won_from(honest.shown, V7)
    (sold_out,) = (seen for name, seen in told_by(honest.shown).items() if name == "line: mug sold-out")
    words = compare_seen(sold_out, verify_ledger(url, share=False))["words"]
    assert words == "This ledger has no checkpoint 55; the nearest are 6 and 7."


def test_an_evening_told_again_from_an_older_copy_contradicts_all_that_was_shown_since(honest, history, forged):
    friend = Friend(honest.url, "v49")
    later = [told for told in history[V7 - 1 :] if told.was != LAST_CLAIM]
    url = forged(renumbered([*history[: V7 - 1], friend.claims("mug", 7, later[0].at), *later]))
    judged = against_ledger(url, honest.shown)
    of_the_mug = won_from(honest.shown, V7) - won_from(honest.shown, LAST_CLAIM + 1)
    assert judged.contradicts == signed_from(honest.shown, V7) | of_the_mug
    assert "line: mug opened" in judged.agrees


def test_two_audiences_with_two_histories_find_it_by_comparing_any_later_line(honest, history, forged):
    history[V7 - 1] = Friend(honest.url, "v49").in_place_of(history[V7 - 1])
    other = forged(history)
    elsewhere = Shown()
    elsewhere.take_news(other)
    assert told_by(elsewhere).keys() == told_by(honest.shown).keys()
    # Each audience by itself sees nothing wrong.
    assert against_ledger(other, elsewhere).contradicts == set()
    assert against_file(exported(other, "mug"), "mug", elsewhere).contradicts == set()
    differ = {name for name, seen in told_by(elsewhere).items() if seen != told_by(honest.shown)[name]}
    assert differ == signed_from(honest.shown, V7)
    for name in differ:
        one = Shown(lines={"the": f"{told_by(elsewhere)[name].size} {told_by(elsewhere)[name].shown}"})
        assert against_ledger(honest.url, one).contradicts == {"line: the"}
