"""A person is an id, and a different pseudonym in every drop."""

from __future__ import annotations

import hashlib
import hmac

from bot.domain.people import BOT, Actor, Rank, pseudonym

SECRET = bytes(range(32))


def test_a_pseudonym_is_the_beginning_of_an_hmac():
    expected = hmac.new(SECRET, b"teapot/mug", hashlib.sha256).hexdigest()[:32]
    assert pseudonym(SECRET, "teapot/mug") == expected


def test_nobody_can_be_followed_from_one_drop_to_the_next_or_taken_for_another():
    scopes = [f"teapot/{drop}" for drop in ("mug", "print", "coin")]
    assert len({pseudonym(secret, scope) for secret in (SECRET, SECRET[::-1]) for scope in scopes}) == 6


def test_a_renamed_person_has_the_same_key_and_the_same_id_elsewhere_has_another():
    ann = Actor("twitch", "42", "ann")
    assert ann.key == Actor("twitch", "42", "ann_the_second", Rank.MODERATOR).key
    assert ann.key != Actor("discord", "42", "ann").key


def test_moderators_and_the_streamer_steer_and_viewers_do_not():
    assert [Actor("twitch", "1", "x", rank).steers for rank in Rank] == [False, True, True]
    assert BOT.steers
