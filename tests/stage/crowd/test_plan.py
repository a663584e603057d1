"""The same seed brings the same people with the same scripts, whoever else comes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from bot.stage.crowd import deal as dealing
from bot.stage.crowd.acts import Act, Anchor, Cue, Say, Standing
from bot.stage.crowd.characters import CHARACTERS, EAGER, Character
from bot.stage.crowd.characters.character import Someone, opened
from bot.stage.crowd.deal import deal, mixture
from bot.stage.crowd.names import name_of
from bot.stage.crowd.plan import digest, in_order, plan
from bot.stage.crowd.scene import Scene, StagedDrop
from tests.stage.crowd.theatre import BOTH_DROPS, MUG, SCENE, SECOND


def test_the_same_seed_writes_the_same_scripts() -> None:
    assert plan(7, 40, 10, BOTH_DROPS) == plan(7, 40, 10, BOTH_DROPS)
    assert plan(7, 40, 10, BOTH_DROPS) != plan(8, 40, 10, BOTH_DROPS)


def test_who_is_there_does_not_depend_on_how_many_others_come() -> None:
    few, many = plan(7, 45, 12, BOTH_DROPS), plan(7, 450, 120, BOTH_DROPS)
    for platform in ("twitch", "discord"):
        seated = [person for person in few if person.platform == platform]
        assert [person for person in many if person.platform == platform][: len(seated)] == seated


def test_a_new_character_takes_places_from_the_eager_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def votes(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
        return [Act(opened(drop, 1.0), Say("2"))]

    before = plan(7, 300, 60, BOTH_DROPS)
    voter = Character("voting", 5, votes, votes)
    monkeypatch.setattr(dealing, "CHARACTERS", (*CHARACTERS, voter))
    after = plan(7, 300, 60, BOTH_DROPS)
    changed = [(old.character, new.character) for old, new in zip(before, after, strict=True) if old != new]
    assert set(changed) == {("eager", "voting")}
    assert Counter(new.character for new in after if new.platform == "twitch")["voting"] == 15


def test_a_person_who_stays_who_they_are_does_the_same_whatever_the_others_are() -> None:
    usual = plan(7, 200, 0, SCENE)
    other = plan(7, 200, 0, SCENE, {"late": 30, "lurker": 0})
    same = [(old, new) for old, new in zip(usual, other, strict=True) if old.character == new.character]
    assert len(same) > 50
    alone = [(old, new) for old, new in same if not old.owner]
    assert [new.acts for _, new in alone] == [old.acts for old, _ in alone]
    assert [new.login for _, new in alone] == [old.login for old, _ in alone]


def test_acts_stand_in_the_order_they_are_meant_to_happen() -> None:
    late = Act(Cue("mug", Anchor.CLOSES, -1.0), Say("late"))
    reminded = Act(Cue("mug", Anchor.REMINDED, 0.0), Say("reminded"))
    early = Act(Cue("night-zine", Anchor.ANNOUNCED, 0.5), Say("early"))
    assert in_order([late, reminded, early], BOTH_DROPS) == (early, reminded, late)


def test_the_usual_shares_are_a_hundred() -> None:
    assert sum(each.share for each in CHARACTERS) == dealing.HUNDRED
    assert EAGER.share > 0
    for platform in ("twitch", "discord"):
        assert sum(mixture(platform, {}).values()) == dealing.HUNDRED


@pytest.mark.parametrize("platform", ["twitch", "discord"])
def test_of_every_hundred_people_so_many_are_of_a_character(platform: str) -> None:
    dealt = deal(3, platform, 300)
    for begin in (0, 100, 200):
        counted = Counter(dealt[begin : begin + 100])
        assert counted == {each: share for each, share in mixture(platform, {}).items() if share}


@pytest.mark.parametrize(("platform", "size"), [("twitch", 30), ("discord", 20)])
def test_a_small_crowd_has_some_of_each(platform: str, size: int) -> None:
    for seed in range(20):
        there = Counter(deal(seed, platform, size))
        present = [each for each in CHARACTERS if (each.twitch if platform == "twitch" else each.discord)]
        assert [each.name for each in present if there[each] < min(each.soon, each.share)] == []
        assert there[EAGER] > 0


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"ring": 20}, {"ring": 20, "late": 8, "eager": 0, "lurker": 6}),
        ({"lurker": 0}, {"lurker": 0, "late": 8, "eager": 22}),
        ({"ring": 50, "lurker": 50}, {"ring": 50, "lurker": 50, "late": 0, "eager": 0}),
        ({"lurker": 90}, {"lurker": 90, "late": 1, "watching": 2, "eager": 0}),
        ({"eager": 0}, {"eager": 0, "late": 10}),
        ({"eager": 100}, {"eager": 100, "late": 0}),
    ],
)
def test_shares_that_are_given_hold_and_the_others_make_room(
    shares: dict[str, int], expected: dict[str, int]
) -> None:
    mixed = {each.name: share for each, share in mixture("twitch", shares).items()}
    assert sum(mixed.values()) == dealing.HUNDRED
    assert min(mixed.values()) >= 0
    assert expected.items() <= mixed.items()
    people = plan(2, 100, 0, SCENE, shares)
    assert Counter(person.character for person in people) == {name: n for name, n in mixed.items() if n}


def test_a_share_of_those_who_cannot_be_on_discord_is_one_of_twitch_alone() -> None:
    assert Counter(person.character for person in plan(2, 10, 10, SCENE, {"guest": 100}) if person.home) == {
        "guest": 10
    }
    assert mixture("discord", {"guest": 100}) == mixture("discord", {})


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        ({"luker": 5}, "Nobody in the crowd is 'luker': did you mean 'lurker'?"),
        ({"patient ring": 5}, "did you mean 'patient-ring'?"),
        ({"qqqq": 5}, "there are lurker, eager, watching"),
        ({"ring": -1}, "The share of 'ring' is -1: it is from 0 to 100."),
        ({"ring": 60, "late": 41}, "The shares of the crowd are 101 together, more than 100."),
    ],
)
def test_shares_that_cannot_be_are_refused_with_the_cure(shares: dict[str, int], complaint: str) -> None:
    with pytest.raises(ValueError) as refused:
        plan(2, 10, 0, SCENE, shares)
    assert complaint in str(refused.value)


def test_the_digest_tells_two_plans_apart_by_any_detail() -> None:
    people = plan(7, 40, 10, SCENE)
    assert digest(people) == digest(plan(7, 40, 10, SCENE))
    assert digest(people) != digest(plan(8, 40, 10, SCENE))
    assert digest(people) != digest((replace(people[0], badges=("vip",)), *people[1:]))
    assert digest(people) != digest((replace(people[0], standing=Standing(follows_days=1)), *people[1:]))
    assert digest(people) != digest(people[::-1])
    assert len(digest(people)) == 12
    assert int(digest(people), 16) >= 0


def test_the_digest_is_the_same_tomorrow() -> None:
    day = 86_400 * SECOND
    tomorrow = StagedDrop(MUG.key, MUG.title, MUG.announces_at + day, MUG.opens_at + day, MUG.closes_at + day)
    assert digest(plan(7, 400, 100, Scene((tomorrow,)))) == digest(plan(7, 400, 100, SCENE))


@pytest.mark.parametrize(
    ("seed", "viewers", "fans", "scene", "expected"),
    [
        (7, 60, 15, SCENE, "12b55add12f1"),
        (1, 120, 40, BOTH_DROPS, "5a9e1682c774"),
        (2, 600, 200, SCENE, "3202d7616486"),
    ],
)
def test_old_seeds_bring_the_crowds_they_have_always_brought(
    seed: int, viewers: int, fans: int, scene: Scene, expected: str
) -> None:
    assert digest(plan(seed, viewers, fans, scene)) == expected


def test_the_digest_is_the_same_in_another_process() -> None:
    """Python scatters its hashes anew in every process; nothing of the plan may hang on them."""
    script = (
        "from tests.stage.crowd.theatre import SCENE; from bot.stage.crowd.plan import digest, plan;"
        "print(digest(plan(7, 60, 15, SCENE)))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join([os.curdir, *sys.path])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    ]
    assert told == [digest(plan(7, 60, 15, SCENE))] * 2


def test_five_thousand_viewers_have_names_of_their_own() -> None:
    for seed in range(3):
        people = plan(seed, 5000, 1000, SCENE)
        assert len({(person.platform, person.login) for person in people}) == len(people) == 6000
        on_twitch = [person.name.casefold() for person in people if person.platform == "twitch"]
        assert len(set(on_twitch)) == 5000
        assert max(len(person.login) for person in people) <= 25


def test_some_names_are_of_the_kind_that_breaks_programs() -> None:
    names = {person.name for person in plan(1, 60, 60, SCENE)}
    assert [name for name in names if not name.isascii()]
    assert [name for name in names if "*" in name or "<@" in name or "`" in name]


def test_a_name_follows_from_its_place_alone() -> None:
    assert name_of(3, "twitch", 17) == name_of(3, "twitch", 17)
    assert name_of(3, "twitch", 17) != name_of(4, "twitch", 17)
    assert name_of(3, "twitch", 17) != name_of(3, "twitch", 417)


def test_a_scene_survives_the_way_to_another_process() -> None:
    assert Scene.from_json(BOTH_DROPS.as_json()) == BOTH_DROPS
