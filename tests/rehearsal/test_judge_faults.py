"""The judge on a night with faults: what a fault excuses, what it does not, and what only a fault can show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.rehearsal.judge import judge
from bot.rehearsal.promises import Verdict
from tests.rehearsal.evening import CARDS, CLOSES, OPENS, SECOND, Evening, good_evening
from tests.rehearsal.test_judge import broken

MIDDLE = OPENS + 8 * SECOND
GAP = "I was away for a moment: if you claimed Teal Mug in the last minute and got no answer, type !md claim."


def fault(evening: Evening, name: str, begins: int, ends: int | None = None, **data: object) -> None:
    """As the stage notes it; without an end it was over at once."""
    for state, at in (("begins", begins), ("ends", begins if ends is None else ends)):
        evening.see(
            at, "stage", "fault", text="it broke", data={"name": name, "state": state, "seconds": 0, **data}
        )


def undelivered(evening: Evening, name: str, at: int, why: str) -> str:
    """Somebody claims, and no program is told."""
    request = evening.says(name, "!claim mug", at)
    data = {"message_id": request.partition(":")[2], "why": why}
    evening.see(at, "twitch", "undelivered", author=f"id-{name}", name=name, text="!claim mug", data=data)
    return request


def open_evening() -> Evening:
    """One mug is left all the time: only ann and cat have come."""
    evening = good_evening()
    evening.record = [seen for seen in evening.record if seen["name"] not in ("Bob", "dan")]
    evening.record = [seen for seen in evening.record if "sold out" not in seen["text"]]
    for seen in evening.record:
        seen["text"] = seen["text"].replace(", @Bob #2", "")
        seen["text"] = seen["text"].replace("#3 of 3 is yours", "#2 of 3 is yours")
    again = Evening(record=evening.record, lines=evening.lines)
    again.news = [row for row in evening.news if row.kind != "sold-out"]
    requests = {seen["name"]: seen["data"] for seen in evening.record if seen["kind"] in ("chat", "press")}
    again.enter("drop.opened", OPENS, {"closes_at": CLOSES}, {})
    again.grant("ann", f"twitch:{requests['ann']['message_id']}", 1, OPENS + SECOND + 2)
    again.grant("cat", f"discord:{requests['cat']['interaction_id']}", 2, OPENS + 3 * SECOND + 1)
    again.enter("drop.closed", CLOSES, {"why": "time"}, {})
    return again


def verdict(evening: Evening, key: str) -> tuple[Verdict, str]:
    found = next(each for each in judge(evening.case()) if each.key == key)
    return found.verdict, " ".join(found.details)


def test_the_open_evening_is_a_good_one() -> None:
    assert broken(open_evening()) == {}


def test_a_line_that_was_lost_on_purpose_was_never_asked() -> None:
    evening = open_evening()
    undelivered(evening, "eve", MIDDLE, "lost")
    assert broken(evening) == {}
    assert all(ask.who != ("twitch", "id-eve") for ask in evening.case().asks)


def test_a_unit_for_a_line_that_nobody_was_told_of_is_found_out() -> None:
    evening = open_evening()
    evening.grant("eve", undelivered(evening, "eve", MIDDLE, "lost"), 3, MIDDLE + 1)
    assert "Nobody asked for Teal Mug #3" in broken(evening)["asked-for"]


def test_who_typed_while_nobody_listened_must_be_told_to_ask_again() -> None:
    evening = open_evening()
    undelivered(evening, "eve", MIDDLE, "nobody-listens")
    # The news of the close tells how things stand, but it must not be all that eve hears while mugs are left.
    evening.record = [seen for seen in evening.record if "closed" not in seen["text"]]
    assert "eve (twitch) got no answer" in broken(evening)["answered"]
    evening.bot(GAP, MIDDLE + 2 * SECOND)
    assert "answered" not in broken(evening)


def test_who_typed_into_a_gap_when_nothing_was_left_has_the_reason_in_the_chat() -> None:
    evening = good_evening()
    evening.record = [seen for seen in evening.record if "closed" not in seen["text"]]
    undelivered(evening, "eve", OPENS + 10 * SECOND, "silence")
    assert "answered" not in broken(evening)


def test_a_line_to_those_in_the_gap_does_not_answer_who_was_heard() -> None:
    evening = good_evening()
    late = evening.says("eve", "!claim mug", CLOSES + SECOND)
    evening.refuse("eve", late, "closed", CLOSES + SECOND)
    evening.bot(GAP, CLOSES + 2 * SECOND)
    assert "eve (twitch) got no answer" in broken(evening)["answered"]


def test_a_guest_from_another_channels_chat_never_asks() -> None:
    evening = open_evening()
    evening.says("guest", "!claim mug", MIDDLE)
    evening.record[-1]["data"]["shared_from"] = "another channel"
    assert broken(evening) == {}


def test_answering_a_guest_is_one_answer_too_many() -> None:
    evening = open_evening()
    evening.says("guest", "!claim mug", MIDDLE)
    evening.record[-1]["data"]["shared_from"] = "another channel"
    evening.bot("@guest: no drop goes by that name.", MIDDLE + 1)
    assert "guest (twitch) typed 0 commands and was answered 1 times" in broken(evening)["once"]


def test_a_renamed_viewer_is_one_person_under_both_names() -> None:
    evening = good_evening()
    request = evening.says("ann", "!claim mug", OPENS + 9 * SECOND)
    evening.record[-1] |= {"name": "Annika", "author": "id-ann"}
    evening.record[-1]["data"]["login"] = "annika"
    evening.refuse("ann", request, "already-yours", OPENS + 9 * SECOND)
    evening.bot("@Annika: Teal Mug #1 is already yours", OPENS + 10 * SECOND)
    assert broken(evening) == {}
    evening.bot("@Annika: Teal Mug #2 is already yours", OPENS + 17 * SECOND)
    assert "Annika (twitch) was told Teal Mug #2, which belongs to Bob" in broken(evening)["true-numbers"]


def test_a_press_that_fails_while_discord_is_gone_was_answered_by_discord() -> None:
    evening = open_evening()
    key = evening.presses("eve", MIDDLE).partition(":")[2]
    evening.see(
        MIDDLE + 3 * SECOND,
        "discord",
        "interaction-failed",
        author="id-eve",
        name="eve",
        data={"interaction_id": key},
    )
    assert "eve saw" in broken(evening)["answered"]
    fault(evening, "discord-gone", MIDDLE - SECOND, MIDDLE + SECOND)
    assert "answered" not in broken(evening)


def test_a_fault_on_twitch_excuses_nothing_on_discord() -> None:
    evening = open_evening()
    key = evening.presses("eve", MIDDLE).partition(":")[2]
    data = {"interaction_id": key}
    evening.see(MIDDLE + 3 * SECOND, "discord", "interaction-failed", author="id-eve", name="eve", data=data)
    fault(evening, "twitch-silence", MIDDLE - SECOND, MIDDLE + SECOND)
    assert "eve saw" in broken(evening)["answered"]


def test_a_restart_may_say_once_more_what_it_had_said() -> None:
    evening = good_evening()
    evening.bot("I was away and still owe an answer: Teal Mug is yours, @ann #1 (of 3)", MIDDLE)
    assert "ann (twitch) typed 1 commands and was answered 2 times" in broken(evening)["once"]
    fault(evening, "bot-killed", MIDDLE - 2 * SECOND, MIDDLE - SECOND)
    assert broken(evening) == {}
    evening.bot("Once more: Teal Mug is yours, @ann #1 (of 3)", MIDDLE + 2 * SECOND)
    assert "answered 2 times" in broken(evening)["once"]


def test_a_winner_on_discord_whose_answer_was_lost_is_named_on_the_board() -> None:
    evening = open_evening()
    request = evening.presses("Bo", MIDDLE)
    evening.presses("Jim Bo", MIDDLE - 10, "Teal Mug is paused.")
    evening.grant("Bo", request, 3, MIDDLE + 1)
    data = {"interaction_id": request.partition(":")[2]}
    evening.see(MIDDLE + 3 * SECOND, "discord", "interaction-failed", author="id-Bo", name="Bo", data=data)
    fault(evening, "bot-killed", MIDDLE + 2, MIDDLE + SECOND)
    assert "Bo (discord) holds Teal Mug #3 and was never told" in broken(evening)["winners-told"]
    text = "I was away and still owe an answer: Teal Mug is yours, Bo #3 (of 3)"
    evening.see(MIDDLE + 4 * SECOND, "discord", "message", place=CARDS, text=text, data={"message_id": "late"})
    assert broken(evening) == {}


def test_without_a_crash_nobody_can_say_what_a_crash_would_do() -> None:
    assert verdict(good_evening(), "crash") == (Verdict.UNCHECKED, "Nothing crashed.")


def test_what_was_told_before_a_crash_is_looked_up_after_it() -> None:
    evening = good_evening()
    fault(evening, "bot-killed", MIDDLE, MIDDLE + SECOND)
    evening.bot("@ann: Teal Mug #1 is already yours", MIDDLE + 2 * SECOND)
    assert verdict(evening, "crash") == (
        Verdict.KEPT,
        "1 restart: 3 numbers told before, 1 person told the same later",
    )


def test_a_unit_forgotten_in_a_crash_is_missed() -> None:
    evening = good_evening()
    fault(evening, "bot-killed", MIDDLE, MIDDLE + SECOND)
    evening.entries = [entry for entry in evening.entries if entry.public.get("number") != 2]
    evening.units = [unit for unit in evening.units if unit.number != 2]
    assert "Bob (twitch) was told #2 before the bot went down; the ledger has nothing." in broken(evening)["crash"]


def test_another_answer_after_a_crash_is_found_out() -> None:
    evening = good_evening()
    fault(evening, "bot-stopped", MIDDLE, MIDDLE + SECOND)
    evening.says("ann", "!md claim mug", MIDDLE + 2 * SECOND)
    evening.bot("@ann Teal Mug #9 of 3 is yours!", MIDDLE + 3 * SECOND)
    assert "ann (twitch) was told #1 before the bot went down and #9 after." in broken(evening)["crash"]


@pytest.mark.parametrize(("answered_after", "kept"), [(2.0, True), (30.0, False), (None, False)])
def test_a_platform_that_is_down_must_not_silence_the_other(answered_after: float | None, kept: bool) -> None:
    evening = open_evening()
    fault(evening, "discord-gone", MIDDLE - SECOND, MIDDLE + 40 * SECOND)
    request = evening.says("eve", "!claim mug", MIDDLE)
    evening.refuse("eve", request, "paused", MIDDLE)
    if answered_after is not None:
        evening.bot("@eve: Teal Mug is paused", MIDDLE + round(answered_after * SECOND))
    found, says = verdict(evening, "outage")
    assert found is (Verdict.KEPT if kept else Verdict.BROKEN)
    assert ("1 claims on the other platform" if kept else "eve (twitch)") in says


def test_an_outage_in_which_nobody_asked_elsewhere_shows_nothing() -> None:
    evening = open_evening()
    fault(evening, "twitch-silence", CLOSES + SECOND, CLOSES + 2 * SECOND)
    assert verdict(evening, "outage")[0] is Verdict.UNCHECKED


def test_a_bot_that_never_comes_back_is_broken() -> None:
    evening = open_evening()
    fault(evening, "twitch-close", CLOSES + SECOND)
    assert verdict(evening, "healed")[0] is Verdict.KEPT
    evening.says("eve", "!claim mug", CLOSES + 2 * SECOND)
    assert "twitch-close: never healed" in broken(evening)["healed"]


def test_what_was_asked_in_the_middle_of_a_fault_may_be_turned_away() -> None:
    evening = open_evening()
    request = evening.says("eve", "!claim mug", MIDDLE)
    evening.bot("@eve: I could not take that just now: please type !md claim in a few seconds.", MIDDLE + SECOND)
    assert "3 were asked for in time" in broken(evening)["served"]
    fault(evening, "disk-full", MIDDLE - SECOND, MIDDLE + SECOND)
    assert broken(evening) == {}
    assert request not in evening.case().outcomes


def test_an_opening_by_hand_before_the_advertised_time_is_no_mistake() -> None:
    evening = good_evening()
    early = evening.entries[0]
    drop = replace(evening.case().drops[0], opens_at=OPENS + 2 * SECOND)
    assert "before the advertised opening" in broken(evening, drops=(drop,))["windows"]
    by = {"by": {"platform": "twitch", "user": "mod", "name": "mod_mia"}}
    again = Evening()
    sealed = again.enter("drop.opened", early.at, early.public, by)
    evening.entries[0] = sealed
    assert "windows" not in broken(evening, drops=(drop,))


def test_who_has_the_very_words_of_their_answer_in_the_chat_already_is_answered() -> None:
    evening = good_evening()
    evening.refuse("eve", evening.says("eve", "!claim mgu", CLOSES + SECOND), "unknown-drop", CLOSES + SECOND)
    assert "eve (twitch) got no answer" in broken(evening)["answered"]
    said = {"author": "bot", "name": "microdrops_bot", "text": "@eve: no drop goes by that name."}
    evening.see(CLOSES + 2 * SECOND, "twitch", "refused", **said, data={"reason": "msg_duplicate"})
    assert "answered" not in broken(evening)
    evening.refuse(
        "eve", evening.says("eve", "!claim gum", CLOSES + 9 * SECOND), "unknown-drop", CLOSES + 9 * SECOND
    )
    assert "eve (twitch) got no answer" in broken(evening)["answered"]


def test_the_same_words_again_after_a_restart_are_not_over_the_budget() -> None:
    evening = good_evening()
    data = {"reason": "msg_duplicate"}
    evening.see(MIDDLE, "twitch", "refused", author="bot", name="microdrops_bot", text="Teal Mug", data=data)
    assert "msg_duplicate" in broken(evening)["budget"]
    fault(evening, "bot-killed", MIDDLE - 2 * SECOND, MIDDLE - SECOND)
    assert broken(evening) == {}


def opened_on_a_broken_board(*faults: tuple[str, int, int], result: str = "skipped") -> Evening:
    """The open evening, but Discord never heard that it is open."""
    evening = open_evening()
    (row,) = [row for row in evening.news if (row.place, row.kind) == ("discord:announcements", "opened")]
    evening.record = [seen for seen in evening.record if seen["data"].get("message_id") != row.reference]
    evening.news = [replace(each, result=result, reference="") if each is row else each for each in evening.news]
    for name, begins, ends in faults:
        fault(evening, name, begins, ends)
    return evening


GONE = ("discord-gone", OPENS, OPENS + 4 * SECOND)
STOPPED = ("bot-stopped", OPENS + 12 * SECOND, OPENS + 15 * SECOND)


def test_that_a_drop_is_open_need_not_reach_a_place_that_is_broken_until_it_is_closed() -> None:
    assert "announced" not in broken(opened_on_a_broken_board(GONE, STOPPED))


@pytest.mark.parametrize(
    ("faults", "result"),
    [
        # There was time between them, it was the other place, it was long over, or it was not left out but lost.
        ((), "skipped"),
        ((GONE,), "skipped"),
        ((STOPPED,), "skipped"),
        ((GONE, ("bot-stopped", OPENS + 17 * SECOND, OPENS + 19 * SECOND)), "skipped"),
        ((("twitch-silence", *GONE[1:]), STOPPED), "skipped"),
        ((("disk-full", *GONE[1:]), STOPPED), "skipped"),
        ((GONE, STOPPED), "sent"),
    ],
)
def test_otherwise_that_it_is_open_has_to_reach_it(faults: tuple[tuple[str, int, int], ...], result: str) -> None:
    evening = opened_on_a_broken_board(*faults, result=result)
    assert "that it is opened never reached discord:announcements" in broken(evening)["announced"]


@pytest.mark.parametrize(
    ("seconds_before", "decided_after", "owed"),
    # Read in order: what was typed before a line that was decided had been read, if it was not only under way.
    [(1, False, True), (1, True, True), (5, False, True), (5, True, False), (11, False, False)],
)
def test_a_bot_without_time_may_not_have_read_what_came_before_its_end(
    seconds_before: int, decided_after: bool, owed: bool
) -> None:
    evening = open_evening()
    end = OPENS + 15 * SECOND
    evening.says("eve", "!claim mug", end - seconds_before * SECOND)
    if decided_after:
        later = evening.says("ann", "!claim mug", end - SECOND // 2)
        evening.refuse("ann", later, "already-yours", end)
    fault(evening, "bot-stopped", end, end + SECOND)
    evening.bot(GAP, end + 2 * SECOND)
    case = evening.case()
    (ask,) = [each for each in case.asks if each.who == ("twitch", "id-eve")]
    assert ask.heard != owed
    # Whoever was not read is answered by being asked to claim again, and nobody else is.
    assert ("eve (twitch) got no answer" not in verdict(evening, "answered")[1]) == owed
