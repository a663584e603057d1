"""The judge on made-up evenings with an early window: a good one, and every wrong breaks its own promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.rehearsal.judge import judge
from bot.rehearsal.ledger import OutcomeRow
from bot.rehearsal.picture import pictures
from bot.rehearsal.promises import Verdict
from bot.rehearsal.report import Report, make_report
from bot.rehearsal.report_page import render
from tests.rehearsal.evening import CLOSES, MUG, OPENS, SECOND, Evening, good_evening

GATE = "subscriber or role:patron"
EARLY_AT = OPENS - 10 * SECOND
EARLY_MUG = replace(MUG, supply=6, early=GATE, early_at=EARLY_AT, early_units=2)
MINUTE = 60 * SECOND


def knows(evening: Evening, name: str, at: int, what: str, platform: str = "twitch", **facts: Any) -> None:
    """The platform knows this of somebody from now on."""
    usual: dict[str, Any] = {"tier": "", "gift": False, "follows_since": None, "badges": []}
    if platform == "discord":
        usual = {"member": True, "roles": [], "boosts_since": None, "joined_at": 0}
    evening.see(at, platform, "standing", author=f"id-{name}", name=name, text=what, data=usual | facts)


def joins(evening: Evening, name: str, platform: str = "twitch", owner: str = "") -> None:
    data = {"platform": platform, "login": name, "character": "made up", **({"owner": owner} if owner else {})}
    evening.see(EARLY_AT - MINUTE, "stage", "joined", author=f"id-{name}", name=name, data=data)


def grants_early(evening: Evening, name: str, request: str, number: int, at: int, *evidence: Any) -> None:
    """`evidence` is question, value, since when and until when."""
    evening.grant(name, request, number, at)
    granted = evening.entries.pop()
    found = list(evidence) or ["subscriber", 1, at - MINUTE, at + MINUTE]
    secret = {**granted.secret, "gate": GATE, "evidence": [found]}
    evening.enter("unit.granted", at, {**granted.public, "window": "early"}, secret)


def early_evening() -> Evening:
    """ann subscribes and comes early; bob is told that it opens to him later; cat waits for an answer, and gets it.
    When everybody is let in, bob gets one."""
    evening = Evening()
    for name in ("ann", "bob", "cat"):
        joins(evening, name)
    knows(evening, "ann", EARLY_AT - MINUTE, "is known", tier="1000", badges=["subscriber"])
    knows(evening, "cat", EARLY_AT - MINUTE, "is known", tier="3000", badges=["subscriber"])
    plan = {"early": GATE, "early_for": 10 * SECOND, "early_units": 2}
    evening.enter("drop.planned", EARLY_AT - MINUTE, plan, {})
    evening.announce("announced", "New drop: Teal Mug, 6 numbered.", EARLY_AT - MINUTE)
    evening.enter("drop.announced", EARLY_AT - MINUTE, {}, {})
    evening.announce("opened", "Teal Mug is open early. Type !claim mug", EARLY_AT)
    evening.enter("drop.opened", EARLY_AT, {"closes_at": CLOSES, "public_at": OPENS}, {})
    ann = evening.says("ann", "!claim mug", EARLY_AT + SECOND)
    grants_early(evening, "ann", ann, 1, EARLY_AT + SECOND + 1)
    evening.bot("@ann Teal Mug #1 of 6 is yours!", EARLY_AT + 2 * SECOND)
    bob = evening.says("bob", "!claim mug", EARLY_AT + 2 * SECOND)
    evening.refuse("bob", bob, "not-entitled", EARLY_AT + 2 * SECOND + 1)
    evening.bot("@bob: Teal Mug opens to you at 20:00; type !claim mug then.", EARLY_AT + 3 * SECOND)
    cat = evening.says("cat", "!claim mug", EARLY_AT + 3 * SECOND)
    evening.bot("@cat: I am checking whether Teal Mug is open to you; your place is kept.", EARLY_AT + 5 * SECOND)
    grants_early(evening, "cat", cat, 2, EARLY_AT + 8 * SECOND)
    evening.bot("@cat Teal Mug #2 of 6 is yours!", EARLY_AT + 9 * SECOND)
    evening.enter("drop.public", OPENS, {}, {})
    evening.announce("public", "Teal Mug is open to everybody. Type !claim mug", OPENS)
    bob = evening.says("bob", "!claim mug", OPENS + SECOND)
    evening.grant("bob", bob, 3, OPENS + SECOND + 1)
    evening.bot("@bob Teal Mug #3 of 6 is yours!", OPENS + 2 * SECOND)
    evening.enter("drop.closed", CLOSES, {"why": "time"}, {})
    evening.announce("closed", "Teal Mug is closed: 3 of 6 found an owner.", CLOSES)
    return evening


def broken(evening: Evening) -> dict[str, str]:
    """The broken promises with everything that was found."""
    promises = judge(evening.case(drops=(EARLY_MUG,)))
    return {each.key: " ".join(each.details) for each in promises if each.verdict is Verdict.BROKEN}


def test_a_good_early_evening_keeps_every_promise() -> None:
    evening = early_evening()
    assert broken(evening) == {}
    kept = {each.key: each.details for each in judge(evening.case(drops=(EARLY_MUG,)))}
    assert kept["entitled"] == ("2 units that went early",)
    assert kept["share"] == ("Teal Mug: 2 of 2",)
    assert kept["settled"] == ("1 people who were told to wait",)


def let_in_without_a_subscription(evening: Evening) -> None:
    dan = evening.says("dan", "!claim mug", EARLY_AT + 4 * SECOND)
    joins(evening, "dan")
    grants_early(evening, "dan", dan, 4, EARLY_AT + 4 * SECOND + 1)


def let_in_by_no_mark(evening: Evening) -> None:
    """Early by the clock alone: the entry does not say so."""
    dan = evening.says("dan", "!claim mug", EARLY_AT + 4 * SECOND)
    joins(evening, "dan")
    evening.grant("dan", dan, 4, EARLY_AT + 4 * SECOND + 1)


def public_before_it_was_said(evening: Evening) -> None:
    """The bot opens to everybody five seconds too early; the entries say so, the announcement did not."""
    let_in_by_no_mark(evening)
    index = next(number for number, entry in enumerate(evening.entries) if entry.kind == "drop.opened")
    opened = evening.entries[index]
    evening.enter("drop.opened", EARLY_AT, {"closes_at": CLOSES, "public_at": EARLY_AT + SECOND}, {})
    evening.entries[index] = replace(evening.entries.pop(), number=opened.number)


def let_in_long_after_the_end(evening: Evening) -> None:
    """ann's subscription has ended six seconds ago, as Twitch has told."""
    knows(evening, "cat", EARLY_AT + 2 * SECOND, "-subscriber")


