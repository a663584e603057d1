"""What is said in chat and when: shared lines, one answer per person, nobody left out."""

from __future__ import annotations

import pytest

from bot.domain.announcing import Priority
from bot.domain.claims import ClaimNeedsName, ClaimRefusal
from bot.domain.codes import CodeRefusal
from bot.domain.time import SECOND
from bot.services.shared_lines import NAMED_MAX, PATIENCE, RESERVE, SharedLines
from tests.conftest import NOON, FixedClock, viewer
from tests.services.fakes import WORDS, granted, refused

GAP = 30 * SECOND


class Chat:
    """Shared lines with a clock in hand; `hear` lets the gathering pass and returns the lines that come then."""

    def __init__(self):
        self.clock = FixedClock(NOON)
        self.lines = SharedLines(WORDS, self.clock, answer_gap=GAP)
        self.settled = []

    def decided(self, name, decision, request=None, late=False):
        request = request or f"twitch:{name}"
        self.lines.decided(viewer(name), request, decision, late=late)

    def hear(self, after=2 * SECOND, lines_ready=20):
        self.clock.at += after
        heard = []
        while (line := self.lines.next_line(lines_ready)) is not None:
            self.lines.settled(line)
            self.settled += line.requests
            heard += [line.text] if line.text else []
            assert len(heard) < 50
        return heard


@pytest.fixture
def chat():
    return Chat()


def test_winners_share_a_line_with_their_numbers(chat):
    for number, name in enumerate(("ann", "bob", "cy"), 1):
        chat.decided(name, granted(number))
    assert chat.hear() == ["Teal Mug is yours: @ann #1, @bob #2, @cy #3 (of 48)"]
    assert chat.settled == ["twitch:ann", "twitch:bob", "twitch:cy"]


def test_forty_eight_winners_need_four_lines_and_each_is_named_once(chat):
    for number in range(1, 49):
        chat.decided(f"viewer{number}", granted(number))
    lines = chat.hear()
    assert len(lines) == 4
    assert [sum(f"@viewer{n} #{n}" in f"{line} ".replace(",", " ") for line in lines) for n in range(1, 49)] == [
        1
    ] * 48
    assert all(len(line) <= 500 for line in lines)


def test_winners_with_the_longest_names_are_all_named_within_the_limit_of_a_line(chat):
    names = [f"{n:02}{'w' * 58}" for n in range(1, 13)]
    for number, name in enumerate(names, 1):
        chat.decided(name, granted(number))
    lines = chat.hear()
    assert all(len(line) <= 500 for line in lines)
    assert len(chat.settled) == 12
    assert all(any(f"#{number}" in line for line in lines) for number in range(1, 13))


def test_winners_of_two_drops_and_those_told_late_have_lines_of_their_own(chat):
    chat.decided("ann", granted(1))
    chat.decided("bob", granted(1, "print"))
    chat.decided("cy", granted(2), late=True)
    assert chat.hear() == [
        "@ann Teal Mug #1 of 48 is yours!",
        "@bob Teal Print #1 of 48 is yours!",
        "I was away and still owe an answer: Teal Mug is yours, @cy #2 (of 48)",
    ]


def test_an_answer_waits_a_moment_for_company(chat):
    chat.decided("ann", granted(1))
    assert chat.hear(after=0) == []
    chat.decided("bob", granted(2))
    assert chat.lines.due_at() > chat.clock.at
    assert len(chat.hear(after=chat.lines.due_at() - chat.clock.at)) == 1


def test_equal_refusals_share_a_line_and_different_ones_do_not(chat):
    chat.decided("ann", refused())
    chat.decided("bob", refused(ClaimRefusal.CLOSED))
    chat.decided("cy", refused())
    first, second = chat.hear()
    assert first.startswith("@ann, @cy: Teal Mug is sold out")
    assert second.startswith("@bob: Teal Mug is closed")


def test_whose_codes_are_bad_for_different_reasons_do_not_share_a_line(chat):
    for name, because in (("ann", CodeRefusal.USED), ("bob", CodeRefusal.EXPIRED), ("cy", CodeRefusal.USED)):
        chat.decided(name, refused(ClaimRefusal.BAD_CODE, code_because=because))
    assert chat.hear() == [
        "@ann, @cy: that code has been used already, and each works once.",
        "@bob: the time of that code is over; ask whoever gave it to you for a new one.",
    ]


def test_who_types_a_code_of_somebody_else_hears_what_anybody_hears_who_types_none_there_is(chat):
    for name, because in (("ann", CodeRefusal.UNKNOWN), ("bob", CodeRefusal.NOT_YOURS)):
        chat.decided(name, refused(ClaimRefusal.BAD_CODE, code_because=because))
    lines = chat.hear()
    assert lines[0].replace("@ann", "") == lines[1].replace("@bob", "")


