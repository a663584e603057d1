"""The black-box check, on histories of a few lines: which of them a correct bot could have made."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.domain.claims import ClaimGranted, ClaimRefusal, ClaimRefused
from bot.domain.control import DropSteered, Verb
from bot.domain.restore import DropThawed
from tests.simulation.history import impossible
from tests.simulation.seen import Asked, Heard, Rules, Seen


def got(number):
    return ClaimGranted("mug", "Teal Mug", number, 3, 0)


def no(because, *numbers):
    return ClaimRefused(ClaimRefusal(because), "mug", "Teal Mug", 3, numbers)


def gave(number, receiver):
    return DropSteered(Verb.GIVE, "mug", "Teal Mug", number=number, receiver=receiver)


def took_back(number):
    return DropSteered(Verb.UNDO, "mug", "Teal Mug", number=number, undone="unit.granted>unit.voided")


# An undo that nobody saw an answer to.
UNDO = object()


def seen(*lines, rules=None):
    """A history of (who, asked at, answered at, answer); moderators' answers are deeds, None was never answered."""
    history = Seen(rules={"mug": rules or Rules(supply=3, held_back=0, per_person=1)})
    history.names = {"ann": "ann", "bob": "bob"}
    for n, (who, asked_at, answered_at, answer) in enumerate(lines):
        asked = Asked(f"r{n}", who, "mug", asked_at, answered_at, answer)
        if answer is UNDO:
            asked.about, asked.answer = (str(Verb.UNDO), ""), None
            history.deeds[asked.request] = asked
        elif isinstance(answer, DropSteered):
            asked.about = (str(answer.verb), answer.receiver)
            history.deeds[asked.request] = asked
        elif isinstance(answer, Heard):
            history.heard.append(answer)
        elif isinstance(answer, DropThawed):
            history.repairs[asked.request] = asked
        else:
            history.claims[asked.request] = asked
    return history


LOST = DropThawed("mug", "Teal Mug", (2,), 3, 1, 1, None)
TWO_EACH = Rules(supply=3, held_back=0, per_person=2)
POSSIBLE = {
    "one after the other": seen(("ann", 1, 2, got(1)), ("bob", 3, 4, got(2))),
    "at the same time, in any order": seen(("ann", 1, 5, got(2)), ("bob", 2, 4, got(1))),
    "a lost answer explains the gap": seen(("ann", 1, None, None), ("bob", 3, 4, got(2))),
    "a lost answer may come later": seen(("ann", 1, None, None), ("bob", 3, 4, got(1)), ("cy", 5, 6, got(2))),
    "a given number comes back": seen(
        ("mia", 1, 2, gave(1, "ann")), ("mia", 3, 4, took_back(1)), ("bob", 5, 6, got(1))
    ),
    "somebody took a number back, and nobody heard which": seen(
        ("mia", 1, 2, gave(1, "ann")),
        ("mia", 3, 4, gave(2, "bob")),
        ("mia", 5, None, UNDO),
        ("cy", 7, 8, got(1)),
    ),
    "sold out when all may be gone": seen(
        ("ann", 1, 9, got(1)), ("bob", 1, 9, got(2)), ("cy", 1, 9, got(3)), ("dee", 2, 3, no("sold-out"))
    ),
    "already yours": seen(("ann", 1, 2, got(1)), ("ann", 3, 4, no("already-yours", 1))),
    "a number that is written off": seen(("ann", 1, 2, got(1)), ("operator", 3, 4, LOST), ("bob", 5, 6, got(3))),
    "what was read of a lost answer": seen(("ann", 1, None, None), ("", 0, 0, Heard(5, "ann", "mug", 1))),
    "closed after the last": seen(("ann", 1, 2, got(1)), ("bob", 3, 4, no("closed"))),
}
IMPOSSIBLE = {
    "a number twice": seen(("ann", 1, 2, got(1)), ("bob", 1, 2, got(1))),
    "later asked, lower number": seen(("ann", 1, 2, got(2)), ("bob", 3, 4, got(1))),
    "a gap that nobody explains": seen(("ann", 1, 2, got(1)), ("bob", 3, 4, got(3))),
    "more than there are": seen(*((name, 1, 9, got(n)) for n, name in enumerate(("a", "b", "c", "d"), 1))),
    "one person, two of one": seen(("ann", 1, 2, got(1)), ("ann", 3, 4, got(2))),
    "sold out too early": seen(("ann", 1, 2, got(1)), ("bob", 3, 4, no("sold-out"))),
    "already yours without having it": seen(("bob", 1, 2, got(1)), ("ann", 3, 4, no("already-yours", 2))),
    "already yours, and still one is due": seen(
        ("ann", 1, 2, got(1)), ("ann", 3, 4, no("already-yours", 1)), rules=TWO_EACH
    ),
    "claimed what is held back": seen(
        ("ann", 1, 2, got(1)), ("bob", 3, 4, got(2)), rules=Rules(supply=2, held_back=1, per_person=1)
    ),
    "granted after the close": seen(("ann", 1, 2, no("closed")), ("bob", 3, 4, got(1))),
    "granted after it was cancelled": seen(("ann", 1, 2, no("cancelled")), ("bob", 3, 4, got(1))),
    "a number that was written off": seen(("operator", 1, 2, LOST), ("ann", 3, 4, got(1)), ("bob", 5, 6, got(2))),
    "refused with everything in hand": seen(("ann", 1, 2, got(1)), ("ann", 3, 4, no("not-open-yet"))),
    "read of a number that nobody asked for": seen(("bob", 1, None, None), ("", 0, 0, Heard(5, "ann", "mug", 1))),
    "read of another number than was answered": seen(("ann", 1, 2, got(1)), ("", 0, 0, Heard(5, "ann", "mug", 2))),
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_a_correct_bot_could_have_said_this(name):
    counts = Counter()
    assert list(impossible(POSSIBLE[name], counts)) == []
    assert counts["black box: decided"] == 1


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_no_correct_bot_could_have_said_this(name):
    assert list(impossible(IMPOSSIBLE[name], Counter()))
