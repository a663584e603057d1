"""The crowd: the same seed brings the same people with the same scripts, and they act on what they see."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from bot.stage.crowd import crowd as crowds
from bot.stage.crowd.acts import Act, Anchor, Cue, Person, Press, Say, Slash
from bot.stage.crowd.characters import WANTING
from bot.stage.crowd.crowd import Crowd
from bot.stage.crowd.moderator import moderators
from bot.stage.crowd.plan import in_order, plan
from bot.stage.crowd.scene import Scene, StagedDrop, Words
from bot.stage.record import Seen
from bot.stage.server import Stage, system_clock

SECOND = 1_000_000
MUG = StagedDrop("mug", "Teal Mug", 100 * SECOND, 106 * SECOND, 126 * SECOND)
ZINE = StagedDrop("zine", "Zine", 104 * SECOND, 110 * SECOND, 130 * SECOND)
SCENE = Scene((MUG, ZINE), Words(claim="!grab"))


def test_the_same_seed_writes_the_same_scripts() -> None:
    assert plan(7, 40, 10, SCENE) == plan(7, 40, 10, SCENE)
    assert plan(7, 40, 10, SCENE) != plan(8, 40, 10, SCENE)


def test_a_script_does_not_depend_on_how_many_others_come() -> None:
    few = plan(7, 20, 0, SCENE)
    many = plan(7, 200, 0, SCENE)
    assert [person.acts for person in many[:20]] == [person.acts for person in few[:20]]


def test_every_character_comes_in_a_crowd_of_twenty() -> None:
    people = plan(3, 20, 20, SCENE)
    for platform in ("twitch", "discord"):
        kinds = Counter(person.character for person in people if person.platform == platform)
        assert {each.name: each.share for each in WANTING}.items() <= kinds.items()


def test_everybody_but_lurkers_wants_every_drop() -> None:
    for person in plan(3, 60, 15, SCENE):
        wanted = {act.cue.drop for act in person.acts}
        assert wanted == {"mug", "zine"}
        if person.character == "lurker":
            assert not [act for act in person.acts if isinstance(act.deed, Say) and "grab" in act.deed.text]


def test_acts_stand_in_the_order_they_are_meant_to_happen() -> None:
    late = Act(Cue("mug", Anchor.CLOSES, -1.0), Say("late"))
    early = Act(Cue("zine", Anchor.ANNOUNCED, 0.5), Say("early"))
    assert in_order([late, early], SCENE) == (early, late)


def test_five_thousand_viewers_have_names_of_their_own() -> None:
    began = time.monotonic()
    people = plan(1, 5000, 1000, SCENE)
    assert len({(person.platform, person.login) for person in people}) == len(people) > 6000
    assert time.monotonic() - began < 10


def test_some_names_are_of_the_kind_that_breaks_programs() -> None:
    names = {person.name for person in plan(1, 60, 60, SCENE)}
    assert [name for name in names if not name.isascii()]
    assert [name for name in names if "*" in name or "<@" in name or "`" in name]


def test_a_scene_survives_the_way_to_another_process() -> None:
    assert Scene.from_json(SCENE.as_json()) == SCENE


def test_the_moderator_comes_only_for_a_drop_on_cue() -> None:
    on_cue = Scene((StagedDrop("mug", "Teal Mug", 0, 0, 0, on_cue=True),))
    assert moderators(SCENE, on_twitch=True) == ()
    (mia,) = moderators(on_cue, on_twitch=True)
    assert [act.deed for act in mia.acts] == [Say("!drop open mug")]
    (mia,) = moderators(on_cue, on_twitch=False)
    assert [act.deed for act in mia.acts] == [Slash("drop open", "mug")]


def person(login: str, *acts: Act, platform: str = "twitch") -> Person:
    return Person(platform, login, login, "made up", acts)


def soon(seconds: float = 0.0) -> Scene:
    """A drop that is announced now and opens in a moment."""
    now = system_clock()
    opens_at = now + round(seconds * SECOND)
    return Scene((StagedDrop("mug", "Teal Mug", now, opens_at, opens_at + SECOND // 2),))


async def play(stage: Stage, scene: Scene, *people: Person) -> None:
    crowd = Crowd(scene, people, stage.twitch, stage.discord, stage.record)
    await asyncio.wait_for(crowd.run(), 10)


def typed(stage: Stage) -> list[tuple[str, str]]:
    return [(seen.name, seen.text) for seen in stage.record.seen if seen.kind == "chat" and not seen.data["bot"]]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for what no bot will show them."""
    monkeypatch.setattr(crowds, "PATIENCE", SECOND // 20)
    monkeypatch.setattr(crowds, "RETYPING", SECOND // 50)


@pytest.mark.usefixtures("impatient")
async def test_a_line_that_was_swallowed_is_typed_in_other_words() -> None:
    stage = Stage()
    wish = Act(Cue("mug", Anchor.OPENED, 0.0), Say("!claim mug", instead="!md claim mug"))
    await play(stage, soon(), person("ann", wish, wish))
    assert typed(stage) == [("ann", "!claim mug"), ("ann", "!md claim mug")]


@pytest.mark.usefixtures("impatient")
async def test_whoever_sees_their_number_does_not_ask_again() -> None:
    stage = Stage()
    first = Act(Cue("mug", Anchor.OPENS, 0.0), Say("!claim"))
    again = Act(Cue("mug", Anchor.OPENED, 0.2), Say("!claim mug"), unless_won=True)

    def answer(seen: Seen) -> None:
        if seen.text == "!claim" and seen.name == "ann":
            stage.twitch.send(stage.twitch.bot, "@ann Teal Mug #1 of 48 is yours!")

    stage.record.listen(answer)
    await play(stage, soon(), person("ann", first, again), person("bob", first, again))
    assert typed(stage) == [("ann", "!claim"), ("bob", "!claim"), ("bob", "!claim mug")]


async def test_people_wait_until_they_see_that_it_is_open() -> None:
    stage = Stage()
    wish = Act(Cue("mug", Anchor.OPENED, 0.0), Say("!claim mug"))
    scene = soon()
    crowd = Crowd(scene, [person("ann", wish)], stage.twitch, stage.discord, stage.record)
    playing = asyncio.create_task(crowd.run())
    stage.twitch.send(stage.twitch.bot, "@zoe: Teal Mug opens soon; type !claim mug then.")
    await asyncio.sleep(0)
    assert typed(stage) == []
    said = asyncio.Event()
    stage.record.listen(lambda seen: said.set() if seen.text == "!claim mug" else None)
    stage.twitch.send(stage.twitch.bot, "Teal Mug is open: 48 to claim. Type !claim mug")
    await asyncio.wait_for(said.wait(), 5)
    playing.cancel()
    await asyncio.wait([playing])
    assert typed(stage) == [("ann", "!claim mug")]


@pytest.mark.usefixtures("impatient")
async def test_a_fan_with_nothing_to_press_or_to_use_just_shrugs() -> None:
    stage = Stage()
    deeds = (Press("mug"), Slash("claim", "mug"))
    acts = [Act(Cue("mug", Anchor.OPENED, 0.0), deed) for deed in deeds]
    await play(stage, soon(), person("fay", *acts, platform="discord"))
    assert {seen.kind for seen in stage.record.seen} == {"joined"}


@pytest.mark.usefixtures("impatient")
async def test_a_drop_on_cue_closes_as_long_after_the_cue_as_it_was_to() -> None:
    stage = Stage()
    now = system_clock()
    scene = Scene((StagedDrop("mug", "Teal Mug", now, now, now + SECOND // 4, on_cue=True),))
    await play(stage, scene, person("ann", Act(Cue("mug", Anchor.CLOSES, 0.0), Say("!claim mug"))))
    (line,) = [seen for seen in stage.record.seen if seen.kind == "chat"]
    assert line.at - now >= SECOND // 4 + SECOND // 20