def test_each_in_a_shared_line_of_owners_is_told_their_own_numbers(chat):
    chat.decided("ann", refused(ClaimRefusal.ALREADY_YOURS, numbers=(3,)))
    chat.decided("bob", refused(ClaimRefusal.ALREADY_YOURS, numbers=(7,)))
    (line,) = chat.hear()
    assert "@ann #3" in line
    assert "@bob #7" in line


def test_above_sixty_refused_one_line_gives_the_reason_to_all(chat):
    for n in range(NAMED_MAX + 1):
        chat.decided(f"v{n}", refused())
    (line,) = chat.hear()
    assert "61 people" in line
    assert "sold out" in line
    assert "@" not in line
    assert len(chat.settled) == NAMED_MAX + 1


def test_sixty_refused_are_all_named(chat):
    for n in range(NAMED_MAX):
        chat.decided(f"v{n}", refused())
    lines = " ".join(chat.hear()).replace(",", " ").replace(":", " ").split()
    assert [lines.count(f"@v{n}") for n in range(NAMED_MAX)] == [1] * NAMED_MAX


def test_the_same_refusal_again_is_covered_by_the_first(chat):
    chat.decided("ann", refused(), "twitch:1")
    assert len(chat.hear()) == 1
    chat.decided("ann", refused(), "twitch:2")
    assert chat.hear() == []
    assert chat.settled == ["twitch:1", "twitch:2"]


def test_a_winner_who_asks_again_at_once_has_been_told_the_number_already(chat):
    chat.decided("ann", granted(1), "twitch:1")
    chat.hear()
    chat.decided("ann", refused(ClaimRefusal.ALREADY_YOURS, numbers=(1,)), "twitch:2")
    assert chat.hear() == []
    assert "twitch:2" in chat.settled


def test_a_different_refusal_waits_until_the_person_may_be_answered_again(chat):
    chat.decided("ann", refused(ClaimRefusal.PAUSED), "twitch:1")
    assert "paused" in chat.hear()[0]
    chat.decided("ann", refused(), "twitch:2")
    assert chat.hear() == []
    assert chat.settled == ["twitch:1"]
    (line,) = chat.hear(after=GAP)
    assert line.startswith("@ann: Teal Mug is sold out")
    assert chat.settled == ["twitch:1", "twitch:2"]


def test_of_several_refusals_that_wait_the_latest_says_it_all(chat):
    chat.decided("ann", refused(ClaimRefusal.PAUSED), "twitch:1")
    chat.hear()
    for request, because in (("twitch:2", ClaimRefusal.SOLD_OUT), ("twitch:3", ClaimRefusal.CLOSED)):
        chat.decided("ann", refused(because), request)
        chat.hear()
    (line,) = chat.hear(after=GAP)
    assert "closed" in line
    assert sorted(chat.settled) == ["twitch:1", "twitch:2", "twitch:3"]


def test_a_grant_is_told_though_the_person_was_answered_just_now(chat):
    chat.decided("ann", refused(ClaimRefusal.PAUSED), "twitch:1")
    chat.hear()
    chat.decided("ann", granted(5), "twitch:2")
    assert chat.hear() == ["@ann Teal Mug #5 of 48 is yours!"]


SEVERAL = ClaimNeedsName(("mug",), ("Teal Mug",))


@pytest.mark.parametrize(
    "before", [refused(ClaimRefusal.NOT_OPEN_YET), refused(ClaimRefusal.NOTHING_ON, ""), SEVERAL]
)
def test_who_asked_a_second_too_early_and_then_won_is_not_told_to_wait_afterwards(chat, before):
    chat.decided("ann", before, "twitch:1")
    chat.clock.at += SECOND
    chat.decided("ann", granted(1), "twitch:2")
    assert chat.hear() == ["@ann Teal Mug #1 of 48 is yours!"]
    assert chat.hear(after=2 * GAP) == []
    assert sorted(chat.settled) == ["twitch:1", "twitch:2"]


def test_a_refusal_of_another_drop_is_still_told_after_a_grant(chat):
    chat.decided("ann", refused(drop="print"), "twitch:1")
    chat.decided("ann", granted(1), "twitch:2")
    chat.hear()
    (line,) = chat.hear(after=2 * GAP)
    assert "Teal Print is sold out" in line


def test_refusals_leave_the_last_lines_of_the_budget_to_winners_but_not_for_ever(chat):
    chat.decided("ann", refused())
    chat.decided("bob", granted(1))
    assert chat.hear(lines_ready=RESERVE) == ["@bob Teal Mug #1 of 48 is yours!"]
    assert len(chat.hear(after=PATIENCE, lines_ready=RESERVE)) == 1


