"""A poll as the fold of its facts: rules that are told in full, a count of people, a result, no way back."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.domain.ballots import Method
from bot.domain.drop_plan import WhileOffline
from bot.domain.ledger import canonical_bytes
from bot.domain.native_polls import Native
from bot.domain.poll_box import seed_shown
from bot.domain.poll_control import PollVerb
from bot.domain.polls import (
    PassRole,
    PollKind,
    PollState,
    evolve_poll,
    free_key,
    last_call_of,
    poll_of_scope,
    poll_plan_of,
    poll_scope,
)
from bot.domain.text import slug
from bot.domain.time import MINUTE, SECOND
from tests.conftest import NOON
from tests.domain.poll_world import SEED, World, poll_plan

OTHER = {
    "key": "mug",
    "question": "Next game?",
    "options": ("Hades", "Celeste"),
    "method": Method.RANKED,
    "window": 2 * MINUTE,
    "kind": PollKind.MOD_VOTE,
    "while_offline": WhileOffline.RUN,
    "last_call": 20 * SECOND,
    "goes_on_for": 10 * MINUTE,
    "quorum": 3,
    "hidden": True,
    "electorate": "moderator or vip",
    "pass_role": PassRole.WEIGHT,
    "pass_weight": 2,
    "native": Native.BESIDE,
}


def test_every_rule_of_a_poll_is_told_when_it_opens():
    plan, usual = poll_plan(**OTHER), poll_plan(key="mug")
    assert {each.name for each in fields(plan)} == set(OTHER)
    for told in (plan, usual):
        assert poll_plan_of("mug", told.as_public()) == told
        assert canonical_bytes(told.as_public())
    # Where nothing of Twitch's own is told there is none.
    assert "native" not in usual.as_public()
    for name in set(OTHER) - {"key", "native"}:
        public = plan.as_public()
        del public[name]
        with pytest.raises(KeyError):
            poll_plan_of("mug", public)


def test_an_opened_poll_commits_to_its_rules_and_keeps_its_seed_to_itself():
    world = World()
    poll = world.open()
    (opened, _), (seeded, _) = world.entries
    assert (opened.kind, opened.drop, poll.closes_at) == (
        "poll.opened",
        "poll:colour-of-the-next-mug",
        NOON + 90 * SECOND,
    )
    assert poll.ties == opened.public["ties"] == seeded.public["ties"]
    assert seed_shown(poll, SEED)
    assert not seed_shown(poll, SEED[::-1])
    assert SEED.hex() not in str([opened, seeded.public])
    # A moderator is shown, and can have erased, what names them: that must not be the seed.
    assert set(seeded.private) == {"seed"}
    assert seeded.person_id is None


def test_people_are_counted_once_however_often_they_change_their_minds():
    world = World()
    world.open()
    for person, option in [(1, 2), (2, 2), (1, 3), (1, 1), (3, 3)]:
        world.vote(person, option)
    assert world.poll.people == 3


def test_a_closed_poll_has_its_result_and_a_cancelled_one_has_none():
    closed, cancelled = World(), World()
    for world, verb in ((closed, PollVerb.CLOSE), (cancelled, PollVerb.CANCEL)):
        world.open()
        world.vote(1, 2)
        world.steer(verb)
    assert (closed.poll.state, closed.poll.closed_why, closed.poll.closed_at) == ("closed", "moderator", NOON)
    assert closed.poll.result["winner"] == 2
    assert (cancelled.poll.state, cancelled.poll.result) == (PollState.CANCELLED, None)
    assert len(cancelled.votes["colour-of-the-next-mug"]) == 1, "ballots are kept also then"


@pytest.mark.parametrize("kind", ["vote.cast", "poll.closed", "poll.cancelled", "poll.extended", "poll.paused"])
def test_nothing_happens_to_a_poll_that_is_over(kind):
    world = World()
    world.open()
    world.steer(PollVerb.CLOSE)
    with pytest.raises(ValueError, match="is closed"):
        evolve_poll(world.poll, kind, {"voter": "x", "why": "time", "closes_at": 0, "since": 0}, NOON)


def test_a_poll_that_never_opened_or_opens_twice_is_an_error():
    world = World()
    poll = world.open()
    with pytest.raises(ValueError, match="never opened"):
        evolve_poll(None, "vote.cast", {"voter": "x"}, NOON)
    with pytest.raises(ValueError, match="opened twice"):
        evolve_poll(poll, "poll.opened", world.entries[0][0].public, NOON)
    with pytest.raises(ValueError, match="unknown kind"):
        evolve_poll(poll, "poll.painted", {}, NOON)


def test_no_drop_can_have_the_scope_of_a_poll():
    assert poll_of_scope(poll_scope("mug")) == "mug"
    assert poll_of_scope("mug") is None
    assert ":" not in slug("poll:mug")


@pytest.mark.parametrize(
    ("question", "taken", "key"),
    [
        ("Next game?", [], "next-game"),
        ("Next game?", ["next-game", "next-game-3"], "next-game-2"),
        ("次のゲーム?", ["poll"], "poll-2"),
        ("Next game 2", ["next-game-2"], "next-game-2-2"),
    ],
)
def test_a_new_poll_gets_a_key_of_its_own(question, taken, key):
    assert free_key(question, taken) == key


def test_a_poll_that_is_over_in_no_time_has_no_last_call():
    assert (last_call_of(44 * SECOND), last_call_of(45 * SECOND)) == (0, 15 * SECOND)