def without_evidence(evening: Evening) -> None:
    forget_evidence(evening, [])


def with_evidence_that_had_expired(evening: Evening) -> None:
    forget_evidence(evening, [["subscriber", 1, EARLY_AT - MINUTE, EARLY_AT]])


def with_evidence_against(evening: Evening) -> None:
    forget_evidence(evening, [["subscriber", 0, EARLY_AT - MINUTE, EARLY_AT + MINUTE]])


def forget_evidence(evening: Evening, evidence: list[Any]) -> None:
    """The entry of ann's unit has other evidence."""
    index = next(number for number, entry in enumerate(evening.entries) if entry.kind == "unit.granted")
    granted = evening.entries[index]
    evening.enter("unit.granted", granted.at, granted.public, {**granted.secret, "evidence": evidence})
    evening.entries[index] = replace(evening.entries.pop(), number=granted.number)


def turned_away_a_subscriber(evening: Evening) -> None:
    knows(evening, "bob", EARLY_AT - MINUTE, "is known", tier="1000")


def too_many_early(evening: Evening) -> None:
    knows(evening, "dan", EARLY_AT - MINUTE, "is known", tier="2000")
    dan = evening.says("dan", "!claim mug", EARLY_AT + 4 * SECOND)
    grants_early(evening, "dan", dan, 4, EARLY_AT + 4 * SECOND + 1)


