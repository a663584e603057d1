"""The box of a poll: the result and the seed it closes with, and that a recount comes to the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.draws import tie_order
from bot.domain.ledger import Fact
from bot.domain.poll_box import closing_facts, count, recount_fact
from bot.domain.poll_control import PollVerb
from tests.domain.poll_world import SEED, World, choice


def voted(*options: int, **changes) -> World:
    world = World()
    world.open(**changes)
    for person, option in enumerate(options, 1):
        world.vote(person, option)
    return world


def test_a_tie_falls_as_the_seed_says_that_was_committed_to_before():
    world = voted(1, 2, 3)
    world.steer(PollVerb.CLOSE)
    closed, _ = world.entries[-1]
    assert closed.public["seed"] == SEED.hex()
    assert closed.public["result"]["winner"] == tie_order(SEED, world.poll.key, 3)[0]
    assert closed.public["result"]["ties"] == [[0, [1, 2, 3], closed.public["result"]["winner"]]]


def test_a_close_with_another_seed_is_an_error():
    world = voted(1, 2)
    box = replace(world.box(world.poll.key), seed=SEED[::-1])
    with pytest.raises(ValueError, match="not the seed"):
        closing_facts(world.poll, Fact("poll.closed", world.poll.scope, {"why": "time", "late": False}), box)


def test_a_recount_of_what_is_kept_comes_to_the_announced_result_and_is_an_entry():
    world = voted(1, 2, 2, 3)
    world.steer(PollVerb.CLOSE)
    fact = recount_fact(world.poll, world.box(world.poll.key))
    assert (fact.kind, fact.drop, fact.public["agrees"]) == ("poll.recounted", world.poll.scope, True)
    before = world.poll
    world.fold([fact])
    assert world.poll == before


def test_a_recount_finds_a_ballot_that_was_tampered_with_or_lost():
    world = voted(1, 2, 2)
    world.steer(PollVerb.CLOSE)
    box = world.box(world.poll.key)
    lost = replace(box, votes=box.votes[1:])
    changed = replace(box, votes=(box.votes[0]._replace(ballot=choice(2)), *box.votes[1:]))
    other_seed = replace(box, seed=SEED[::-1])
    for wrong in (lost, changed, other_seed):
        assert recount_fact(world.poll, wrong).public["agrees"] is False


def test_a_poll_without_a_result_cannot_be_counted_again():
    world = voted(1)
    with pytest.raises(ValueError, match="no result"):
        recount_fact(world.poll, world.box(world.poll.key))


def test_what_comes_out_does_not_depend_on_how_the_box_is_turned():
    world = voted(1, 2, 3, 2)
    world.linked = [{2, 3}]
    box = world.box(world.poll.key)
    assert [vote.person_id for vote in box.counted()] == [1, 3, 4]
    assert count(world.poll, box) == count(world.poll, replace(box, votes=box.votes[::-1]))


def test_too_few_people_decide_nothing():
    world = voted(1, 1, quorum=3)
    world.steer(PollVerb.CLOSE)
    assert (world.poll.result["leading"], world.poll.result["winner"]) == (1, None)


def test_nobody_is_shown_the_seed_of_a_box():
    assert SEED.hex() not in repr(voted(1).box("colour-of-the-next-mug"))
    assert repr(SEED) not in repr(voted(1).box("colour-of-the-next-mug"))