def test_a_line_that_chat_will_not_take_is_said_to_each_alone_and_a_lone_one_is_given_up(chat):
    for number, name in enumerate(("ann", "bob"), 1):
        chat.decided(name, granted(number))
    chat.clock.at += 2 * SECOND
    shared = chat.lines.next_line(20)
    assert shared.requests == ("twitch:ann", "twitch:bob")
    assert chat.lines.apart(shared)
    alone = [chat.lines.next_line(20) for _ in range(2)]
    assert [line.text for line in alone] == ["@ann Teal Mug #1 of 48 is yours!", "@bob Teal Mug #2 of 48 is yours!"]
    assert not chat.lines.apart(alone[0])
    assert chat.lines.next_line(20) is None


def test_what_is_urgent_overtakes_the_answers(chat):
    chat.decided("ann", granted(1))
    chat.lines.urgent("Teal Mug is paused.")
    chat.clock.at += SECOND
    assert chat.lines.next_line(20).priority is Priority.WINDOW
    assert chat.lines.next_line(20).text.startswith("@ann")


def test_the_same_reply_is_said_once_in_a_while_for_all_and_a_person_is_answered_once(chat):
    chat.lines.aside(viewer("ann"), "Teal Mug: 7 left.", "drop")
    chat.lines.aside(viewer("bob"), "Teal Mug: 7 left.", "drop")
    assert chat.hear() == ["Teal Mug: 7 left."]
    chat.lines.aside(viewer("ann"), "You hold nothing.", "mine")
    assert chat.hear() == []
    chat.lines.aside(viewer("cy"), "Teal Mug: 7 left.", "drop")
    assert chat.hear(after=GAP) == []
    chat.lines.aside(viewer("cy"), "Teal Mug: 7 left.", "drop")
    assert chat.hear() == ["Teal Mug: 7 left."]


def test_a_reply_whose_asker_has_been_answered_meanwhile_is_said_to_the_next_who_asked_for_it(chat):
    chat.lines.aside(viewer("ann"), "Teal Mug #1 is entry 7.", "proof")
    for name in ("ann", "bob"):
        assert chat.lines.aside(viewer(name), "Teal Mug #2 is entry 8.", "proof")
    assert chat.hear() == ["Teal Mug #1 is entry 7.", "Teal Mug #2 is entry 8."]
    chat.clock.at += GAP
    chat.lines.aside(viewer("ann"), "Teal Mug #1 is entry 7.", "proof")
    chat.lines.aside(viewer("ann"), "Teal Mug #2 is entry 8.", "proof")
    assert chat.hear() == ["Teal Mug #1 is entry 7."]
    assert chat.lines.aside(viewer("bob"), "Teal Mug #2 is entry 8.", "proof")
    assert chat.hear() == ["Teal Mug #2 is entry 8."]


NOTHING_YET = "you hold nothing yet; !drop shows what is on and what is next."


