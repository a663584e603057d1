"""Votes in the lane: the standing of one vote, the facts and the pass of its decision, and votes that wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain.answers import Answer
from bot.domain.ballots import Ballot
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.gates import Gate, questions
from bot.domain.linking import TWITCH
from bot.domain.people import Account, Actor
from bot.domain.polls import Poll
from bot.domain.time import Micros
from bot.domain.voting import (
    CastVote,
    VoteAccepted,
    VoteChecking,
    VoteDecision,
    VoteRefusal,
    VoteRefused,
    VoteStanding,
    choose_poll,
    decide_vote,
)
from bot.storage.batch import Batch
from bot.storage.directory import Person
from bot.storage.held_votes import HeldVote
from bot.storage.outcomes import complete
from bot.storage.standing import evidence_for, gate_of, of_one_account, whose_evidence

_MODERATOR = Question(Entitlement.MODERATOR)


def handle(batch: Batch, command: CastVote, moment: Micros) -> VoteDecision:
    """Decide one vote within the batch: ballot and pass in one, or nothing at all."""
    polls = batch.book.participation.polls
    named = polls.get(command.poll)
    # Nearly every vote says in which poll it is, and there are more of these every evening.
    poll = choose_poll(polls.values() if named is None else (named,), command.poll)
    if isinstance(poll, VoteRefused):
        return poll
    actor = command.actor
    person = batch.person(actor, moment)
    told = dict(command.evidence)
    waiting = _waiting(batch, poll, person.id)
    for held in waiting:
        # What this vote knows may be what an earlier one waits for: that one comes first.
        whose_evidence(batch, held)
        held.learn(actor.key, told)
        settle(batch, held, moment)
    standing = _standing(batch, poll, person, actor, of_one_account(batch, person.id, told), moment)
    decision, facts = decide_vote(standing, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    if isinstance(decision, VoteChecking) and isinstance(command.choice, Ballot):
        held = HeldVote(command.request_id, poll.key, person.id, actor, moment, accounts=standing.accounts)
        held.ballot, held.with_pass = command.choice, command.with_pass
        held.learn(actor.key, told)
        batch.book.participation.held_votes.add(held)
        batch.held = True
    elif isinstance(decision, VoteAccepted):
        for held in _waiting(batch, poll, person.id):
            # It would undo, later on, what has just been chosen.
            _complete(batch, held, decision, moment)
    return decision


def learn(batch: Batch, told: Mapping[Account, Mapping[Question, Found]], moment: Micros) -> int:
    """Judge again every vote that waits for something about these accounts; returns how many were answered."""
    answered = 0
    for held in list(batch.book.participation.held_votes):
        known = [account for account in whose_evidence(batch, held) if account in told]
        for account in known:
            held.learn(account, told[account])
        if known:
            answered += settle(batch, held, moment)
    return answered


def settle_turned(batch: Batch, moment: Micros) -> None:
    """Judge again what waited in polls that have taken a turn: one that is over takes nobody's vote any more, one
    that goes on takes what came before its pause."""
    part = batch.book.participation
    while part.turned:
        for held in part.held_votes.of(part.turned.pop()):
            settle(batch, held, moment)


def forget(batch: Batch, persons: Collection[int], moment: Micros) -> None:
    """Refuse what these persons wait for: nobody may ask about them any more, and nobody can tell them."""
    for held in [held for held in batch.book.participation.held_votes if held.person_id in persons]:
        poll = batch.book.participation.polls[held.drop]
        refused = VoteRefused(VoteRefusal.NOT_ENTITLED, poll.key, poll.plan.question)
        complete(batch, held.request_id, refused, moment)
        batch.book.participation.held_votes.remove(batch.connection, held.request_id)


def settle(batch: Batch, held: HeldVote, moment: Micros) -> bool:
    """Judge a vote that has waited; returns whether it was answered."""
    poll = batch.book.participation.polls[held.drop]
    if poll.paused:
        # It was asked for while the poll ran, and is judged when that goes on.
        return False
    whose_evidence(batch, held)
    person = batch.person(held.actor, moment)
    standing = _standing(batch, poll, person, held.actor, held.evidence, moment)
    decision, facts = decide_vote(standing, held.command(batch.channel_id), moment)
    if isinstance(decision, VoteChecking):
        return False
    for fact in facts:
        batch.record(fact, moment)
    _complete(batch, held, decision, moment)
    return True


def _complete(batch: Batch, held: HeldVote, decision: VoteAccepted | VoteRefused, moment: Micros) -> None:
    # Both rows may be waiting in this very batch.
    complete(batch, held.request_id, decision, moment)
    batch.book.participation.held_votes.remove(batch.connection, held.request_id)
    batch.voted.append((held.actor, Answer(held.request_id, decision, moment)))


def _waiting(batch: Batch, poll: Poll, person_id: int) -> list[HeldVote]:
    """What this human waits for in this poll. Who was linked with them before is in by no evidence of theirs."""
    return batch.book.participation.held_votes.of_people(poll.key, batch.counted_as(person_id))


def _standing(
    batch: Batch, poll: Poll, person: Person, actor: Actor, told: Mapping[Question, Found], moment: Micros
) -> VoteStanding:
    part, person_id = batch.book.participation, person.id
    # Also whoever was linked while it ran: parting makes no second vote.
    together = batch.book.links.together(person_id, poll.opened_at)
    voter = batch.holder(person, poll.scope)
    if not poll.open:
        # Refused for that alone; its ballots would have to be read once more.
        return VoteStanding(poll, person_id, voter, together)
    votes = part.ballots(batch.connection, poll).of(together)
    passes = part.passes.of(batch.counted_as(person_id))
    gate = gate_of(poll.plan.electorate) if poll.plan.electorate else None
    if gate is None or votes:
        return VoteStanding(poll, person_id, voter, together, votes, passes, gate)
    accounts = batch.accounts(person_id, actor.key)
    found = evidence_for(batch, gate, batch.counted_as(person_id), accounts, told, moment)
    found = {**found, **_by_the_event(gate, actor, moment)}
    return VoteStanding(poll, person_id, voter, together, votes, passes, gate, found, accounts)


def _by_the_event(gate: Gate, actor: Actor, moment: Micros) -> dict[Question, Found]:
    """Whether somebody is a moderator, as the very event tells by which they vote: a line of Twitch chat carries
    their badges. Who is none on Discord may be one on Twitch."""
    asked = any(_MODERATOR in each for each in questions(gate).values())
    if not asked or not (actor.steers or actor.platform == TWITCH):
        return {}
    return {_MODERATOR: Found(int(actor.steers), moment, moment + 1)}
