"""The judge on made-up evenings: a good one keeps every promise, and each wrong that is planted breaks its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.checks.book import spellings
from bot.rehearsal.judge import judge
from bot.rehearsal.ledger import NewsRow, UnitRow
from bot.rehearsal.promises import Verdict
from tests.rehearsal.evening import CARDS, CLOSES, MUG, OPENS, SECOND, Evening, good_evening

LATE = CLOSES + SECOND


def broken(evening: Evening, **changes: Any) -> dict[str, str]:
    """The broken promises with everything that was found."""
    promises = judge(evening.case(**changes))
    return {each.key: " ".join(each.details) for each in promises if each.verdict is Verdict.BROKEN}


def test_a_good_evening_keeps_every_promise() -> None:
    promises = judge(good_evening().case())
    assert broken(good_evening()) == {}
    assert sum(each.verdict is Verdict.KEPT for each in promises) == 19
    unchecked = {each.key for each in promises if each.verdict is Verdict.UNCHECKED}
    unsigned, never_early = {"fingerprints", "results"}, {"entitled", "evidence", "share", "settled"}
    assert unchecked == {"secrecy", "crash", "outage", "healed", "passes", "identity", *never_early, *unsigned}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("submit", {"custom_id": "a1b2"}),
        ("slash", {"command": "drop give"}),
        ("press", {"custom_id": "md:control:give:mug"}),
    ],
)
def test_what_a_moderator_is_told_of_somebody_elses_number_is_not_theirs(kind: str, data: dict[str, str]) -> None:
    evening, act = good_evening(), {"interaction_id": "i7", **data}
    evening.see(LATE, "discord", kind, author="id-mia", name="Mia", data=act)
    told = {"visible_to": "id-mia", "author": "app", "text": "That person already holds Teal Mug #1.", "data": act}
    evening.see(LATE + 1, "discord", "answer", **told)
    assert broken(evening) == {}


def test_a_viewer_who_is_told_somebody_elses_number_is_wronged() -> None:
    evening = good_evening()
    evening.presses("zoe", LATE, "You already hold Teal Mug #1.")
    assert "zoe (discord) was told Teal Mug #1" in " ".join(broken(evening).values())


def oversold(evening: Evening) -> None:
    request = evening.says("dan", "!md claim mug", OPENS + 7 * SECOND)
    evening.grant("dan", request, 4, OPENS + 7 * SECOND + 1)
    evening.bot("@dan Teal Mug #4 of 3 is yours!", OPENS + 8 * SECOND)


def number_left_out(evening: Evening) -> None:
    evening.units[2] = replace(evening.units[2], number=5)


def number_twice(evening: Evening) -> None:
    evening.units.append(UnitRow("mug", 2, 9, "claim", OPENS, 3))


def two_for_one(evening: Evening) -> None:
    evening.units[1] = replace(evening.units[1], person=evening.units[0].person)


def granted_too_late(evening: Evening) -> None:
    request = evening.says("eve", "!claim mug", LATE)
    evening.grant("eve", request, 4, LATE + 1)


def granted_before_the_opening(evening: Evening) -> None:
    request = evening.says("eve", "!claim mug", OPENS - 9 * SECOND)
    evening.grant("eve", request, 4, OPENS - 8 * SECOND)


def granted_unasked(evening: Evening) -> None:
    evening.grant("eve", "twitch:never-said", 4, OPENS + 9 * SECOND)


def granted_to_another(evening: Evening) -> None:
    request = evening.says("eve", "!claim mug", OPENS + 9 * SECOND)
    evening.grant("finn", request, 4, OPENS + 9 * SECOND + 1)


def turned_away(evening: Evening) -> None:
    """dan is refused although a unit is left."""
    evening.entries = [entry for entry in evening.entries if "cat" not in entry.secret.values()]
    evening.units.pop()


def never_answered(evening: Evening) -> None:
    evening.says("eve", "!claim mug", LATE)


def interaction_failed(evening: Evening) -> None:
    evening.see(LATE, "discord", "interaction-failed", author="id-eve", name="eve")


def winner_not_told(evening: Evening) -> None:
    line = next(seen for seen in evening.record if "@Bob #2" in seen["text"])
    line["text"] = "Teal Mug is yours: @ann #1 (of 3), @Bob should wait."


def wrong_number_told(evening: Evening) -> None:
    request = evening.says("Bob", "!claim mug", OPENS + 9 * SECOND)
    evening.refuse("Bob", request, "already-yours", OPENS + 9 * SECOND)
    evening.bot("@ann, @Bob: Teal Mug #1 is already yours.", OPENS + 10 * SECOND)


def refused_after_the_win(evening: Evening) -> None:
    evening.says("ann", "!md claim mug", OPENS + 9 * SECOND)
    evening.bot("@ann, @dan: Teal Mug opens at 20:00; type !claim mug then.", OPENS + 10 * SECOND)


def told_what_is_not_there(evening: Evening) -> None:
    evening.units.pop()
    evening.entries = [entry for entry in evening.entries if entry.public.get("number") != 3]


def told_twice(evening: Evening) -> None:
    evening.bot("@ann Teal Mug #1 of 3 is yours!", OPENS + 15 * SECOND)


def pressed_once_answered_twice(evening: Evening) -> None:
    answer = next(seen for seen in evening.record if seen["kind"] == "answer")
    evening.record.append({**answer, "at": answer["at"] + SECOND})


def never_announced(evening: Evening) -> None:
    evening.record = [seen for seen in evening.record if not (seen["place"] == CARDS and "closed" in seen["text"])]


def announced_twice(evening: Evening) -> None:
    text = "Teal Mug is closed: 3 of 3 found an owner."
    evening.see(LATE, "discord", "message", place=CARDS, text=text, data={"message_id": "again", "buttons": []})
    evening.news.append(NewsRow("discord:announcements", "closed", "mug", "sent", "again", LATE))


def pinged_everybody(evening: Evening) -> None:
    evening.see(OPENS, "discord", "ping", text="@everyone", data={"roles": [], "users": [], "everyone": True})


def answered_too_often(evening: Evening) -> None:
    for seconds in (1, 2):
        evening.says("dan", f"!claim mug {'!' * seconds}", OPENS + seconds * SECOND)
        evening.bot("@dan: no drop goes by that name.", OPENS + seconds * SECOND + 1)


def over_the_budget(evening: Evening) -> None:
    data = {"reason": "msg_ratelimit"}
    evening.see(LATE, "twitch", "refused", author="bot", name="microdrops_bot", text="Teal Mug", data=data)


def asked_for_the_unknown(evening: Evening) -> None:
    evening.see(OPENS, "stage", "not-imitated", text="GET /helix/whatever")


def entry_missing(evening: Evening) -> None:
    del evening.entries[0]


def entry_forged(evening: Evening) -> None:
    first = evening.entries[0]
    evening.entries[0] = replace(first, canonical=first.canonical.replace(b"mug", b"mag"))


def private_part_forged(evening: Evening) -> None:
    evening.entries[1] = replace(evening.entries[1], private=b"{}")


@pytest.mark.parametrize(
    ("plant", "promise", "says"),
    [
        (oversold, "supply", "holds 4 units of 3"),
        (number_left_out, "numbers", "missing [3]"),
        (number_twice, "numbers", "repeated [2]"),
        (two_for_one, "per-person", "holds 2 units"),
        (granted_too_late, "windows", "#4 was granted outside"),
        (granted_before_the_opening, "windows", "#4 was granted outside"),
        (granted_unasked, "asked-for", "Nobody asked for Teal Mug #4"),
        (granted_to_another, "asked-for", "but eve (twitch) had asked"),
        (turned_away, "served", "2 units were granted, though 4 were asked for"),
        (never_answered, "answered", "eve (twitch) got no answer"),
        (interaction_failed, "answered", "eve saw"),
        (winner_not_told, "winners-told", "Bob (twitch) holds Teal Mug #2"),
        (wrong_number_told, "true-numbers", "Bob (twitch) was told Teal Mug #1, which belongs to ann"),
        (wrong_number_told, "consistent", "Bob (twitch) was told 2 numbers"),
        (refused_after_the_win, "consistent", "ann (twitch) was told a number of Teal Mug, and then"),
        (told_what_is_not_there, "true-numbers", "cat (discord) was told Teal Mug #3"),
        (told_twice, "once", "ann (twitch) typed 1 commands and was answered 2 times"),
        (pressed_once_answered_twice, "once", "cat was answered 2 times"),
        (never_announced, "announced", "closed never reached discord:announcements"),
        (announced_twice, "announced", "posted 2 times"),
        (pinged_everybody, "pings", "@everyone"),
        (answered_too_often, "seldom", "dan (twitch) was answered twice in 1.0 s"),
        (over_the_budget, "budget", "msg_ratelimit"),
        (asked_for_the_unknown, "imitated", "/helix/whatever"),
        (entry_missing, "entries", "stands where 1 should"),
        (entry_forged, "entries", "the leaf hash"),
        (private_part_forged, "entries", "the private part"),
    ],
)
def test_a_planted_wrong_breaks_its_promise(plant: Callable[[Evening], None], promise: str, says: str) -> None:
    evening = good_evening()
    plant(evening)
    assert says in broken(evening)[promise]


def test_a_supply_that_grew_is_found_out() -> None:
    bigger = replace(MUG, supply=4)
    case = good_evening().case()
    assert "has a supply of 3, not of 4" in " ".join(
        detail for each in judge(replace(case, drops=(bigger,))) for detail in each.details
    )


def test_units_that_were_to_be_kept_back_may_not_be_claimed() -> None:
    kept_back = replace(MUG, held_back=1)
    assert "3 were claimed, though 1 were to be kept back" in broken(good_evening(), drops=(kept_back,))["supply"]


def test_somebody_refused_long_before_somebody_else_won_was_overtaken() -> None:
    evening = good_evening()
    eve = evening.says("eve", "!claim mug", OPENS + 10)
    evening.refuse("eve", eve, "sold-out", OPENS + 20)
    evening.says("finn", "hello", OPENS + 30)
    finn = evening.says("finn", "!claim mug", OPENS + 4 * SECOND)
    evening.grant("finn", finn, 4, OPENS + 4 * SECOND + 1)
    assert "eve (twitch) was refused before finn (twitch) won" in broken(evening)["served"]


def test_a_claim_in_the_last_moment_may_go_either_way() -> None:
    evening = good_evening()
    evening.units.pop()
    evening.entries = [entry for entry in evening.entries if entry.public.get("number") != 3]
    evening.record = [seen for seen in evening.record if seen["name"] not in ("dan", "cat")]
    evening.says("eve", "!claim mug", CLOSES - 1000)
    assert "served" not in broken(evening)


@pytest.mark.parametrize("spelling", ["plain", "base64", "backwards", "quoted"])
def test_a_secret_in_a_log_is_found_however_it_is_spelled(tmp_path: Path, spelling: str) -> None:
    import base64
    from urllib.parse import quote

    secret = "s3cr3t/of+the=evening"
    written = {
        "plain": secret,
        "base64": base64.b64encode(b"user:" + secret.encode() + b"!").decode(),
        "backwards": secret[::-1],
        "quoted": quote(secret, safe=""),
    }[spelling]
    log = tmp_path / "bot.log"
    log.write_text(f"DEBUG {written} and so on")
    found = broken(good_evening(), secrets=(secret,), written=(log,))
    assert found == {"secrecy": "1 of 1 secrets stand in bot.log."}
    log.write_text("DEBUG nothing to see")
    assert broken(good_evening(), secrets=(secret,), written=(log,)) == {}
    assert len(spellings(secret)) == 6


def test_a_command_with_a_phones_full_stop_is_a_claim() -> None:
    evening = good_evening()
    request = evening.says("eve", "!claim. mug", CLOSES + SECOND)
    assert "eve (twitch) got no answer" in broken(evening)["answered"]
    evening.grant("eve", request, 4, CLOSES + SECOND + 1)
    assert "asked-for" not in broken(evening)
