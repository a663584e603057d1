"""What counts as asking for a unit, in chat and on Discord."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.claims import claims_on_discord, typed_claim

WORDS = ("!grab", "!md claim")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("!grab", ""),
        ("!grab mug", "mug"),
        ("!GRAB  Teal   Mug", "teal mug"),
        ("!md claim mug", "mug"),
        ("!grab. mug", "mug"),
        ("!ｇｒａｂ mug", "mug"),
        ("!grabs mug", None),
        ("!claim mug", None),
        ("!md mine", None),
        ("please !grab mug", None),
        ("", None),
    ],
)
def test_a_line_claims_when_it_begins_with_a_claim_word_and_names_what_stands_behind(
    text: str, named: str | None
) -> None:
    assert typed_claim(text, WORDS) == named


@pytest.mark.parametrize(
    ("kind", "data", "claims"),
    [
        ("slash", {"command": "claim", "options": {"drop": "mug"}}, True),
        ("slash", {"command": "drop open"}, False),
        ("press", {"custom_id": "md:claim:mug"}, True),
        ("press", {"custom_id": "md:control:open:claim-day"}, False),
        ("press", {}, False),
        ("answer", {"custom_id": "md:claim:mug"}, False),
    ],
)
def test_on_discord_the_command_and_the_claim_button_claim(kind: str, data: dict[str, Any], claims: bool) -> None:
    assert claims_on_discord({"kind": kind, "data": data}) is claims
