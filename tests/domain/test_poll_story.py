"""What a stranger sees of a poll holds together, and each lie about it is told as what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from bot.domain.ballots import Method
from bot.domain.ledger import Fact
from bot.domain.poll_box import recount_fact
from bot.domain.poll_control import PollVerb
from bot.domain.poll_story import PollStory
from bot.domain.polls import PassRole, PollState
from bot.domain.public_lines import EntryRefused, PublicEntry
from bot.domain.time import MINUTE, SECOND
from tests.conftest import NOON
from tests.domain.ballot_cases import ballot
from tests.domain.poll_world import World, back, offline

Told = list[tuple[Fact, int]]


def story_of(told: Iterable[tuple[Fact, int]]) -> PollStory:
    """The story that these facts tell; nothing but their public parts is seen. Raises EntryRefused."""
    stories: dict[str, PollStory] = {}
    for number, (fact, at) in enumerate(told, 1):
        if fact.drop:
            key = fact.drop.removeprefix("poll:")
            entry = PublicEntry(number, at, "teapot", fact.kind, fact.drop, fact.public, b"", number)
            stories.setdefault(key, PollStory(key)).tell(entry)
    (story,) = stories.values()
    return story


def evening(**changes: Any) -> World:
    """Three vote, one of them twice, and the poll closes in time; it is counted once more."""
    world = World()
    world.open(**changes)
    for person, option in ((1, 1), (2, 2), (3, 2), (1, 3)):
        world.now += SECOND
        world.vote(person, option)
    world.come(NOON + 2 * MINUTE)
    world.fold([recount_fact(world.poll, world.box(world.poll.key))])
    return world


def mod_vote(role: PassRole, **changes: Any) -> World:
    world = World()
    world.open(electorate="moderator", pass_role=role, **changes)
    world.vote(1, 1, moderator=True)
    for person in (2, 3):
        world.grant(person)
        world.vote(person, 2, moderator=role is PassRole.WEIGHT, with_pass=True)
    world.vote(3, 3, with_pass=True)
    return world


def test_an_honest_poll_holds_and_tells_who_has_voted():
    story = story_of(evening().entries)
    assert story.poll is not None
    assert (story.poll.state, story.poll.people) == (PollState.CLOSED, 3)
    assert set(story.weights.values()) == {1}
    assert len(story.weights) == 3


@pytest.mark.parametrize("method", list(Method))
def test_every_method_closes_with_a_result_that_its_votes_can_have_come_to(method):
    world = World()
    world.open(method=method)
    scores = (5,) if method is Method.SCORE else ()
    for person in (1, 2, 3):
        world.vote(person, ballot(method, (person,), scores, options=3))
    if method is not Method.PLURALITY:
        world.vote(4, ballot(method, (), options=3))
    world.come(NOON + 2 * MINUTE)
    assert story_of(world.entries).poll.state is PollState.CLOSED


@pytest.mark.parametrize("role", [PassRole.ENTRY, PassRole.WEIGHT])
def test_passes_are_spent_with_a_vote_and_come_back_with_a_cancelled_poll(role):
    world = mod_vote(role, pass_weight=2)
    story = story_of(world.entries)
    assert sorted(story.passes.values()) == [1, 1]
    assert sorted(story.weights.values()) == ([1, 3, 3] if role is PassRole.WEIGHT else [1, 1, 1])
    world.steer(PollVerb.CANCEL)
    assert sorted(story_of(world.entries).passes.values()) == [0, 0]


def test_people_who_are_linked_later_have_one_vote_and_one_pass_comes_back():
    world = mod_vote(PassRole.ENTRY)
    world.linked = [{2, 3}]
    world.vote(3, 1)
    story = story_of(world.entries)
    assert (len(story.weights), sorted(story.passes.values())) == (2, [1])
    world.steer(PollVerb.CANCEL)
    assert sorted(story_of(world.entries).passes.values()) == [0]


def test_a_poll_that_is_paused_goes_on_for_as_long_as_was_lost():
    world = World()
    world.open(window=30 * MINUTE)
    world.come(NOON + 10 * MINUTE, offline(NOON + 5 * MINUTE))
    world.come(NOON + 12 * MINUTE, back(NOON + 11 * MINUTE))
    for minute in range(13, 50):
        world.come(NOON + minute * MINUTE)
    kinds = [fact.kind for fact, _ in world.entries]
    assert kinds[2:] == ["poll.paused", "poll.resuming", "poll.resumed", "poll.closed"]
    assert story_of(world.entries).poll.state is PollState.CLOSED
    with pytest.raises(EntryRefused, match="for longer or shorter than was lost"):
        story_of(lied(world.entries, "poll.resumed", closes_at=NOON + 50 * MINUTE))
    paused = 2 + kinds[2:].index("poll.paused") + 1
    vote = Fact("vote.cast", world.poll.scope, {"voter": "late"})
    with pytest.raises(EntryRefused, match="while the poll is paused"):
        story_of([*world.entries[:paused], (vote, NOON + 9 * MINUTE)])


def lied(told: Told, kind: str, nth: int = 0, *, at: int | None = None, **public: Any) -> Told:
    """The same with the nth entry of that kind told otherwise; None takes something out of it."""
    place = [place for place, (fact, _) in enumerate(told) if fact.kind == kind][nth]
    fact, was = told[place]
    changed = {**fact.public, **public}
    changed = {name: value for name, value in changed.items() if value is not None}
    return [*told[:place], (fact._replace(public=changed), was if at is None else at), *told[place + 1 :]]


def result(told: Told, **changes: Any) -> dict[str, Any]:
    (fact,) = (fact for fact, _ in told if fact.kind == "poll.closed")
    return {**fact.public["result"], **changes}


def without(told: Told, kind: str, nth: int = 0) -> Told:
    place = [place for place, (fact, _) in enumerate(told) if fact.kind == kind][nth]
    return [*told[:place], *told[place + 1 :]]


LIES: dict[str, Callable[[Told], Told]] = {
    "there cannot be a poll": lambda told: lied(told, "poll.opened", options=["teal"]),
    "not open for as long": lambda told: lied(told, "poll.opened", closes_at=NOON + SECOND),
    "has committed to": lambda told: lied(told, "poll.seeded", ties="00" * 32),
    "a vote is cast after the poll's time": lambda told: lied(told, "vote.cast", 2, at=NOON + 90 * SECOND),
    "does not say whose vote it is": lambda told: lied(told, "vote.cast", voter=""),
    "who has none": lambda told: lied(told, "vote.cast", 1, replaces=["stranger"]),
    "this one does not replace it": lambda told: lied(told, "vote.cast", 3, replaces=None),
    "it has to weigh 1": lambda told: lied(told, "vote.cast", weight=2),
    "before its time": lambda told: lied(told, "poll.closed", at=NOON + 89 * SECOND),
    "its seed is not the one": lambda told: lied(told, "poll.closed", seed="01" * 32),
    "and 3 have voted": lambda told: lied(told, "poll.closed", result=result(told, people=4)),
    "nobody is counted": lambda told: lied(told, "poll.closed", result=result(told, people=0, weight=0)),
    "not of the options": lambda told: lied(told, "poll.closed", result=result(told, counts=[[1, 3, 3]])),
    "more people than are counted": lambda told: lied(
        told, "poll.closed", result=result(told, counts=[[1, 9, 9], [2, 0, 0], [3, 0, 0]])
    ),
    "counted by other rules": lambda told: lied(told, "poll.closed", result=result(told, method="score")),
    "one of its counts is no number": lambda told: lied(told, "poll.closed", result=result(told, weight=True)),
    "does not say 'result'": lambda told: lied(told, "poll.closed", result=None),
    "whether the count agrees": lambda told: lied(told, "poll.recounted", agrees=False),
    "come to something else": lambda told: lied(
        told, "poll.recounted", agrees=False, result=result(told, people=2)
    ),
    "a poll that was never opened": lambda told: without(told, "poll.opened"),
    "opened twice": lambda told: [told[0], *told],
    "while the poll is closed": lambda told: [*told, (told[2][0], told[-1][1])],
}


@pytest.mark.parametrize("words", list(LIES))
def test_a_lie_about_a_poll_is_told_as_what_it_is(words):
    told = evening().entries
    with pytest.raises(EntryRefused) as refused:
        story_of(LIES[words](list(told)))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (lambda told: without(told, "vote.cast", 1), "no vote came with it"),
        (lambda told: without(told, "pass.spent"), "comes back, and none was spent"),
        (lambda told: lied(told, "pass.returned", holder="stranger"), "comes back, and none was spent"),
        (lambda told: lied(told, "poll.opened", pass_role="none"), "passes are good for nothing here"),
        (lambda told: lied(told, "pass.spent", holder="stranger"), "the pass of stranger is spent"),
    ],
)
def test_a_lie_about_a_pass_is_told_as_what_it_is(lie, words):
    world = mod_vote(PassRole.ENTRY)
    world.steer(PollVerb.CANCEL)
    with pytest.raises(EntryRefused, match=words):
        story_of(lie(list(world.entries)))


def test_a_pass_that_weighs_has_to_be_spent_and_then_does_weigh():
    told = mod_vote(PassRole.WEIGHT, pass_weight=2).entries
    with pytest.raises(EntryRefused, match="weighs 3, it has to weigh 1"):
        story_of(without(told, "pass.spent"))
    with pytest.raises(EntryRefused, match="weighs 1, it has to weigh 3"):
        story_of(lied(told, "vote.cast", 1, weight=None))
