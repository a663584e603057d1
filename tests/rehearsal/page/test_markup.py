"""Texts become spans: mentions, count-downs and bold; whatever else stands there stays plain text."""

from __future__ import annotations

import pytest

from bot.rehearsal.page.markup import from_discord, from_twitch


def marked(text: str):
    return from_discord(text, lambda key: f"member {key}", lambda key: f"role {key}")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", ["plain"]),
        ("", []),
        (
            "Opens <t:1795411611:t> (<t:1795411611:R>)",
            ["Opens ", ("time", "1795411611:t"), " (", ("time", "1795411611:R"), ")"],
        ),
        ("<t:12>", [("time", "12:f")]),
        ("<@42> and <@!43>", [("at", "@member 42"), " and ", ("at", "@member 43")]),
        ("<@&7> now", [("at", "@role 7"), " now"]),
        ("@everyone look", [("at", "@everyone"), " look"]),
        ("**two \\_ words** left", [("b", "two _ words"), " left"]),
        ("`!claim`", [("code", "!claim")]),
        ("```\nfox\n57\n\n\u2014 fox Ab=\n```", [("code", "fox\n57\n\n\u2014 fox Ab=")]),
        ("yours!\n-# Entry 57, `ab`", ["yours!\nEntry 57, ", ("code", "ab")]),
        ("3 -# 4", ["3 -# 4"]),
        ("``` open", ["``` open"]),
        (r"amber\_koala \<t:1:R\> \@", ["amber_koala <t:1:R> @"]),
        ("<img src=x onerror=alert(1)>", ["<img src=x onerror=alert(1)>"]),
        ("** not bold", ["** not bold"]),
    ],
)
def test_discord_markup_is_read_as_its_own_programs_read_it(text: str, spans: list[object]) -> None:
    assert marked(text).spans == spans


def test_who_is_mentioned_is_known_by_id_on_discord_and_by_name_on_twitch() -> None:
    assert marked("<@42> <@&7> @here").mentions == {"42", "7", "@everyone"}
    line = from_twitch("@Ann, @قهوة #3: yours")
    assert line.mentions == {"@ann", "@قهوة"}
    assert line.spans == [("at", "@Ann"), ", ", ("at", "@قهوة"), " #3: yours"]
