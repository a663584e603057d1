"""Those who come for polls: what they type and press, on which cue, and what everybody else does meanwhile."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from bot.stage.crowd.acts import Act, Anchor, Person, Press, PutPoll, Say, SayCode, Slash, Vote
from bot.stage.crowd.characters import CHARACTERS, EAGER, VOTING
from bot.stage.crowd.characters.invisible import INVISIBLE_ENDINGS
from bot.stage.crowd.moderator import moderators
from bot.stage.crowd.plan import digest, plan
from bot.stage.crowd.scene import Scene, StagedPoll
from tests.stage.crowd.theatre import MUG, NOON, SCENE, SECOND, Theatre, person, when

COLOUR = StagedPoll("colour", "Colour?", ("teal", "plum", "sand"), NOON + 40 * SECOND, NOON + 60 * SECOND)
GAME = StagedPoll("game", "Next game?", ("Hades", "Celeste"), NOON + 70 * SECOND, NOON + 90 * SECOND, True)
POLLS = Scene((MUG,), polls=(COLOUR, GAME))
ASKED = {
    40.2: "Poll: Colour? 1 teal, 2 plum, 3 sand. Type a number to vote; open for 20 s.",
    70.2: "Mod vote: Next game? 1 Hades, 2 Celeste. Type a number to vote; open for 20 s.",
}


def everybody(name: str, *, platform: str = "twitch") -> list[Person]:
    """A hundred people of one character."""
    sizes = (100, 0) if platform == "twitch" else (0, 100)
    return list(plan(3, *sizes, POLLS, {name: 100}))


def acts_in(person: Person, poll: StagedPoll) -> list[Act]:
    return [act for act in person.acts if act.cue.drop == poll.key]


def lines_in(person: Person, poll: StagedPoll) -> list[str]:
    return [act.deed.text for act in acts_in(person, poll) if isinstance(act.deed, Say)]


def test_without_a_poll_nobody_is_anybody_else_than_before() -> None:
    """A crowd is known by its digest: the same people came before there were polls."""
    assert digest(plan(7, 300, 100, SCENE)) == digest(plan(7, 300, 100, Scene(SCENE.drops, SCENE.words, ())))
    assert all(each.share == 0 for each in VOTING)
    for each in VOTING:
        people = plan(3, 50, 50, SCENE, {each.name: 100})
        assert all(person.acts == () for person in people if person.character == each.name)


@pytest.mark.parametrize("character", CHARACTERS, ids=lambda each: each.name)
def test_only_the_eager_and_those_who_come_for_it_vote(character: Any) -> None:
    voting = {"pass-holder", "double-spender", EAGER.name, *(each.name for each in VOTING)}
    people = [each for each in plan(3, 60, 60, POLLS, {character.name: 100}) if each.character == character.name]
    acted = any(acts_in(person, COLOUR) for person in people)
    assert acted == (character.name in voting)
    for each in people:
        allowed = (Say, SayCode) if each.platform == "twitch" else (Vote, Press, Slash)
        assert all(isinstance(act.deed, allowed) for act in each.acts if act.cue.drop in ("colour", "game"))


def test_the_voter_chooses_once_by_number_command_or_name_and_some_slip_before() -> None:
    people = everybody("voter")
    said = [lines_in(person, COLOUR) for person in people]
    assert {len(lines) for lines in said} == {1, 2}
    last = {lines[-1] for lines in said}
    assert {"1", "2", "3", "!vote 1", "!vote teal", "!vote plum"} <= last
    slips = {lines[0] for lines in said if len(lines) == 2}
    assert {"10", "!vote 4", "!vote chartreuse", "!vote", "both please"} <= slips
    assert not slips & last


def test_where_moderators_decide_some_voters_try_all_the_same_bare_or_with_a_pass_they_do_not_have() -> None:
    said = [lines_in(person, GAME) for person in everybody("voter")]
    assert 15 < sum(bool(lines) for lines in said) < 60
    assert {line for lines in said for line in lines} == {"1", "2", "!pass 1", "!pass 2"}


@pytest.mark.parametrize("platform", ["twitch", "discord"])
def test_the_mind_changer_never_chooses_the_same_twice_in_a_row(platform: str) -> None:
    paces = set()
    for voter in everybody("mind-changer", platform=platform):
        acts = acts_in(voter, COLOUR)
        assert 2 <= len(acts) <= 4
        assert acts_in(voter, GAME) == []
        if platform == "twitch":
            lines = lines_in(voter, COLOUR)
            assert len(set(lines)) == len(lines), "Twitch swallows a line that is typed again"
            chosen = [line.removeprefix("!vote ") for line in lines]
            options = [COLOUR.options.index(each) + 1 if each in COLOUR.options else int(each) for each in chosen]
        else:
            options = [act.deed.option for act in acts if isinstance(act.deed, Vote)]
        assert all(one != other for one, other in pairwise(options))
        paces |= {later.cue.after - earlier.cue.after < 1 for earlier, later in pairwise(acts)}
    assert paces == {True, False}


def test_the_late_voter_comes_in_the_last_seconds_or_when_it_is_over() -> None:
    moments = [act.cue for person in everybody("late-voter") for act in acts_in(person, COLOUR)]
    assert {cue.anchor for cue in moments} == {Anchor.CLOSES}
    assert 20 < sum(cue.after > 0 for cue in moments) < 60
    assert all(-3.0 <= cue.after <= 1.5 for cue in moments)


def test_the_ballot_stuffer_votes_for_one_option_in_seven_ways() -> None:
    for voter in everybody("ballot-stuffer"):
        lines = lines_in(voter, COLOUR)
        assert len(set(lines)) == 3 + 2 * len(INVISIBLE_ENDINGS)
        plain = {line.rstrip("".join(INVISIBLE_ENDINGS) + " ") for line in lines}
        option = int(lines[0])
        assert plain == {str(option), f"!vote {option}", f"!vote {COLOUR.options[option - 1]}"}
    presses = {len(acts_in(each, COLOUR)) for each in everybody("ballot-stuffer", platform="discord")}
    assert presses == {6}


def test_the_pass_holder_claims_and_spends_where_moderators_decide() -> None:
    changes = 0
    for voter in everybody("pass-holder"):
        assert [act.deed.text for act in voter.acts if act.cue.drop == "mug" and isinstance(act.deed, Say)]
        lines = lines_in(voter, GAME)
        spent = [line for line in lines if line.startswith("!pass ")]
        assert len(spent) == 1
        changes += lines[-1].startswith("!vote ")
    assert 10 < changes < 50
    for fan in everybody("pass-holder", platform="discord"):
        first = acts_in(fan, GAME)[0].deed
        assert isinstance(first, Vote)
        assert first.with_pass


def test_the_double_spender_is_linked_and_spends_on_both_platforms_within_a_blink() -> None:
    owners: defaultdict[str, list[Person]] = defaultdict(list)
    for each in plan(3, 40, 40, POLLS, {"double-spender": 100}):
        owners[each.owner].append(each)
    for typing, pressing in owners.values():
        (typed,), (pressed,) = acts_in(typing, GAME), acts_in(pressing, GAME)
        assert typed.deed == Say("!pass 1", instead="!md pass 1")
        assert pressed.deed == Vote("game", 2, with_pass=True)
        assert 0.0 <= typed.cue.after - pressed.cue.after <= 0.6
        assert any(isinstance(act.deed, SayCode) for act in typing.acts)


def test_the_deputy_has_the_moderators_badge_and_votes_in_both() -> None:
    for each in everybody("deputy"):
        assert each.badges == ("moderator",)
        assert len(acts_in(each, COLOUR)) == len(acts_in(each, GAME)) == 1
    with Theatre(ASKED) as theatre:
        theatre.play(POLLS, everybody("deputy")[0])
        (user,) = [each for each in theatre.twitch.users.values() if each.login == everybody("deputy")[0].login]
        assert theatre.twitch.moderates(user)


def test_the_moderator_puts_every_poll_and_votes_where_moderators_decide() -> None:
    with Theatre(ASKED) as theatre:
        theatre.play(POLLS, *moderators(POLLS, on_twitch=True))
        assert theatre.typed() == [
            (40.0, "mod_mia", '!poll "Colour?" teal, plum, sand 20s'),
            (70.0, "mod_mia", '!modvote "Next game?" Hades, Celeste 20s'),
            (71.7, "mod_mia", "1"),
        ]
    (mia,) = moderators(POLLS, on_twitch=False)
    assert [act.deed for act in mia.acts] == [PutPoll("colour"), PutPoll("game"), Vote("game", 1)]


def test_people_vote_once_everybody_can_see_the_question_and_not_for_its_result() -> None:
    closed = {50.0: "Poll closed: Colour? plum won. 2 for plum, 1 for teal, 0 for sand; 3 people voted."}
    ann = person("ann", when(Anchor.OPENED, 1.0, Say("2"), drop=COLOUR))
    with Theatre({**ASKED, **closed}) as theatre:
        theatre.play(POLLS, ann)
        assert theatre.typed() == [(41.2, "ann", "2")]


def test_whoever_never_sees_the_question_gives_up_waiting_and_votes_all_the_same() -> None:
    ann = person("ann", when(Anchor.OPENED, 1.0, Say("2"), drop=COLOUR))
    with Theatre() as theatre:
        theatre.play(POLLS, ann)
        assert theatre.typed() == [(51.0, "ann", "2")]


def button(label: str, custom_id: str) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id}


def row(*buttons: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": 1, "components": list(buttons)}]


def post(theatre: Theatre, text: str, *buttons: dict[str, Any]) -> None:
    """The bot posts a card in the announcements channel."""
    world = theatre.discord
    world.board.post(world.bot, world.channel("announcements"), {"content": text, "components": row(*buttons)})


def test_a_vote_on_discord_is_the_press_of_that_options_button_on_the_newest_card_that_asks_it() -> None:
    fan = person("fan", when(Anchor.OPENED, 1.0, Vote("colour", 2), drop=COLOUR), platform="discord")
    with Theatre() as theatre:
        old = [button(name, f"md:vote:old:{number}") for number, name in enumerate(("yes", "no"), 1)]
        new = [button(name, f"md:vote:colour-3:{number}") for number, name in enumerate(COLOUR.options, 1)]
        theatre.loop.call_at(39.0, post, theatre, "Shall we?", *old)
        theatre.loop.call_at(40.5, post, theatre, "Colour?", *new)
        theatre.play(POLLS, fan)
        (pressed,) = [seen for seen in theatre.record.seen if seen.kind == "press"]
        assert (theatre.seconds(pressed), pressed.data["custom_id"]) == (41.5, "md:vote:colour-3:2")


def test_a_pass_is_spent_by_its_button_and_then_the_option_on_the_paper_that_answers_it() -> None:
    fan = person("fan", when(Anchor.OPENED, 1.0, Vote("game", 2, with_pass=True), drop=GAME), platform="discord")
    with Theatre() as theatre:
        options = [button(name, f"md:vote:game:{number}") for number, name in enumerate(GAME.options, 1)]
        card = [*options, button("Use my pass", "md:votepass:game")]
        paper = row(*(button(name, f"md:votepass:game:{number}") for number, name in enumerate(GAME.options, 1)))

        def answer(seen: Any) -> None:
            if seen.kind == "press" and seen.data["custom_id"] == "md:votepass:game":
                act = theatre.discord.interaction(seen.data["interaction_id"])
                body = {"type": 4, "data": {"content": "Choose.", "components": paper, "flags": 64}}
                theatre.loop.call_later(0.1, theatre.discord.desk.callback, act.id, act.token, body)

        theatre.record.listen(answer)
        theatre.loop.call_at(70.5, post, theatre, "Next game?", *card)
        theatre.play(POLLS, fan)
        theatre.loop.run_until_complete(asyncio.sleep(2.0))
        presses = [seen for seen in theatre.record.seen if seen.kind == "press"]
        assert [(theatre.seconds(seen), seen.data["custom_id"]) for seen in presses] == [
            (71.5, "md:votepass:game"),
            (72.0, "md:votepass:game:2"),
        ]
