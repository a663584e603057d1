"""Who may vote, whose ballot counts, what is refused first, and that ballot and pass are one deed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballots import Ballot, BallotFault, Method
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.pass_terms import PassKind
from bot.domain.passes import PassRefusal
from bot.domain.poll_control import PollVerb
from bot.domain.polls import PassRole
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import (
    CastVote,
    VoteAccepted,
    VoteChecking,
    VoteRefusal,
    VoteRefused,
    choose_poll,
    decide_vote,
)
from tests.conftest import CHANNEL, NOON
from tests.domain.poll_world import World, account, back, choice, decided, offline

MOD_VOTE = {"electorate": "moderator", "pass_role": PassRole.ENTRY, "window": HOUR}
WEIGHTED = {"pass_role": PassRole.WEIGHT, "pass_weight": 2, "window": HOUR}
CHEAP = settings(max_examples=40, deadline=None, derandomize=True)


def opened(**changes) -> World:
    world = World()
    world.open(**changes)
    return world


def rows(world: World) -> list[tuple]:
    """Who has which ballot in the box, with what weight and which pass."""
    kept = world.votes.get(world.poll.key, {}).values()
    return [(vote.person_id, vote.ballot.choices, vote.weight, vote.pass_number) for vote in kept]


def test_a_vote_counts_and_its_choice_is_private():
    world = opened()
    accepted = world.vote(1, 2)
    assert accepted == VoteAccepted(
        world.poll.key, world.poll.plan.question, choice(2), closes_at=world.poll.closes_at
    )
    fact, _ = world.entries[-1]
    assert fact.public == {"voter": "colour-of-the-next-mug/1"}
    assert (fact.private["ballot"], fact.person_id, fact.drop) == ([2], 1, "poll:colour-of-the-next-mug")


def test_a_vote_can_be_changed_until_the_close_and_the_last_one_counts():
    world = opened()
    world.vote(1, 2)
    changed = world.vote(1, 3)
    assert (changed.changed, rows(world)) == (True, [(1, (3,), 1, 0)])
    world.come(world.poll.closes_at - 1)
    assert isinstance(world.vote(1, 1), VoteAccepted)
    world.come(world.poll.closes_at)
    assert world.vote(1, 2).because is VoteRefusal.CLOSED
    assert world.poll.result["counts"] == [[1, 1, 1], [2, 0, 0], [3, 0, 0]]


def test_the_same_vote_again_makes_no_entry():
    world = opened()
    world.vote(1, 2)
    entries = len(world.entries)
    again = world.vote(1, 2)
    assert (again.repeated, again.changed, len(world.entries)) == (True, False, entries)


def test_somebody_may_abstain_and_is_counted_for_the_quorum():
    world = opened(quorum=2)
    world.vote(1, 2)
    world.vote(2, choice())
    world.steer(PollVerb.CLOSE)
    assert (world.poll.result["people"], world.poll.result["abstained"], world.poll.result["winner"]) == (1, 1, 2)


def test_a_thousand_votes_are_a_thousand_people():
    world = opened()
    for person in range(1000):
        world.vote(person, person % 3 + 1)
    world.steer(PollVerb.CLOSE)
    assert world.poll.result["counts"] == [[1, 334, 334], [2, 333, 333], [3, 333, 333]]


# -- what is refused first --------------------------------------------------------------------------------------

BAD = VoteMistake(BallotFault.UNKNOWN_OPTION, "9")
# What is wrong with the poll, whether it takes passes, whether the asker is of the electorate, what they chose.
PRECEDENCE = [
    ("cancelled", PassRole.NONE, False, BAD, VoteRefusal.CANCELLED),
    ("closed", PassRole.NONE, False, BAD, VoteRefusal.CLOSED),
    ("paused", PassRole.NONE, False, BAD, VoteRefusal.PAUSED),
    ("open", PassRole.NONE, False, BAD, VoteRefusal.NO_PASSES_HERE),
    ("open", PassRole.WEIGHT, False, BAD, VoteRefusal.NOT_ENTITLED),
    ("open", PassRole.WEIGHT, True, BAD, VoteRefusal.NO_FITTING_PASS),
    ("open", PassRole.ENTRY, False, BAD, VoteRefusal.NO_FITTING_PASS),
    ("open", PassRole.ENTRY, True, BAD, VoteRefusal.BAD_CHOICE),
]


def test_the_order_of_reasons_is_the_one_that_is_written_down():
    met = list(dict.fromkeys(because for *_, because in PRECEDENCE))
    assert met == [each for each in VoteRefusal if each in met]
    assert set(VoteRefusal) - set(met) == {
        VoteRefusal.NOTHING_ON,
        VoteRefusal.WHICH_POLL,
        VoteRefusal.UNKNOWN_POLL,
    }


@pytest.mark.parametrize(("state", "role", "moderator", "said", "because"), PRECEDENCE)
def test_the_first_reason_that_applies_is_the_answer(state, role, moderator, said, because):
    world = opened(electorate="moderator", pass_role=role, window=HOUR)
    match state:
        case "cancelled":
            world.steer(PollVerb.CANCEL)
        case "closed":
            world.steer(PollVerb.CLOSE)
        case "paused":
            world.come(NOON + 5 * MINUTE, offline(NOON + SECOND))
    entries = len(world.entries)
    refused = world.vote(1, said, moderator=moderator, with_pass=True)
    assert isinstance(refused, VoteRefused)
    assert (refused.because, len(world.entries)) == (because, entries)


def test_a_paused_poll_says_when_it_goes_on():
    world = opened(window=HOUR)
    world.come(NOON + 5 * MINUTE, offline(NOON + SECOND))
    assert world.vote(1, 2).retry_at is None
    at = NOON + 6 * MINUTE
    world.come(at, back(at))
    assert world.vote(1, 2).retry_at == at + 30 * SECOND


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (VoteMistake(BallotFault.AMBIGUOUS), BallotFault.AMBIGUOUS),
        (choice(1, 3, method=Method.APPROVAL), BallotFault.UNCLEAR),
        (Ballot(Method.PLURALITY, (4,)), BallotFault.UNKNOWN_OPTION),
        (Ballot(Method.PLURALITY, (1, 2)), BallotFault.TOO_MANY),
    ],
)
def test_what_is_no_ballot_of_this_poll_is_refused_with_the_reason_and_the_earlier_one_stays(said, fault):
    world = opened()
    world.vote(1, 2)
    assert world.vote(1, said).mistake.because is fault
    assert rows(world) == [(1, (2,), 1, 0)]


# -- which poll -------------------------------------------------------------------------------------------------


def test_a_bare_choice_means_what_is_on_in_the_stream_then_what_outlived_it_then_what_was():
    world = World()
    assert choose_poll((), "").because is VoteRefusal.NOTHING_ON
    assert choose_poll((), "mug").because is VoteRefusal.UNKNOWN_POLL
    first = world.open(question="First?", window=2 * HOUR, goes_on_for=HOUR)
    assert choose_poll(world.polls.values(), "") is first
    world.come(NOON + 30 * MINUTE, offline(NOON))
    assert choose_poll(world.polls.values(), "").key == "first"
    world.come(NOON + 31 * MINUTE, back(NOON + 31 * MINUTE))
    world.open(question="Second?")
    assert choose_poll(world.polls.values(), "").key == "second"
    assert choose_poll(world.polls.values(), "first").key == "first"
    world.steer(PollVerb.CLOSE, "first")
    world.now += SECOND
    world.steer(PollVerb.CANCEL, "second")
    assert choose_poll(world.polls.values(), "").key == "second"


def test_among_several_polls_nothing_is_guessed():
    one, other = opened(question="One?"), opened(question="Other?")
    assert choose_poll([one.poll, other.poll], "").because is VoteRefusal.WHICH_POLL


# -- the electorate ---------------------------------------------------------------------------------------------


def test_an_electorate_lets_in_whom_its_gate_lets_in():
    world = opened(electorate="moderator")
    assert isinstance(world.vote(1, 2, moderator=True), VoteAccepted)
    refused = world.vote(2, 2)
    assert (refused.because, refused.has_pass) == (VoteRefusal.NOT_ENTITLED, False)


def test_nobody_is_let_in_by_a_gate_that_cannot_be_read():
    world = opened(electorate="no gate at all")
    assert world.vote(1, 2, moderator=True).because is VoteRefusal.NOT_ENTITLED


def test_what_nobody_can_say_yet_is_checked_and_the_choice_first():
    world = opened(electorate="moderator")
    checking = world.vote(1, 2, moderator=None)
    assert checking == VoteChecking(
        world.poll.key, world.poll.plan.question, ("moderator",), (("twitch", "id-viewer-1"),)
    )
    assert world.vote(1, BAD, moderator=None).because is VoteRefusal.BAD_CHOICE
    assert rows(world) == []


def test_who_has_voted_may_change_that_without_being_asked_again():
    world = opened(electorate="moderator")
    world.vote(1, 2, moderator=True)
    assert world.vote(1, 3, moderator=False).changed


# -- passes -----------------------------------------------------------------------------------------------------


def test_a_pass_lets_its_holder_vote_and_is_spent_in_the_same_decision():
    world = opened(**MOD_VOTE)
    world.grant(1)
    assert world.vote(1, 2).has_pass, "nothing is spent unasked"
    facts = decided(world, 1, choice(2), with_pass=True)[1]
    assert [fact.kind for fact in facts] == ["pass.spent", "vote.cast"]
    accepted = world.vote(1, 2, with_pass=True)
    assert (accepted.pass_spent, accepted.weight, world.passes[1].uses_left) == (1, 1, 0)
    assert rows(world) == [(1, (2,), 1, 1)]


def test_no_public_part_says_which_pass_was_spent_or_on_what():
    world = opened(**MOD_VOTE)
    world.grant(1)
    world.vote(1, 2, with_pass=True)
    world.steer(PollVerb.CANCEL)
    told = [fact.public for fact, _ in world.entries if fact.drop.startswith("poll:")][2:]
    assert all("pass" not in public and "ballot" not in public for public in told)
    assert [sorted(public) for public in told] == [["holder"], ["voter"], ["why"], ["holder", "why"]]


def test_a_choice_that_was_made_with_a_pass_is_changed_with_the_same_pass():
    world = opened(**MOD_VOTE)
    world.grant(1, uses=3)
    world.vote(1, 2, with_pass=True)
    for with_pass in (True, False):
        changed = world.vote(1, 3 - with_pass, with_pass=with_pass)
        assert (changed.pass_spent, changed.pass_kept) == (0, False)
    assert world.passes[1].uses_left == 2
    assert rows(world) == [(1, (3,), 1, 1)]


def test_a_pass_that_makes_no_difference_is_kept():
    world = opened(**MOD_VOTE)
    world.grant(1)
    accepted = world.vote(1, 2, moderator=True, with_pass=True)
    assert (accepted.pass_kept, accepted.pass_spent, world.passes[1].uses_left) == (True, 0, 1)


def test_a_pass_does_not_wait_for_what_nobody_can_say():
    world = opened(**MOD_VOTE)
    world.grant(1)
    assert world.vote(1, 2, moderator=None, with_pass=True).pass_spent == 1


def test_a_pass_adds_the_weight_that_was_declared_and_only_for_the_electorate():
    world = opened(**WEIGHTED)
    world.grant(1)
    world.vote(1, 2)
    accepted = world.vote(1, 2, with_pass=True)
    assert (accepted.weight, accepted.repeated) == (3, False)
    assert rows(world) == [(1, (2,), 3, 1)]
    assert world.entries[-1][0].public["weight"] == 3
    world.vote(2, 1)
    world.vote(3, 1)
    world.steer(PollVerb.CLOSE)
    assert world.poll.result["counts"] == [[1, 2, 2], [2, 3, 1], [3, 0, 0]]
    outside = opened(**{**WEIGHTED, "electorate": "moderator"})
    outside.grant(1)
    assert outside.vote(1, 2, with_pass=True).because is VoteRefusal.NOT_ENTITLED
    assert outside.passes[1].uses_left == 1


@pytest.mark.parametrize(
    ("terms", "because"),
    [
        (None, PassRefusal.NO_PASS),
        ({"kind": PassKind.GAME_NIGHT}, PassRefusal.NO_PASS),
        ({"expires_at": NOON}, PassRefusal.EXPIRED),
    ],
)
def test_a_pass_that_does_not_fit_casts_nothing(terms, because):
    world = opened(**MOD_VOTE)
    if terms is not None:
        world.grant(1, **terms)
    refused = world.vote(1, 2, with_pass=True)
    assert (refused.because, refused.pass_because) == (VoteRefusal.NO_FITTING_PASS, because)
    assert rows(world) == []


def test_nobody_spends_the_pass_of_somebody_else():
    world = opened(**MOD_VOTE)
    standing = world.standing(1)._replace(passes=(world.grant(2),))
    command = CastVote(CHANNEL, "twitch:x", account(1), choice(2), with_pass=True)
    refused, facts = decide_vote(standing, command, world.now)
    assert (refused.because, refused.pass_because, facts) == (
        VoteRefusal.NO_FITTING_PASS,
        PassRefusal.NO_PASS,
        (),
    )


@pytest.mark.parametrize(("window", "retry"), [(3 * DAY, True), (DAY, False)])
def test_somebody_who_only_has_to_wait_is_told_so_where_the_poll_lasts_that_long(window, retry):
    world = opened(electorate="follower_days>=7", window=window)
    follower = Question(Entitlement.FOLLOWER)
    found = Found(NOON - 5 * DAY, NOON, NOON + DAY)
    standing = world.standing(1)._replace(evidence={follower: found})
    refused, _ = decide_vote(standing, CastVote(CHANNEL, "twitch:x", account(1), choice(2)), world.now)
    assert refused.because is VoteRefusal.NOT_ENTITLED
    assert refused.retry_at == (NOON + 2 * DAY if retry else None)


def test_an_invalid_choice_spends_no_pass():
    world = opened(**MOD_VOTE)
    world.grant(1)
    assert world.vote(1, BAD, with_pass=True).because is VoteRefusal.BAD_CHOICE
    assert world.passes[1].uses_left == 1


def test_a_cancelled_poll_gives_the_pass_back_and_a_closed_one_does_not():
    for verb, left in ((PollVerb.CANCEL, 1), (PollVerb.CLOSE, 0)):
        world = opened(**MOD_VOTE)
        world.grant(1)
        world.vote(1, 2, with_pass=True)
        world.steer(verb)
        assert world.passes[1].uses_left == left


# -- one person on two platforms --------------------------------------------------------------------------------


def test_two_linked_accounts_have_one_vote_and_the_last_choice_counts():
    world = opened()
    world.linked = [{1, 2}]
    world.vote(1, 2)
    assert world.vote(2, 3).changed
    assert rows(world) == [(2, (3,), 1, 0)]
    assert world.entries[-1][0].public["replaces"] == ["colour-of-the-next-mug/1"]
    assert world.vote(1, 3).repeated


def test_two_devices_at_once_spend_one_pass_and_cast_one_ballot():
    world = opened(**MOD_VOTE)
    world.linked = [{1, 2}]
    world.grant(1, uses=2)
    assert world.vote(1, 2, with_pass=True).pass_spent == 1
    assert world.vote(2, 2, with_pass=True).pass_spent == 0
    assert world.passes[1].uses_left == 1
    assert rows(world) == [(1, (2,), 1, 1)]


def test_accounts_that_were_linked_after_they_voted_count_once_and_get_the_other_pass_back():
    for votes_again in (False, True):
        world = opened(**WEIGHTED)
        for person in (1, 2):
            world.grant(person)
            world.vote(person, person, with_pass=True)
        world.linked = [{1, 2}]
        if votes_again:
            world.vote(1, 3)
        world.steer(PollVerb.CLOSE)
        assert world.poll.result["weight"] == 3
        assert world.poll.people == 1
        assert world.poll.result["winner"] == (3 if votes_again else 2)
        assert sorted(held.uses_left for held in world.passes.values()) == [0, 1]


@CHEAP
@given(
    deeds=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=25),
    groups=st.sampled_from([[], [{1, 2}], [{1, 2}, {3, 4}], [{1, 2, 3}]]),
    from_the_start=st.booleans(),
)
def test_everybody_has_the_last_ballot_they_cast_whoever_is_linked_and_whenever(deeds, groups, from_the_start):
    world = opened()
    world.linked = groups if from_the_start else []
    last: dict[int, int] = {}
    for person, option in deeds:
        world.vote(person, option)
        # The same again is no new ballot, and does not come after what another account has cast since.
        if from_the_start or last.get(person) != option:
            last.pop(person, None)
            last[person] = option
    world.linked = groups
    whose = {person: min(group) for group in groups for person in group}
    expected = {whose.get(person, person): option for person, option in last.items()}
    world.steer(PollVerb.CLOSE)
    counts = [[option, n, n] for option in (1, 2, 3) for n in [list(expected.values()).count(option)]]
    assert world.poll.result["counts"] == counts
