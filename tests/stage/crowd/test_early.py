"""Those who come for an early window: what they are, when they ask, and what the record says of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from bot.stage.crowd.acts import Act, Anchor, Become, Cue, NoLonger, Person, Press, Say, SayCode, Slash
from bot.stage.crowd.moderator import moderators
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene
from bot.stage.record import Seen
from tests.stage.crowd.theatre import MUG, NOON, SECOND, ZINE, Theatre, person, when

# Announced at noon, open to some 6 s later, to everybody 12 s later.
EARLY_MUG = replace(MUG, early_at=NOON + 6 * SECOND, opens_at=NOON + 12 * SECOND, closes_at=NOON + 30 * SECOND)
EARLY = Scene((EARLY_MUG,))
LINES = {
    0.0: "New drop: Teal Mug, 48 numbered.",
    6.3: "Teal Mug is open early. Type !claim mug",
    12.3: "Teal Mug is open to everybody. Type !claim mug",
}


def everybody(name: str, *, platform: str = "twitch", seed: int = 3) -> list[Person]:
    """A hundred people of one character."""
    sizes = (100, 0) if platform == "twitch" else (0, 100)
    return list(plan(seed, *sizes, EARLY, {name: 100}))


def early(after: float, deed: Any, **more: Any) -> Act:
    return when(Anchor.EARLY, after, deed, **more)


def standings(theatre: Theatre) -> list[Seen]:
    return [seen for seen in theatre.record.seen if seen.kind == "standing"]


def test_people_wait_for_the_early_window_and_for_everybodys() -> None:
    ann = person("ann", early(0.2, Say("early")), when(Anchor.OPENED, 0.2, Say("public")))
    with Theatre(LINES) as theatre:
        theatre.play(EARLY, ann)
        assert theatre.typed() == [(6.5, "ann", "early"), (12.5, "ann", "public")]


def test_a_reminder_in_the_early_window_lets_nobody_else_in() -> None:
    ann = person("ann", when(Anchor.OPENED, 0.0, Say("public")))
    with Theatre({**LINES, 9.0: "Teal Mug: 3 left for now. Type !claim mug"}) as theatre:
        theatre.play(EARLY, ann)
        assert theatre.typed() == [(12.3, "ann", "public")]


def test_an_early_window_that_opens_late_is_as_long_as_it_was_to_be() -> None:
    lines = {13.0: LINES[6.3], 15.0: "Teal Mug: 3 left for now. Type !claim mug", 19.1: LINES[12.3]}
    ann = person("ann", early(0.0, Say("early")), when(Anchor.OPENED, 0.0, Say("public")))
    with Theatre(lines) as theatre:
        theatre.play(EARLY, ann)
        assert theatre.typed() == [(13.0, "ann", "early"), (19.1, "ann", "public")]


def test_a_drop_without_an_early_window_has_them_ask_when_it_opens() -> None:
    for each in plan(3, 100, 100, Scene((MUG,)), {"impatient": 100}):
        assert {act.cue.anchor for act in each.acts} <= {Anchor.OPENED}


def test_the_moderator_opens_the_early_window_and_everybodys_follows() -> None:
    cue = replace(EARLY_MUG, on_cue=True)
    (mia,) = moderators(Scene((cue,)), on_twitch=True)
    assert mia.acts == (Act(Cue("mug", Anchor.OPENS, -6.0), Say("!drop open mug")),)


def test_the_early_subscribers_have_all_three_tiers_and_some_were_given_theirs() -> None:
    people = everybody("early-subscriber")
    assert {each.tier for each in people} == {"1000", "2000", "3000"}
    given = next(each for each in people if each.standing.gifted)
    assert sum(each.standing.gifted for each in people) < 50
    with Theatre(LINES) as theatre:
        theatre.play(EARLY, given)
        user = theatre.twitch.find_user(login=given.login)
        assert theatre.twitch.paid[user].is_gift
        (known,) = standings(theatre)
        assert (known.author, known.data["tier"], known.data["gift"]) == (user.id, given.tier, True)
        assert 6.3 < theatre.typed()[0][0] < 9.4


def test_the_lapsing_ones_subscription_ends_in_the_early_window_and_they_ask_before_or_after() -> None:
    before = after = 0
    for each in everybody("lapsing"):
        (ends,) = [act.cue for act in each.acts if act.deed == NoLonger("subscriber")]
        asks = next(act.cue for act in each.acts if act.cue.anchor is Anchor.EARLY and isinstance(act.deed, Say))
        assert ends.anchor is Anchor.EARLY
        assert 0 < ends.after < 6
        before, after = before + (asks.after < ends.after), after + (asks.after > ends.after)
    assert min(before, after) > 25
    with Theatre(LINES) as theatre:
        told = []
        theatre.twitch.notify = lambda name, event: told.append(name)
        theatre.play(EARLY, everybody("lapsing")[0])
        assert told.count("channel.subscription.end") == 1
        assert [(seen.text, seen.data["tier"]) for seen in standings(theatre)] == [
            ("is known", "1000"),
            ("-subscriber", ""),
        ]


def test_the_early_founders_have_the_badge_with_and_without_a_subscription() -> None:
    people = everybody("early-founder")
    assert {each.badges for each in people} == {("founder",)}
    assert 25 < sum(not each.tier for each in people) < 75


def test_the_vip_has_a_badge_and_pays_for_nothing() -> None:
    assert {(each.badges, each.tier) for each in everybody("vip")} == {(("vip",), "")}


def test_half_the_followers_are_of_long_standing_and_the_others_follow_tonight() -> None:
    people = everybody("follower")
    old = next(each for each in people if each.standing.follows_days is not None)
    new = next(each for each in people if each.standing.follows_days is None)
    assert 30 < sum(each.standing.follows_days is None for each in people) < 70
    with Theatre(LINES) as theatre:
        theatre.play(EARLY, old, new)
        since = [theatre.twitch.followers[theatre.twitch.find_user(login=each.login)] for each in (old, new)]
        assert since[0] < NOON - 400 * 86_400 * SECOND
        assert NOON < since[1] < NOON + 6 * SECOND


def test_the_patrons_have_their_role_before_the_play_and_some_lose_it_in_the_middle() -> None:
    people = everybody("patron", platform="discord")
    losing = [each for each in people if NoLonger("role:patron") in [act.deed for act in each.acts]]
    assert 10 < len(losing) < 45
    with Theatre(LINES) as theatre:
        theatre.play(EARLY, losing[0])
        member = theatre.discord.member(losing[0].login)
        assert member.joined_at < NOON - 29 * 86_400 * SECOND
        first, *_, last = standings(theatre)
        assert (first.data["roles"][-1], last.text) == ("patron", "-role:patron")
        assert "patron" not in last.data["roles"]


def test_whoever_is_of_no_standing_is_not_told_of_in_the_record() -> None:
    with Theatre(LINES) as theatre:
        theatre.play(EARLY, everybody("impatient")[0])
        assert standings(theatre) == []


def test_the_impatient_ask_early_and_again_when_everybody_is_let_in() -> None:
    for platform in ("twitch", "discord"):
        for each in everybody("impatient", platform=platform):
            assert [act.cue.anchor for act in each.acts] == [Anchor.EARLY, Anchor.OPENED]


def linkers() -> tuple[Person, Person]:
    typing, pressing = plan(3, 1, 1, EARLY, {"linker": 100})
    assert typing.owner == pressing.owner
    return typing, pressing


def test_the_linker_types_the_code_that_the_other_account_was_shown_and_then_asks_with_both() -> None:
    typing, pressing = linkers()
    with Theatre(LINES) as theatre:

        def show_code() -> None:
            member = theatre.discord.member(pressing.login)
            text = "Type !link K7Q2ZX in Twitch chat within ten minutes."
            theatre.record.add(Seen(theatre.clock.now(), "discord", "answer", text=text, visible_to=member.id))

        theatre.loop.call_at(1.5, show_code)
        theatre.play(EARLY, typing, pressing)
        link, yes, claim = theatre.typed()
        assert (link[2], yes[2]) == ("!link K7Q2ZX", "!yes")
        assert link[0] + 1 < yes[0] < 6 < claim[0]
        assert "claim" in claim[2]


def test_a_linker_who_was_shown_no_code_types_none() -> None:
    typing, pressing = linkers()
    stranger = Seen(NOON, "discord", "answer", text="Type !link K7Q2ZX in Twitch chat.", visible_to="somebody else")
    with Theatre(LINES) as theatre:
        theatre.record.add(stranger)
        theatre.play(EARLY, typing, pressing)
        assert not [text for _, _, text in theatre.typed() if text.startswith(("!link", "!yes"))]


def test_a_linker_asks_for_the_code_first_and_links_once_in_an_evening() -> None:
    both = Scene((EARLY_MUG, replace(ZINE, early_at=ZINE.opens_at - 2 * SECOND)))
    for each in plan(3, 50, 50, both, {"linker": 100}):
        deeds = Counter(type(act.deed) for act in each.acts)
        assert (deeds[SayCode], deeds[Slash]) == ((2, 0) if each.platform == "twitch" else (0, 1))
        assert deeds[Say] + deeds[Press] == 2


@pytest.mark.parametrize("what", ["booster", "role:patron", "a king"])
def test_nobody_becomes_on_twitch_what_there_is_on_discord(what: str) -> None:
    with Theatre() as theatre, pytest.raises(TypeError):
        theatre.play(EARLY, person("ann", when(Anchor.OPENS, 0, Become(what))))


@pytest.mark.parametrize("what", ["follower", "vip", "a king"])
def test_nobody_becomes_on_discord_what_there_is_on_twitch(what: str) -> None:
    with Theatre() as theatre, pytest.raises(TypeError):
        theatre.play(EARLY, person("ann", when(Anchor.OPENS, 0, Become(what)), platform="discord"))


def test_every_change_of_standing_is_in_the_record() -> None:
    deeds = [
        *(Become(what) for what in ("subscriber", "follower", "vip", "moderator")),
        *(NoLonger(what) for what in ("subscriber", "follower", "vip", "moderator")),
    ]
    ann = person("ann", *(when(Anchor.OPENS, number, deed) for number, deed in enumerate(deeds)))
    on_discord = [Become("role:patron"), Become("booster"), NoLonger("role:patron"), NoLonger("booster")]
    acts = [when(Anchor.OPENS, number, deed) for number, deed in enumerate(on_discord, 20)]
    bob = person("bob", *acts, platform="discord")
    with Theatre() as theatre:
        theatre.play(EARLY, ann, bob)
        marks = [seen.text for seen in standings(theatre)]
        assert marks[:4] == ["+subscriber", "+follower", "+vip", "+moderator"]
        assert marks[4:8] == ["-subscriber", "-follower", "-vip", "-moderator"]
        assert marks[8:] == ["+role:patron", "+role:Server Booster", "-role:patron", "-role:Server Booster"]
        assert standings(theatre)[7].data == {
            "login": "ann",
            "tier": "",
            "gift": False,
            "follows_since": None,
            "badges": [],
        }
        boosted, ended = standings(theatre)[9].data, standings(theatre)[11].data
        assert (boosted["boosts_since"] is None, ended["boosts_since"], ended["roles"]) == (False, None, [])
