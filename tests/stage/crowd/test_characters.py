"""What each character does, in a sentence."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from itertools import pairwise

import pytest

from bot.stage.crowd.acts import (
    Act,
    Anchor,
    Become,
    NoLonger,
    Person,
    Press,
    Rename,
    Say,
    SayCode,
    Slash,
)
from bot.stage.crowd.characters import CHARACTERS, WANTING
from bot.stage.crowd.characters.lurker import CHATTER
from bot.stage.crowd.characters.ring import TOGETHER_SECONDS
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene, StagedDrop
from bot.stage.twitch.payloads import chat_message
from tests.stage.crowd.theatre import BOTH_DROPS, MUG, NOON, SCENE, SECOND, Theatre

LONG = Scene((StagedDrop("teal-mug", "Teal Mug", NOON, NOON + 60 * SECOND, NOON + 960 * SECOND),))
OPEN = {6.0: "Teal Mug is open: 48 to claim. Type !claim mug"}
WISH, WISH_AGAIN = "!claim mug", "!md claim mug"


def everybody(name: str, scene: Scene = SCENE, *, platform: str = "twitch", seed: int = 3) -> list[Person]:
    """A hundred people of one character."""
    sizes = (100, 0) if platform == "twitch" else (0, 100)
    return list(plan(seed, *sizes, scene, {name: 100}))


def lines(person: Person) -> list[str]:
    return [act.deed.text for act in person.acts if isinstance(act.deed, Say)]


def after(person: Person, anchor: Anchor) -> list[float]:
    return [act.cue.after for act in person.acts if act.cue.anchor is anchor]


def asks(person: Person) -> list[Act]:
    """What this person does that anybody would take for a claim."""
    return [
        act
        for act in person.acts
        if isinstance(act.deed, (Press, Slash))
        or (isinstance(act.deed, Say) and "claim" in unicodedata.normalize("NFKC", act.deed.text).casefold())
    ]


@pytest.mark.parametrize("character", CHARACTERS, ids=lambda each: each.name)
def test_everybody_says_who_they_are_and_stays_within_their_platform(character) -> None:
    for person in plan(3, 100, 100, BOTH_DROPS, {character.name: 100}):
        if character.twitch if person.platform == "twitch" else character.discord:
            assert person.character == character.name
        both = (Rename, Become, NoLonger)
        allowed = (Say, SayCode, *both) if person.platform == "twitch" else (Press, Slash, *both)
        assert all(isinstance(act.deed, allowed) for act in person.acts)


@pytest.mark.parametrize("character", WANTING, ids=lambda each: each.name)
def test_everybody_who_wants_a_unit_asks_for_every_drop(character) -> None:
    words = Scene((MUG, BOTH_DROPS.drops[1]))
    for person in plan(3, 50 * bool(character.twitch), 50 * bool(character.discord), words, {character.name: 100}):
        assert {act.cue.drop for act in asks(person)} == {"mug", "night-zine"}


def test_the_eager_one_asks_as_soon_as_it_opens_and_some_ask_too_early() -> None:
    people = everybody("eager")
    too_early = [person for person in people if after(person, Anchor.OPENS)]
    assert 20 < len(too_early) < 60
    assert all(-2.5 <= each <= -0.3 for person in too_early for each in after(person, Anchor.OPENS))
    assert all(len(after(person, Anchor.OPENED)) == 1 for person in people)


def test_the_watching_one_reacts_seconds_after_everybody_could_know() -> None:
    """They still ask for what the chat has long said is gone, and some ask when it is over."""
    people = everybody("watching", LONG)
    seen = [each for person in people for each in after(person, Anchor.OPENED)]
    assert min(seen) > 2.0
    assert max(seen) < 16.0
    too_late = [each for person in people for each in after(person, Anchor.CLOSES)]
    assert any(each > 0 for each in too_late)
    assert not any(act.unless_won for person in people for act in person.acts)


def test_the_late_one_asks_near_the_end_or_after_it() -> None:
    moments = [each for person in everybody("late") for each in after(person, Anchor.CLOSES)]
    assert len(moments) == 100
    assert 10 < sum(each > 0 for each in moments) < 50
    assert all(-9.0 <= each <= 2.0 for each in moments)


def test_the_hesitating_one_asks_when_chat_says_that_units_run_low() -> None:
    (ann, *_) = everybody("hesitating")
    with Theatre({**OPEN, 12.0: "Teal Mug: 5 of 48 left. Type !claim mug"}) as theatre:
        theatre.play(SCENE, ann)
        moments = [at for at, _, _ in theatre.typed()]
        assert 12.0 < moments[0] < 14.0
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, ann)
        (last,) = [at for at, _, _ in theatre.typed()]
        assert 21.0 <= last < 26.0


def test_the_confused_one_asks_early_then_wrongly_and_then_by_the_title() -> None:
    for person in everybody("confused"):
        early, wrong, right = lines(person)
        assert early in ("!claim", "!drop", WISH, "!mine")
        assert wrong in ("claim mug", "mug", "!claim the-other-one", "!claim -1")
        assert right == "!claim Teal Mug"
        assert person.acts[0].cue.anchor is Anchor.ANNOUNCED


def test_the_greedy_one_asks_three_times_in_three_ways() -> None:
    assert all(len(set(lines(person))) == 3 for person in everybody("greedy"))
    fan = everybody("greedy", platform="discord")[0]
    assert [act.deed for act in fan.acts] == [Press("mug"), Press("mug"), Slash("claim", "mug")]


def test_the_mistyping_one_gets_it_wrong_twice_and_then_right() -> None:
    for person in everybody("mistyping"):
        *slips, right = lines(person)
        assert right == WISH
        assert len({*slips, right}) == 3
        assert person.acts[-1].unless_won


def test_the_repeating_one_is_swallowed_and_finds_other_words() -> None:
    (ann, *_) = everybody("repeating")
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, ann)
        assert [text for _, _, text in theatre.typed()] == [WISH, WISH_AGAIN]


def test_the_invisible_one_repeats_a_line_that_looks_the_same_and_is_not_swallowed() -> None:
    endings = set()
    for person in everybody("invisible"):
        with Theatre(OPEN) as theatre:
            theatre.play(SCENE, person)
            first, again = [text for _, _, text in theatre.typed()]
        assert first == WISH
        assert again.startswith(WISH)
        endings.add(again.removeprefix(WISH))
    assert endings == {" \U000e0000", " \u034f"}


def test_the_phone_makes_capitals_curly_quotes_full_stops_and_long_dashes_of_a_claim() -> None:
    typed = {lines(person)[0] for person in everybody("phone", LONG)}
    for kind in ("!Claim teal-mug", "!claim “teal-mug”", "!Claim teal–mug", "!claim teal-mug ", "!CLAIM TEAL-MUG"):
        assert kind in typed
    assert [line for line in typed if line.endswith(".")]
    assert all(lines(person)[1] == "!claim teal-mug" for person in everybody("phone", LONG))


def test_the_founder_has_the_founders_badge_and_no_subscribers_and_some_do_not_subscribe_any_more() -> None:
    people = everybody("founder")
    assert {person.badges for person in people} == {("founder",)}
    assert 10 < sum(not person.tier for person in people) < 45
    paying = next(person for person in people if person.tier)
    lapsed = next(person for person in people if not person.tier)
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, paying, lapsed)
        users = [theatre.twitch.find_user(login=each.login) for each in (paying, lapsed)]
        assert [user in theatre.twitch.paid for user in users] == [True, False]
        assert all(user.badges == {"founder"} for user in users)


def test_the_subscriber_has_a_badge_and_one_of_three_tiers_and_nobody_is_told_of_it_tonight() -> None:
    people = everybody("subscriber")
    assert {person.tier for person in people} == {"1000", "2000", "3000"}
    told = []
    with Theatre(OPEN) as theatre:
        theatre.twitch.notify = lambda name, event: told.append(name)
        theatre.play(SCENE, people[0])
        user = theatre.twitch.find_user(login=people[0].login)
        assert theatre.twitch.paid[user].tier == people[0].tier
        message = next(each for each in theatre.twitch.chat.log.values() if each.sender is user)
        shown = chat_message(message, theatre.twitch.broadcaster)["badges"]
        assert [badge["set_id"] for badge in shown] == ["subscriber"]
        assert set(told) == {"channel.chat.message"}


def test_the_renaming_one_asks_under_two_names_and_is_one_account() -> None:
    (ann, *_) = everybody("renaming")
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, ann)
        first, again = [seen for seen in theatre.chat() if not seen.data["bot"]]
        assert first.author == again.author
        assert first.data["login"] == ann.login
        assert again.data["login"] == f"not_{ann.login}"


def test_the_renaming_one_has_another_name_in_the_second_drop_and_only_one() -> None:
    for platform in ("twitch", "discord"):
        for person in everybody("renaming", BOTH_DROPS, platform=platform):
            assert sum(isinstance(act.deed, Rename) for act in person.acts) == 1


def by_owner(people: list[Person]) -> dict[str, list[Person]]:
    found: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        found[person.owner].append(person)
    return dict(found)


def test_the_one_with_alts_asks_with_one_account_after_the_other_by_hand() -> None:
    owners = by_owner(everybody("alts"))
    assert {len(accounts) for accounts in owners.values()} == {3, 1}
    for accounts in owners.values():
        moments = [after(each, Anchor.OPENED)[0] for each in accounts]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert all(gap > 0.5 for gap in gaps)


@pytest.mark.parametrize("platform", ["twitch", "discord"])
def test_the_ring_asks_with_many_accounts_within_200_ms(platform: str) -> None:
    (accounts,) = by_owner(everybody("ring", platform=platform)).values()
    moments = [after(each, Anchor.OPENED)[0] for each in accounts]
    assert len(accounts) == 100
    assert max(moments) - min(moments) <= TOGETHER_SECONDS
    assert len({act.deed for each in accounts for act in each.acts}) == 1
    assert len({each.login.rpartition("_")[0] for each in accounts}) == 1


def test_two_rings_have_two_owners() -> None:
    assert len(by_owner(list(plan(3, 300, 0, SCENE, {"ring": 100})))) == 3


def test_the_patient_ring_takes_its_time_and_is_known_by_its_words_and_names() -> None:
    (accounts,) = by_owner(everybody("patient-ring", LONG)).values()
    moments = [after(each, Anchor.OPENED)[0] for each in accounts]
    assert max(moments) - min(moments) > 60
    assert len({tuple(lines(each)) for each in accounts}) == 1
    assert len({each.login.rpartition("_")[0] for each in accounts}) == 1


def test_the_guest_types_in_another_channel_whose_chat_is_shared() -> None:
    (ann, *_) = everybody("guest")
    with Theatre({0.0: "New drop: Teal Mug.", **OPEN}) as theatre:
        theatre.play(SCENE, ann)
        typed = [seen for seen in theatre.chat() if not seen.data["bot"]]
        assert typed[-1].text.startswith("!claim")
        neighbour = theatre.twitch.find_user(login="neighbour_tv")
        assert {seen.data["shared_from"] for seen in typed} == {neighbour.id}


def test_the_spamming_one_repeats_a_line_and_comes_back_when_30_seconds_are_over() -> None:
    (ann, *_) = [each for each in everybody("spamming", LONG) if len(each.acts) == 7]
    with Theatre({60.0: "Teal Mug is open. Type !claim teal-mug"}) as theatre:
        theatre.play(LONG, ann)
        plain = [at for at, _, text in theatre.typed() if text == "!claim teal-mug"]
        swallowed = [theatre.seconds(seen) for seen in theatre.record.seen if seen.kind == "refused"]
        assert plain[-1] - plain[0] == pytest.approx(30.2, abs=0.01)
        assert swallowed[-1] - plain[0] == pytest.approx(29.8, abs=0.01)
    unseen = {line for each in everybody("spamming") for line in lines(each)}
    assert {line.removeprefix(WISH) for line in unseen} == {"", " \U000e0000", " \u034f"}
    assert all(len(each.acts) == 5 for each in everybody("spamming")), "a short window has no time for that"


def test_the_one_on_both_platforms_asks_on_both_for_the_same_unit() -> None:
    people = plan(3, 100, 100, SCENE, {"both": 100})
    owners = by_owner(list(people))
    assert len(owners) == 100
    at_once = 0
    for accounts in owners.values():
        typing, pressing = accounts
        assert (typing.platform, pressing.platform) == ("twitch", "discord")
        assert typing.login.rpartition("_")[0] == pressing.login.rpartition("_")[0]
        later = after(pressing, Anchor.OPENED)[0] - after(typing, Anchor.OPENED)[0]
        assert 0.0 <= later <= 3.0
        at_once += later == 0.0
    assert 10 < at_once < 60


def test_the_lurker_chats_in_many_languages_and_never_asks() -> None:
    people = everybody("lurker")
    said = [line for person in people for line in lines(person)]
    assert not [line for line in said if line.startswith(("!claim", "!md"))]
    scripts = {unicodedata.name(letter).split()[0] for line in said for letter in line if letter.isalpha()}
    assert {"LATIN", "CYRILLIC", "ARABIC", "HANGUL", "CJK", "HIRAGANA"} <= scripts
    assert max(each for person in people for each in after(person, Anchor.OPENED)) > 15


def test_a_lurker_keeps_to_one_language() -> None:
    for person in everybody("lurker", BOTH_DROPS):
        assert any(set(lines(person)) <= set(language) for language in CHATTER)
