"""Draws: the same for everybody who has the seed, fair, and committed to before they are made."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest

from bot.domain.draws import Stream, commitment, is_revealed, shuffled, tie_order, tie_table

SEED = bytes.fromhex("00112233445566778899aabbccddeeff" * 2)
OTHER_SEED = bytes(range(32))
TABLE = {
    "drop": "print-007",
    "supply": 48,
    "variants": [["gold foil", 1], ["holo", 5], ["night", 12], ["day", 30]],
}
COMMITTED = "d304a3e4d4680b749c10299b1b2d58eeb04db5fec40bf797d7bac0b8269b22fa"


def test_the_known_seed_gives_the_known_commitment():
    assert commitment(SEED, TABLE) == COMMITTED


def test_the_known_seed_deals_the_known_deck():
    deck = [name for name, count in TABLE["variants"] for _ in range(count)]
    dealt = shuffled(deck, Stream(SEED, "variant|print-007"))
    numbers = {name: [n for n, each in enumerate(dealt, 1) if each == name] for name, _ in TABLE["variants"]}
    assert numbers["gold foil"] == [10]
    assert numbers["holo"] == [14, 23, 31, 35, 46]
    assert dealt[:7] == ("day",) * 4 + ("night",) * 3
    assert Counter(dealt) == Counter(deck)


def test_a_seed_shown_afterwards_is_checked_against_what_was_published():
    assert is_revealed(COMMITTED, SEED, TABLE)
    assert not is_revealed(COMMITTED, OTHER_SEED, TABLE)
    assert not is_revealed(COMMITTED, SEED, {**TABLE, "supply": 49})
    assert not is_revealed(COMMITTED, SEED[:-1], TABLE)
    assert not is_revealed("é", SEED, TABLE)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_seed_of_another_length_is_refused(seed):
    with pytest.raises(ValueError, match="32 bytes"):
        Stream(seed, "ties")
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(seed, TABLE)


@pytest.mark.parametrize("end", [0, -1, (1 << 64) + 1])
def test_a_number_that_is_not_there_cannot_be_drawn(end):
    with pytest.raises(ValueError, match="cannot be drawn"):
        Stream(SEED, "ties").below(end)


def test_a_word_past_the_last_full_round_is_drawn_again():
    # With this end every second word is past it: taking the remainder would favour the lower half twice over.
    end = (1 << 63) + 1
    stream, words = Stream(SEED, "ties"), Stream(SEED, "ties")
    expected = [word for word in (words.below(1 << 64) for _ in range(60)) if word < end]
    assert len(expected) < 45
    assert [stream.below(end) for _ in expected] == expected


def test_every_order_is_as_likely_as_any_other():
    draws = 6_000
    stream = Stream(SEED, "ties")
    counted = Counter(shuffled("abc", stream) for _ in range(draws))
    assert set(counted) == set(permutations("abc"))
    expected = draws / 6
    # Chi-squared with 5 degrees of freedom goes past 20.5 once in a thousand; the seed is fixed.
    assert sum((count - expected) ** 2 / expected for count in counted.values()) < 20.5


def test_every_draw_has_a_stream_of_its_own():
    orders = {tie_order(SEED, f"poll-{number}", 5) for number in range(200)}
    # Of 120 orders 200 polls see most: 97 in the mean.
    assert len(orders) > 80
    assert tie_order(SEED, "mug-colour", 5) == tie_order(SEED, "mug-colour", 5)
    assert tie_order(SEED, "mug-colour", 12) != tie_order(OTHER_SEED, "mug-colour", 12)


@pytest.mark.parametrize("options", range(13))
def test_a_tie_order_has_every_option_once(options):
    assert sorted(tie_order(SEED, "mug-colour", options)) == list(range(1, options + 1))


def test_a_commitment_names_the_poll_and_how_many_options_it_has():
    tables = [tie_table(poll, options) for poll in ("mug", "game") for options in (2, 3)]
    assert len({commitment(SEED, table) for table in tables}) == len(tables)