def never_told_how_it_ended(evening: Evening) -> None:
    evening.record = [seen for seen in evening.record if "@cat Teal Mug #2" not in seen["text"]]


def still_waiting(evening: Evening) -> None:
    dan = evening.says("dan", "!claim mug", EARLY_AT + 4 * SECOND)
    evening.bot("@dan: I am checking whether Teal Mug is open to you.", EARLY_AT + 6 * SECOND)
    decision = {"drop": "mug"}
    evening.outcomes.append(
        OutcomeRow(dan, "claim.checking", "mug", "twitch", "id-dan", decision, EARLY_AT, EARLY_AT)
    )


def linked_and_both_got_one(evening: Evening) -> None:
    link(evening, "ann", "eve", at=EARLY_AT - 30 * SECOND)
    eve = evening.presses("eve", OPENS + 4 * SECOND, "Teal Mug #4 of 6 is yours!")
    evening.grant("eve", eve, 4, OPENS + 4 * SECOND + 1)


def linked_two_people(evening: Evening) -> None:
    joins(evening, "eve", "discord", owner="somebody else")
    joins(evening, "fay", owner="linker-0")
    link(evening, "fay", "eve", at=EARLY_AT - 30 * SECOND)


def link(evening: Evening, on_twitch: str, on_discord: str, *, at: int) -> None:
    number = len(evening.entries) + 1
    for platform, name in (("twitch", on_twitch), ("discord", on_discord)):
        secret = {"platform": platform, "user": f"id-{name}", "name": name}
        evening.enter("person.linked", at, {"link": number}, secret)


@pytest.mark.parametrize(
    ("plant", "promise", "says"),
    [
        (let_in_without_a_subscription, "entitled", "dan (twitch) got Teal Mug #4 early"),
        (let_in_by_no_mark, "entitled", "dan (twitch) got Teal Mug #4 early"),
        (let_in_by_no_mark, "evidence", "dan (twitch) got Teal Mug #4 early without evidence"),
        (public_before_it_was_said, "entitled", "dan (twitch) got Teal Mug #4 early"),
        (let_in_long_after_the_end, "entitled", "cat (twitch) got Teal Mug #2 early"),
        (without_evidence, "evidence", "ann (twitch) got Teal Mug #1 early without evidence"),
        (with_evidence_that_had_expired, "evidence", "ann (twitch) got Teal Mug #1 early without evidence"),
        (with_evidence_against, "evidence", "ann (twitch) got Teal Mug #1 early without evidence"),
        (turned_away_a_subscriber, "evidence", "bob (twitch) was told that Teal Mug is not open to them"),
        (too_many_early, "share", "3 units went early, and at most 2 may"),
        (never_told_how_it_ended, "settled", "cat (twitch) was told to wait and never how it ended"),
        (still_waiting, "settled", "dan (twitch) still waits for an answer"),
        (linked_and_both_got_one, "identity", "eve (discord) got Teal Mug #4, though the same person holds 1"),
        (linked_two_people, "identity", "were linked, and are two people"),
    ],
)
def test_a_planted_wrong_breaks_its_promise(plant: Callable[[Evening], None], promise: str, says: str) -> None:
    evening = early_evening()
    plant(evening)
    assert says in broken(evening)[promise]


def test_a_subscription_that_ended_a_moment_ago_may_still_let_in() -> None:
    """What Twitch tells is under way for a moment, and an answer was true when it was given."""
    evening = early_evening()
    knows(evening, "cat", EARLY_AT + 4 * SECOND, "-subscriber")
    assert broken(evening) == {}


def test_the_end_of_a_subscription_that_twitch_could_not_tell_of_does_not_count() -> None:
    evening = early_evening()
    let_in_long_after_the_end(evening)
    data = {"name": "twitch-silence", "state": "begins", "seconds": 4}
    evening.see(EARLY_AT + SECOND, "stage", "fault", text="Twitch carries nothing.", data=data)
    assert "entitled" not in broken(evening)


