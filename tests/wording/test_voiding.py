"""Taking a unit back in words: every refusal, and titles and names that do no harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.voiding import VoidRefusal, VoidRefused
from bot.wording.catalogue import Wording
from bot.wording.voiding import void_text
from tests.wording.saying import NOW
from tests.wording.test_hostile_text import HOSTILE
from tests.wording.voids import ASKED, VOIDS

WORDS = Wording()


def test_every_refusal_is_in_the_proof() -> None:
    assert {decision.because for decision in VOIDS if isinstance(decision, VoidRefused)} == set(VoidRefusal)


def test_the_question_names_the_unit_its_owner_and_what_ends_with_it() -> None:
    assert void_text(WORDS, ASKED, NOW, discord=False) == (
        "Taking Teal Mug #17 with the pass that came with it from @ann cannot be undone, and the number never goes "
        "out again: type !yes within 30 s to do it."
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_title_and_no_name_commands_formats_or_mentions(text: str) -> None:
    hostile = [replace(decision, title=text) for decision in VOIDS]
    hostile.append(replace(ASKED, title=text, name=text))
    for decision in hostile:
        line = void_text(WORDS, decision, NOW, discord=False)
        assert 0 < len(line) <= 450
        assert line[0] not in "/.!\\"
        assert not set(line) & set("\n\r\u202e\u200b\u2060\ufeff\U000e0041")
        shown = void_text(WORDS, decision, NOW, discord=True)
        for raw in ("@everyone", "<@1", "<#4", "**bold", "||sp", "](http", "https://evil", "\u202e", "\u2060"):
            assert raw not in shown
