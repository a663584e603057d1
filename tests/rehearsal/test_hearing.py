"""The judge hears a line as a person does: names, numbers, and which belongs to which."""

from __future__ import annotations

import pytest

from bot.rehearsal.hearing import Heard, listen, listen_for, same, typed

TITLES = {"Teal Mug": "mug", "Teal Mug #2 XL": "mug-xl", "Zine": "zine"}


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("@ann Teal Mug #17 of 48 is yours!", {"ann": ("mug", (17,))}),
        ("Teal Mug is yours: @ann #1, @Bob #2 (of 48)", {"ann": ("mug", (1,)), "bob": ("mug", (2,))}),
        ("@ann, @bob: Teal Mug #3 is already yours", {"ann": ("mug", (3,)), "bob": ("mug", (3,))}),
        ("@ann: Teal Mug #3, #4 are already yours", {"ann": ("mug", (3, 4))}),
        ("Teal Mug #2 XL is yours: @ann #1 (of 9)", {"ann": ("mug-xl", (1,))}),
        (
            "Teal Mug is yours: @小熊猫 #9, @قهوة\u200e #10 (of 48)",
            {"小熊猫": ("mug", (9,)), "قهوة": ("mug", (10,))},
        ),
        ("Teal Mug is open: 48 to claim. Type !claim mug", {}),
        ("Zine is yours: @BigZine #1, @Zine_fan #2", {"bigzine": ("zine", (1,)), "zine_fan": ("zine", (2,))}),
        ("@Zine Magazine, Zine #3 of 9 is yours!", {"zine": ("zine", (3,))}),
        ("Zineが当たり: @ann #1", {"ann": ("zine", (1,))}),
        ("@ann hat Nr. #3 (Zine)", {"ann": ("zine", (3,))}),
        ("Gewonnen (@ann #1, @bob #2): Zine", {"ann": ("zine", (1,)), "bob": ("zine", (2,))}),
    ],
)
def test_numbers_go_to_the_names_they_are_said_to(line: str, heard: dict[str, tuple[str, tuple[int, ...]]]) -> None:
    assert {each.name: (each.drop, each.numbers) for each in listen(line, TITLES) if each.numbers} == heard


def test_a_refusal_names_people_without_a_number() -> None:
    assert listen("@ann, @bob: no drop goes by that name", TITLES) == [Heard("ann"), Heard("bob")]
    assert listen("@ann: Zine is sold out", TITLES) == [Heard("ann", "zine")]
    assert listen("Leider nein (@ann, @bob): Zine ist weg", TITLES) == [Heard("ann", "zine"), Heard("bob", "zine")]


def test_a_private_answer_is_for_whoever_asked() -> None:
    heard = listen("you hold Teal Mug #3 of 48, Zine #5 of 9.", TITLES, private=True)
    assert [(each.drop, each.numbers) for each in heard if each.numbers] == [("mug", (3,)), ("zine", (5,))]
    assert Heard("", "zine", (5,)) in listen("Nummer #5 von 9: Zine ist deins.", TITLES, private=True)


def test_the_strokes_that_stop_formatting_are_not_heard() -> None:
    heard = listen("Zine \\#5 of 9 is yours!", TITLES, private=True)
    assert Heard("", "zine", (5,)) in heard


def test_names_and_commands_are_compared_as_they_are_seen() -> None:
    assert same("@An\u200en,") == same("ANN")
    assert typed("！ｃｌａｉｍ  ｍｕｇ \U000e0000") == "!claim mug"


def test_a_line_that_names_several_drops_to_choose_from_is_about_none_of_them() -> None:
    text = "@ann: several drops are open: type !claim mug for Teal Mug or !claim zine for Zine."
    assert set(listen(text, TITLES)) == {Heard("ann")}
    assert set(listen("@ann: Teal Mug is sold out; Teal Mug opens again", TITLES)) == {Heard("ann", "mug")}


def test_on_a_card_that_mentions_nobody_the_longer_name_is_meant() -> None:
    names = {same(name) for name in ("Bo", "Jim Bo", "ann", "")}
    text = "I still owe an answer: Teal Mug is yours, Jim Bo #7, ann\u200b #8, Bo #9, stranger #10 (of 48)"
    assert listen_for(names, text, TITLES) == [
        Heard("jim bo", "mug", (7,)),
        Heard("ann", "mug", (8,)),
        Heard("bo", "mug", (9,)),
    ]
    assert listen_for(names, "Bo #9", TITLES) == []
    heaped = same("Z\u0353\u0351\u0352algo")
    assert listen_for({heaped}, "Teal Mug is yours, Z\u0353\u0351algo #3", TITLES) == [Heard(heaped, "mug", (3,))]
    assert listen_for(names, "Teal Mug: Bo #9", {}) == []


def test_what_a_phone_puts_behind_a_command_is_not_meant() -> None:
    assert [typed(text) for text in ("!Claim. mug", "!claim.", "!claim mug.", "so. what")] == [
        "!claim mug",
        "!claim",
        "!claim mug.",
        "so. what",
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("!Claim  Teal Mug", "!claim teal mug"),
        ("！ｃｌａｉｍ mug", "!claim mug"),
        ("!claim. mug", "!claim mug"),
        ("!claim!!", "!claim"),
        ("!claim mug.", "!claim mug."),
        ("so. mug", "so. mug"),
    ],
)
def test_a_command_is_read_past_a_phones_full_stop(text: str, meant: str) -> None:
    assert typed(text) == meant