def test_seventy_who_hold_nothing_and_ask_within_three_seconds_do_not_get_a_line_each(chat):
    heard = []
    for n in range(70):
        chat.lines.holding(viewer(f"v{n}"), ())
        heard += chat.hear(after=3 * SECOND // 70)
    heard += chat.hear()
    assert len(heard) < 10
    words = " ".join(heard).replace(",", " ").replace(":", " ").split()
    assert [words.count(f"@v{n}") for n in range(70)] == [1] * 70


def test_who_holds_nothing_and_who_holds_a_number_hear_it_in_different_lines(chat):
    for name, units in {"ann": (), "bob": (("Teal Mug", 3, 48),), "cy": (), "dee": (("Teal Mug", 7, 48),)}.items():
        chat.lines.holding(viewer(name), units)
    assert chat.hear(after=SECOND) == []
    assert chat.hear() == [f"@ann, @cy: {NOTHING_YET}", "Teal Mug is held by @bob #3, @dee #7 (of 48)"]


def test_one_alone_or_with_units_of_several_drops_hears_it_in_a_line_of_their_own(chat):
    several = (("Teal Mug", 3, 48), ("Zine", 1, 9))
    for name, units in {"ann": (), "bob": several, "cy": several}.items():
        chat.lines.holding(viewer(name), units)
    assert chat.hear() == [
        "@ann holds nothing yet; !drop shows what is on and what is next.",
        "@bob holds Teal Mug #3 of 48, Zine #1 of 9.",
        "@cy holds Teal Mug #3 of 48, Zine #1 of 9.",
    ]


BESIDES = "Passes to spend: mod-vote pass."


def test_those_who_have_the_same_besides_share_a_line_and_others_do_not(chat):
    for name, besides in {"ann": BESIDES, "bob": BESIDES, "cy": "", "dee": ""}.items():
        chat.lines.holding(viewer(name), (("Teal Mug", len(name), 48),), besides)
    assert chat.hear() == [
        f"Teal Mug is held by @ann #3, @bob #3 (of 48). {BESIDES}",
        "Teal Mug is held by @cy #2, @dee #3 (of 48)",
    ]
    chat.lines.holding(viewer("eve"), (), BESIDES)
    assert chat.hear() == [f"@eve holds nothing yet; !drop shows what is on and what is next. {BESIDES}"]


def test_what_somebody_has_besides_is_never_cut_off_a_line_of_many(chat):
    besides = f"Passes to spend: {'x' * 120}."
    names = [f"{'n' * 22}{number:03}" for number in range(40)]
    for number, name in enumerate(names):
        chat.lines.holding(viewer(name), (("Teal Mug", number + 1, 48),), besides)
    heard = chat.hear()
    assert all(line.endswith(besides) and len(line) <= 500 for line in heard)
    told = " ".join(heard)
    assert [told.count(f"@{name} ") for name in names] == [1] * len(names)


def test_above_sixty_who_hold_nothing_one_line_says_so_to_all(chat):
    for n in range(NAMED_MAX + 1):
        chat.lines.holding(viewer(f"v{n}"), ())
    assert chat.hear() == [f"To the 61 people who just typed !mine: {NOTHING_YET}"]


def test_who_asks_twice_what_they_hold_hears_the_latest_once_and_nothing_within_the_gap(chat):
    chat.lines.holding(viewer("ann"), ())
    chat.lines.holding(viewer("ann"), (("Teal Mug", 3, 48),))
    assert chat.hear() == ["@ann holds Teal Mug #3 of 48."]
    chat.lines.holding(viewer("ann"), ())
    assert chat.hear() == []
    chat.lines.holding(viewer("bob"), ())
    chat.decided("bob", granted(1), "twitch:1")
    assert chat.hear(lines_ready=20) == ["@bob Teal Mug #1 of 48 is yours!"]


def test_a_line_of_holders_that_chat_refuses_is_said_to_each_alone(chat):
    for name in ("ann", "bob"):
        chat.lines.holding(viewer(name), ())
    chat.clock.at += 2 * SECOND
    assert chat.lines.apart(chat.lines.next_line(20))
    assert [line.partition(" ")[0] for line in chat.hear()] == ["@ann", "@bob"]


def test_everything_that_was_told_is_forgotten_again(chat):
    for n in range(300):
        chat.decided(f"v{n}", refused(), f"twitch:{n}")
        chat.decided(f"w{n}", granted(n + 1), f"twitch:w{n}")
    chat.hear()
    chat.hear(after=2 * GAP)
    assert len(chat.settled) == 600
    assert chat.lines.due_at() is None


def test_what_a_refused_line_would_have_settled_besides_is_settled_with_its_people(chat):
    chat.decided("ann", refused(ClaimRefusal.NOT_OPEN_YET), "twitch:early")
    chat.decided("ann", granted(1), "twitch:ann")
    chat.decided("bob", granted(2), "twitch:bob")
    chat.clock.at += SECOND
    line = chat.lines.next_line(20)
    assert set(line.requests) == {"twitch:early", "twitch:ann", "twitch:bob"}
    assert chat.lines.apart(line)
    assert len(chat.hear()) == 2
    assert sorted(chat.settled) == ["twitch:ann", "twitch:bob", "twitch:early"]


def test_the_same_words_are_not_said_again_while_twitch_would_swallow_them():
    clock = FixedClock(NOON)
    lines = SharedLines(WORDS, clock, answer_gap=SECOND)

    def heard():
        said = []
        while (line := lines.next_line(20)) is not None:
            lines.settled(line)
            said += [line.text]
        return said

    for moment, expected in ((0, 1), (5, 0), (31, 1)):
        clock.at = NOON + moment * SECOND
        if moment < 31:
            lines.decided(viewer("ann"), f"twitch:{moment}", refused(ClaimRefusal.UNKNOWN_DROP))
        clock.at += 2 * SECOND
        assert len(heard()) == expected


def test_a_line_to_a_crowd_is_never_taken_apart(chat):
    for number in range(NAMED_MAX + 1):
        chat.decided(f"viewer{number}", refused(ClaimRefusal.SOLD_OUT))
    chat.clock.at += 2 * SECOND
    assert not chat.lines.apart(chat.lines.next_line(20))
    assert chat.hear() == []


def test_whoever_comes_with_the_same_refusal_meanwhile_goes_along(chat):
    for second, name in enumerate(("ann", "bob", "cy", "dee")):
        chat.clock.at = NOON + second * SECOND
        chat.decided(name, refused(ClaimRefusal.SOLD_OUT))
    (line,) = chat.hear(after=0)
    assert all(f"@{name}" in line for name in ("ann", "bob", "cy", "dee"))
