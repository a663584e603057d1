"""Bugs of polls, votes and passes, planted one at a time: a machine that misses one of them proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.domain import poll_box, poll_control, voting
from bot.domain.pass_terms import PassKind
from bot.domain.passes import Pass, PassRefusal, fitting_pass, returned_fact, spent_fact
from bot.domain.poll_box import Box
from bot.domain.verdicts import Accepted, Unknown
from bot.domain.voting import VoteAccepted, VoteRefusal
from bot.storage import batch, held_votes, outcomes, participation
from bot.storage import voting as votes_in_the_lane
from bot.storage.ballots import Ballots
from bot.storage.lane import Lane
from bot.storage.links import Links
from bot.storage.pass_rows import Passes

Plant = Callable[[Any], None]


def _deciding(change: Callable[..., tuple[Any, tuple[Any, ...]]]) -> Plant:
    """The decision of a vote and its facts, as `change` makes them of the honest ones."""

    def plant(patch: Any) -> None:
        honest = votes_in_the_lane.decide_vote

        def decide_vote(standing: Any, command: Any, moment: int) -> Any:
            return change(standing, command, moment, *honest(standing, command, moment))

        patch.setattr(votes_in_the_lane, "decide_vote", decide_vote)

    return plant


def a_pass_is_never_used_up(patch: Any) -> None:
    patch.setattr(Pass, "uses_left", property(lambda held: held.terms.uses))


def _spent_for_nothing(standing: Any, command: Any, moment: int, decision: Any, facts: Any) -> Any:
    wanted = command.with_pass and getattr(decision, "because", "") is VoteRefusal.BAD_CHOICE
    held = fitting_pass(standing.passes, PassKind.MOD_VOTE, standing.poll.scope, moment) if wanted else None
    if not isinstance(held, Pass):
        return decision, facts
    return decision, (spent_fact(held, standing.poll.scope, standing.voter, standing.person_id),)


def a_cancelled_poll_keeps_the_passes(patch: Any) -> None:
    patch.setattr(poll_control, "cancelling_facts", lambda poll, cancelled, votes: (cancelled,))


def _returned_too_often(standing: Any, command: Any, moment: int, decision: Any, facts: Any) -> Any:
    """Whoever changes their mind gets the pass back, and keeps what it was spent on."""
    kept = max((vote.pass_number for vote in standing.votes), default=0)
    if not (isinstance(decision, VoteAccepted) and decision.changed and kept):
        return decision, facts
    back = returned_fact(kept, standing.poll.scope, standing.voter, standing.person_id, "changed")
    return decision, (*facts, back)


def two_accounts_of_one_person_count_twice(patch: Any) -> None:
    patch.setattr(Box, "counted", lambda box: tuple(sorted(box.votes)))


def an_old_ballot_stays_beside_the_new_one(patch: Any) -> None:
    put = Ballots.put

    def keep(ballots: Ballots, vote: Any, replaced: Any) -> None:
        put(ballots, vote, [each for each in replaced if each == vote.voter])

    patch.setattr(Ballots, "put", keep)


def _closing(by: int) -> Plant:
    """The lane takes the close of a poll for an instant that is `by` microseconds later."""

    def plant(patch: Any) -> None:
        honest, honest_next = participation.due_in_poll, participation.next_due_in_poll

        def due_in_poll(poll: Any, stream: Any, pace: Any, moment: int) -> Any:
            return honest(poll, stream, pace, moment if poll.paused else moment - by)

        def next_due_in_poll(poll: Any, stream: Any, pace: Any) -> Any:
            due = honest_next(poll, stream, pace)
            return due if due is None or poll.paused else due + by

        patch.setattr(participation, "due_in_poll", due_in_poll)
        patch.setattr(participation, "next_due_in_poll", next_due_in_poll)

    return plant


def _expiring(by: int) -> Plant:
    def gone_by(held: Pass, moment: int) -> bool:
        return held.terms.expires_at is not None and moment >= held.terms.expires_at + by

    return lambda patch: patch.setattr(Pass, "gone_by", gone_by)


def a_voided_pass_can_be_spent(patch: Any) -> None:
    honest = Pass.why_not

    def why_not(held: Pass, moment: int) -> PassRefusal | None:
        because = honest(held, moment)
        return None if because is PassRefusal.VOIDED else because

    patch.setattr(Pass, "why_not", why_not)


def whoever_handed_a_pass_on_can_still_spend_it(patch: Any) -> None:
    patch.setattr(voting, "is_own", lambda held, persons: True)
    fold = Passes.fold

    def keep(passes: Passes, number: int, fact: Any) -> None:
        before = passes.get(number)
        fold(passes, number, fact)
        if before is not None and before.owner is not None:
            passes._by_owner[before.owner].add(number)

    patch.setattr(Passes, "fold", keep)


def weight_is_added_with_every_change(patch: Any) -> None:
    honest = voting._cast_fact

    def heavier(standing: Any, command: Any, ballot: Any, weight: int, number: int) -> Any:
        more = weight - 1 if standing.votes else 0
        return honest(standing, command, ballot, weight + more, number)

    patch.setattr(voting, "_cast_fact", heavier)


def votes_that_wait_are_lost_at_a_restart(patch: Any) -> None:
    patch.setattr(held_votes, "_load", lambda connection, channel_id, polls: iter(()))


def what_was_learnt_in_a_pause_is_not_looked_at(patch: Any) -> None:
    patch.setattr(participation, "_TURNS", frozenset({"poll.closed", "poll.cancelled"}))


def parting_makes_a_second_vote(patch: Any) -> None:
    together = Links.together
    patch.setattr(Links, "together", lambda links, person_id, *since: together(links, person_id, None))


def ties_go_to_the_first_option(patch: Any) -> None:
    patch.setattr(poll_box, "tie_order", lambda seed, key, options: tuple(range(1, options + 1)))


def unknown_is_a_yes(patch: Any) -> None:
    honest = voting.evaluate

    def evaluate(*asked: Any) -> Any:
        verdict = honest(*asked)
        return Accepted() if isinstance(verdict, Unknown) else verdict

    patch.setattr(voting, "evaluate", evaluate)


def what_a_failed_batch_decided_is_kept(patch: Any) -> None:
    patch.setattr(Lane, "_forget", lambda lane: None)


def requests_are_not_remembered(patch: Any) -> None:
    def overwrite(its: Any, request_id: str, *others: Any) -> bool:
        its.write_rows()
        its.connection.exec_driver_sql("DELETE FROM outcome WHERE request_id = ?", (request_id,))
        return store(its, request_id, *others)

    store = outcomes.store
    patch.setattr(outcomes, "load", lambda *its: {})
    patch.setattr(outcomes, "store", overwrite)


def whoever_waited_is_still_told_to_wait(patch: Any) -> None:
    patch.setattr(votes_in_the_lane, "complete", lambda its, *answer: its.write_rows())


def a_pause_stops_nobody(patch: Any) -> None:
    honest = voting._not_now

    def not_now(poll: Any) -> VoteRefusal | None:
        because = honest(poll)
        return None if because is VoteRefusal.PAUSED else because

    patch.setattr(voting, "_not_now", not_now)


def a_pass_stays_good_without_its_unit(patch: Any) -> None:
    patch.setattr(batch, "voided_with_unit", lambda passes, drop, unit: ())


_PLANTS: tuple[Plant, ...] = (
    a_pass_is_never_used_up,
    a_cancelled_poll_keeps_the_passes,
    two_accounts_of_one_person_count_twice,
    an_old_ballot_stays_beside_the_new_one,
    a_voided_pass_can_be_spent,
    whoever_handed_a_pass_on_can_still_spend_it,
    weight_is_added_with_every_change,
    votes_that_wait_are_lost_at_a_restart,
    what_was_learnt_in_a_pause_is_not_looked_at,
    parting_makes_a_second_vote,
    ties_go_to_the_first_option,
    unknown_is_a_yes,
    what_a_failed_batch_decided_is_kept,
    requests_are_not_remembered,
    whoever_waited_is_still_told_to_wait,
    a_pause_stops_nobody,
    a_pass_stays_good_without_its_unit,
)
BUGS: dict[str, Plant] = {plant.__name__: plant for plant in _PLANTS} | {
    "a_pass_is_spent_for_a_choice_that_is_none": _deciding(_spent_for_nothing),
    "a_pass_comes_back_with_every_change": _deciding(_returned_too_often),
    "polls_close_a_microsecond_late": _closing(1),
    "polls_close_a_microsecond_early": _closing(-1),
    "passes_end_a_microsecond_late": _expiring(1),
    "passes_end_a_microsecond_early": _expiring(-1),
}