def test_what_an_account_is_on_discord_lets_the_linked_one_on_twitch_in() -> None:
    evening = early_evening()
    joins(evening, "dan")
    knows(evening, "eve", EARLY_AT - MINUTE, "is known", "discord", roles=["Patron"])
    dan = evening.says("dan", "!claim mug", EARLY_AT + 4 * SECOND)
    link(evening, "dan", "eve", at=EARLY_AT - 30 * SECOND)
    evening.entries = [entry for entry in evening.entries if "cat" not in entry.secret.values()]
    evidence = ["role:patron", 1, EARLY_AT, EARLY_AT + MINUTE]
    grants_early(evening, "dan", dan, 2, EARLY_AT + 4 * SECOND + 1, *evidence)
    found = broken(evening)
    assert "entitled" not in found
    assert "evidence" not in found


def test_units_from_before_the_link_stay_and_no_other_comes_after_it() -> None:
    evening = early_evening()
    eve = evening.presses("eve", OPENS + 3 * SECOND, "Teal Mug #4 of 6 is yours!")
    evening.grant("eve", eve, 4, OPENS + 3 * SECOND + 1)
    link(evening, "ann", "eve", at=OPENS + 4 * SECOND)
    assert "identity" not in broken(evening)
    again = evening.presses("eve", OPENS + 5 * SECOND, "Teal Mug #5 of 6 is yours!")
    evening.grant("eve", again, 5, OPENS + 5 * SECOND + 1)
    assert "the same person holds 2 already" in broken(evening)["identity"]


def test_who_parts_two_accounts_is_one_person_for_what_was_announced_before() -> None:
    for announced_later, expected in ((False, True), (True, False)):
        evening = early_evening()
        linked_and_both_got_one(evening)
        number = next(entry.number for entry in evening.entries if entry.kind == "person.linked")
        ended = EARLY_AT - 2 * MINUTE if announced_later else OPENS
        evening.enter("person.unlinked", ended, {"link": number}, {})
        assert ("identity" in broken(evening)) is expected


def test_a_number_of_the_linked_account_is_ones_own() -> None:
    evening = early_evening()
    link(evening, "ann", "eve", at=EARLY_AT - 30 * SECOND)
    eve = evening.presses("eve", OPENS + 4 * SECOND, "Teal Mug #1 is already yours.")
    evening.refuse("eve", eve, "already-yours", OPENS + 4 * SECOND + 1)
    assert broken(evening) == {}


def test_a_gate_that_nobody_can_read_is_told() -> None:
    evening = early_evening()
    evening.entries = [entry for entry in evening.entries if entry.kind != "drop.planned"]
    promises = judge(evening.case(drops=(replace(EARLY_MUG, early="subscribers, patrons"),)))
    entitled = next(each for each in promises if each.key == "entitled")
    assert "whom it lets in early, the ledger does not say" in entitled.details[0]


def test_the_report_shows_what_went_early_and_when() -> None:
    case = early_evening().case(drops=(EARLY_MUG,))
    report = make_report(case, judge(case), complete=True, seconds=1.0, seed=1, repeat=("again",), kept_in=None)
    (drop,), (life,) = report.figures.drops, report.figures.timelines
    assert (drop.early, report.figures.named("early"), report.figures.named("early", "mug")) == (2, 2, 2)
    assert life.early_spans == ((EARLY_AT, OPENS),)
    assert [each.what for each in life.happenings] == ["announced", "opened", "public", "closed"]
    (picture,) = pictures(report.figures)
    (lane,) = picture.lanes
    ((open_left, open_width),), ((early_left, early_width),) = lane.spans, lane.early
    assert open_left == early_left
    assert early_width == pytest.approx(open_width * (OPENS - EARLY_AT) / (CLOSES - EARLY_AT), abs=0.1)
    page = render(report)
    assert page.count("open early, to some") == 2
    assert "2 went early" in page
    assert "open early, to some" not in render(usual_report())


def usual_report() -> Report:
    case = good_evening().case()
    return make_report(case, judge(case), complete=True, seconds=1.0, seed=1, repeat=("again",), kept_in=None)
