"""The crowd acts on what it sees, in the worlds' time, with whatever hands it is given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.rehearsal.fast.virtual_time import VirtualLoop
from bot.stage.crowd.acts import Act, Anchor, Cue, Deed, GoOffline, Person, Press, Rename, Say, Slash
from bot.stage.crowd.crowd import Crowd
from bot.stage.crowd.plan import digest, plan
from bot.stage.crowd.playing import Playing
from bot.stage.crowd.scene import Scene, StagedDrop
from bot.stage.record import Record, Seen
from tests.stage.crowd.theatre import MUG, NOON, SCENE, SECOND, Theatre, person, when

OPEN = {6.0: "Teal Mug is open: 48 to claim. Type !claim mug"}


def test_people_wait_until_they_see_that_it_is_open() -> None:
    early = "@zoe: Teal Mug opens soon; type !claim mug then."
    with Theatre({1.0: early, 7.5: "Teal Mug is open: 48 to claim. Type !claim mug"}) as theatre:
        theatre.play(SCENE, person("ann", when(Anchor.OPENED, 0.25, Say("!claim mug"))))
        assert theatre.typed() == [(7.75, "ann", "!claim mug")]


def test_a_line_that_was_swallowed_is_typed_in_other_words_a_moment_later() -> None:
    wish = when(Anchor.OPENED, 0.0, Say("!claim mug", instead="!md claim mug"))
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, person("ann", wish, wish))
        assert theatre.typed() == [(6.0, "ann", "!claim mug"), (7.2, "ann", "!md claim mug")]


def test_whoever_sees_their_number_does_not_ask_again() -> None:
    first = when(Anchor.OPENED, 0.0, Say("!claim"))
    again = when(Anchor.OPENED, 2.0, Say("!claim mug"), unless_won=True)
    with Theatre({**OPEN, 7.0: "@ann Teal Mug #1 of 48 is yours!"}) as theatre:
        theatre.play(SCENE, person("ann", first, again), person("bob", first, again))
        assert [(who, text) for _, who, text in theatre.typed()] == [
            ("ann", "!claim"),
            ("bob", "!claim"),
            ("bob", "!claim mug"),
        ]


def test_a_later_line_about_what_is_left_reminds_people_and_the_opening_line_does_not() -> None:
    lines = {
        **OPEN,
        15.0: "Teal Mug: 10 of 48 left. Type !claim mug",
        16.0: "Teal Mug: 5 of 48 left. Type !claim mug",
    }
    with Theatre(lines) as theatre:
        theatre.play(SCENE, person("ann", when(Anchor.REMINDED, 0.5, Say("!claim"))))
        assert theatre.typed() == [(15.5, "ann", "!claim")]


def test_nobody_waits_for_a_reminder_beyond_the_close() -> None:
    with Theatre({**OPEN, 26.5: "Teal Mug: 10 of 48 left. Type !claim mug"}) as theatre:
        too_late = when(Anchor.CLOSES, 2.0, Say("too late"))
        theatre.play(SCENE, person("ann", when(Anchor.REMINDED, 0.5, Say("!claim"))), person("bob", too_late))
        assert theatre.typed() == [(28.0, "bob", "too late")]


def test_a_crowd_that_never_sees_it_open_loses_patience_and_asks_all_the_same() -> None:
    with Theatre() as theatre:
        theatre.play(SCENE, person("ann", when(Anchor.OPENED, 1.0, Say("!claim"))), patience=3 * SECOND)
        assert theatre.typed() == [(10.0, "ann", "!claim")]


def test_a_play_ends_when_everybody_has_done_everything() -> None:
    with Theatre({0.0: "New drop: Teal Mug", **OPEN}) as theatre:
        theatre.play(SCENE, person("ann", when(Anchor.OPENED, 1.0, Say("!claim"))))
        assert theatre.loop.time() == pytest.approx(7.0)


def test_whoever_lost_patience_asks_anew_when_it_opens_after_all() -> None:
    ann = person("ann", when(Anchor.OPENED, 1.0, Say("!claim")), when(Anchor.CLOSES, -1.0, Say("!claim mug")))
    with Theatre({21.0: OPEN[6.0]}) as theatre:
        theatre.play(SCENE, ann, patience=3 * SECOND)
        tried = [s for s in theatre.record.seen if s.kind in ("chat", "refused") and s.name == "ann"]
        assert [(theatre.seconds(seen), seen.text, seen.kind) for seen in tried] == [
            (10.0, "!claim", "chat"),
            (22.0, "!claim", "refused"),  # the same line within 30 s
            (25.0, "!claim mug", "chat"),
            (40.0, "!claim mug", "refused"),
        ]


def test_a_fan_with_nothing_to_press_or_to_use_just_shrugs() -> None:
    acts = [when(Anchor.OPENED, 0.0, deed) for deed in (Press("mug"), Slash("claim", "mug"))]
    with Theatre() as theatre:
        theatre.play(SCENE, person("fay", *acts, platform="discord"))
        assert {seen.kind for seen in theatre.record.seen} == {"crowd", "joined"}


def card(theatre: Theatre, custom_id: str, *, disabled: bool = False) -> dict[str, object]:
    button = {"type": 2, "style": 1, "label": "Claim", "custom_id": custom_id, "disabled": disabled}
    return {"content": "Teal Mug is open", "components": [{"type": 1, "components": [button]}]}


def test_a_fan_presses_the_newest_card_that_still_has_a_button() -> None:
    with Theatre() as theatre:
        world = theatre.discord
        channel = world.channel("announcements")
        world.board.post(world.bot, channel, card(theatre, "md:claim:mug"))
        newer = world.board.post(world.bot, channel, card(theatre, "md:claim:mug"))
        crowd = Crowd(
            SCENE,
            [person("fay", when(Anchor.OPENED, 0.0, Press("mug")), platform="discord")],
            theatre.twitch,
            world,
            theatre.record,
        )
        world.board.post(world.bot, channel, card(theatre, "md:claim:mug", disabled=True))
        theatre.loop.run_until_complete(crowd.run())
        (press,) = [seen for seen in theatre.record.seen if seen.kind == "press"]
        assert press.data["message_id"] == newer.id


def test_a_drop_on_cue_closes_as_long_after_the_cue_as_it_was_to() -> None:
    on_cue = StagedDrop("mug", "Teal Mug", MUG.announces_at, MUG.opens_at, MUG.closes_at, on_cue=True)
    with Theatre({9.0: "Teal Mug is open: 48 to claim. Type !claim mug"}) as theatre:
        theatre.play(Scene((on_cue,)), person("ann", when(Anchor.CLOSES, -0.5, Say("!claim mug"))))
        assert theatre.typed() == [(28.5, "ann", "!claim mug")]


def test_a_renamed_person_keeps_the_account_and_the_record_says_both_names() -> None:
    renamed = when(Anchor.OPENED, 1.0, Rename("annika", "Annika"))
    acts = [when(Anchor.OPENED, 0.0, Say("!claim")), renamed, when(Anchor.OPENED, 2.0, Say("!claim mug"))]
    presses = [when(Anchor.OPENED, 1.0, Rename("faye", "Faye"))]
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, person("ann", *acts), person("fay", *presses, platform="discord"))
        before, after = [seen for seen in theatre.chat() if not seen.data["bot"]]
        assert (before.name, after.name) == ("ann", "Annika")
        assert before.author == after.author
        noted = [
            (seen.platform, seen.data["was"], seen.name) for seen in theatre.record.seen if seen.kind == "renamed"
        ]
        assert noted == [("twitch", "ann", "Annika"), ("discord", "fay", "Faye")]
        assert theatre.discord.member("faye").display_name == "Faye"


def test_nobody_presses_on_twitch_or_types_on_discord() -> None:
    with Theatre(OPEN) as theatre, pytest.raises(TypeError, match="on Twitch nobody can do this"):
        theatre.play(SCENE, person("ann", when(Anchor.OPENED, 0.0, Press("mug"))))
    with Theatre(OPEN) as theatre, pytest.raises(TypeError, match="on Discord nobody can do this"):
        theatre.play(SCENE, person("fay", when(Anchor.OPENED, 0.0, GoOffline()), platform="discord"))


@dataclass
class Diary:
    """Hands that write down what they are told to do and when, and get a number for the first claim."""

    person: Person
    loop: VirtualLoop
    done: list[tuple[float, str, Deed]]
    platform: str = "ledger"
    id: str = field(init=False)
    known_as: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.known_as = self.person.login

    def do(self, deed: Deed) -> Deed | None:
        self.done.append((round(self.loop.time(), 3), self.known_as, deed))
        return None


def test_the_same_people_play_with_other_hands_where_there_is_no_stage() -> None:
    """No world, no chat: whoever has the hands says what people notice."""
    loop, done = VirtualLoop(), []
    first = when(Anchor.OPENED, 0.5, Say("!claim"))
    again = when(Anchor.OPENED, 3.0, Say("!claim mug"), unless_won=True)
    playing = Playing(
        SCENE,
        [person("ann", first, again), person("bob", first, again)],
        Record(),
        lambda: NOON + loop.now,
        lambda each: Diary(each, loop, done),
    )
    loop.call_at(6.0, playing.watching.notice, MUG, Anchor.OPENED)
    loop.call_at(7.0, playing.watching.saw_number, "ledger", "ann", MUG)
    loop.run_until_complete(playing.run())
    loop.close()
    assert done == [
        (6.5, "ann", Say("!claim")),
        (6.5, "bob", Say("!claim")),
        (9.0, "bob", Say("!claim mug")),
    ]


def test_the_crowd_on_the_stage_takes_other_hands_as_well() -> None:
    done: list[tuple[float, str, Deed]] = []
    with Theatre(OPEN) as theatre:
        wish = when(Anchor.OPENED, 0.0, Say("!claim"))
        theatre.play(SCENE, person("ann", wish), hands=lambda each: Diary(each, theatre.loop, done))
    assert done == [(6.0, "ann", Say("!claim"))]


def test_the_record_begins_with_the_digest_of_who_plays() -> None:
    people = plan(4, 12, 4, SCENE)
    with Theatre(OPEN) as theatre:
        theatre.play(SCENE, *people)
        first = theatre.record.seen[0]
        assert (first.kind, dict(first.data)) == ("crowd", {"people": 16, "digest": digest(people)})
        assert first.text == f"A crowd of 16 comes ({digest(people)})."


def test_a_whole_play_happens_the_same_way_twice() -> None:
    def story(seed: int) -> list[tuple[float, str, str, str]]:
        with Theatre(OPEN) as theatre:
            theatre.play(SCENE, *plan(seed, 120, 40, SCENE))
            return [(theatre.seconds(s), s.kind, s.name, s.text) for s in theatre.record.seen]

    assert story(4) == story(4)
    assert story(4) != story(5)


async def test_a_crowd_in_real_time_lets_other_tasks_run_between_two_acts() -> None:
    """Thousands of viewers may be due at once: the sockets are served between any two of them."""
    loop = asyncio.get_running_loop()
    done: list[str] = []

    class Hands:
        platform, id, known_as = "ledger", "1", "ann"

        def do(self, deed: Deed) -> Deed | None:
            done.append("act")
            loop.call_soon(done.append, "socket")
            return None

    acts = tuple(Act(Cue("mug", Anchor.OPENS, -1.0), Say("hi")) for _ in range(3))
    playing = Playing(SCENE, [person("ann", *acts)], Record(), lambda: MUG.closes_at, lambda _: Hands(), patience=0)
    await asyncio.wait_for(playing.run(), 60)
    assert done == ["act", "socket"] * 3


def test_what_was_seen_before_is_only_history() -> None:
    """Somebody who comes when the drop is open already does not know it, until a line or their patience says so."""
    with Theatre() as theatre:
        theatre.record.add(
            Seen(NOON, "twitch", "chat", text="Teal Mug is open. Type !claim mug", data={"bot": True})
        )
        theatre.play(SCENE, person("ann", when(Anchor.OPENED, 0.0, Say("!claim"))), patience=SECOND)
        assert theatre.typed() == [(7.0, "ann", "!claim")]
