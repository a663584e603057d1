"""Polls and ballots as rows: the fold of a poll's facts and the ballots that stand, written and read back."""

from __future__ import annotations

from typing import Any, cast

import orjson
from sqlalchemy import Row

from bot.domain.ballots import Ballot, BallotFault, Method, plain_ballot, read_plain
from bot.domain.ledger import Fact, canonical_bytes
from bot.domain.native_polls import native_end_of
from bot.domain.poll_box import Vote
from bot.domain.polls import Poll, PollState, poll_plan_of


def poll_values(channel_id: int, poll: Poll, seed: bytes) -> dict[str, Any]:
    """The row of a poll."""
    return {
        "channel_id": channel_id,
        "key": poll.key,
        "plan": canonical_bytes(poll.plan.as_public()).decode(),
        "ties": poll.ties,
        "seed": seed,
        "state": str(poll.state),
        "opened_at": poll.opened_at,
        "closes_at": poll.closes_at,
        "closed_at": poll.closed_at,
        "closed_why": poll.closed_why,
        "paused_at": poll.paused_at,
        "resume_at": poll.resume_at,
        "last_call_said": int(poll.last_call_said),
        "goes_on": int(poll.goes_on),
        "people": poll.people,
        "result": None if poll.result is None else canonical_bytes(poll.result).decode(),
        "native": None if poll.native is None else canonical_bytes(poll.native.as_public()).decode(),
    }


def poll_of(row: Row[Any]) -> Poll:
    """The poll of a row."""
    return Poll(
        plan=poll_plan_of(row.key, orjson.loads(row.plan)),
        ties=row.ties,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        state=PollState(row.state),
        closed_at=row.closed_at,
        closed_why=row.closed_why,
        paused_at=row.paused_at,
        resume_at=row.resume_at,
        last_call_said=bool(row.last_call_said),
        goes_on=bool(row.goes_on),
        people=row.people,
        result=None if row.result is None else orjson.loads(row.result),
        native=None if row.native is None else native_end_of(orjson.loads(row.native)),
    )


def ballot_values(channel_id: int, poll: str, vote: Vote) -> dict[str, Any]:
    """The row of a ballot, in the order of the table's columns."""
    return {
        "channel_id": channel_id,
        "poll_key": poll,
        "person_id": vote.person_id,
        "entry_number": vote.entry,
        "voter": vote.voter,
        "choice": choice_text(vote.ballot),
        "weight": vote.weight,
        "pass_number": vote.pass_number,
    }


def vote_of(row: Row[Any], poll: Poll) -> Vote:
    """The ballot of a row. Raises ValueError for one that is none of this poll."""
    ballot = choice_of(row.choice, poll.plan.method, len(poll.plan.options))
    return Vote(row.entry_number, row.person_id, row.voter, ballot, row.weight, row.pass_number)


def vote_cast(poll: Poll, fact: Fact, entry_number: int) -> Vote:
    """The ballot of a `vote.cast`. Raises KeyError or ValueError for one that is none of this poll."""
    plan, private = poll.plan, fact.private
    ballot = read_plain(plan.method, len(plan.options), private["ballot"])
    if isinstance(ballot, BallotFault):
        raise ValueError(f"this is no ballot of the poll {poll.key}: {ballot}")
    return Vote(
        entry=entry_number,
        person_id=cast(int, private["person"]),
        voter=str(fact.public["voter"]),
        ballot=ballot,
        weight=cast(int, fact.public.get("weight", 1)),
        pass_number=cast(int, private.get("pass", 0)),
    )


def choice_text(ballot: Ballot) -> str:
    """A ballot as rows keep it."""
    return orjson.dumps(plain_ballot(ballot)).decode()


def choice_of(text: str, method: Method, options: int) -> Ballot:
    """The ballot that `choice_text` has written. Raises ValueError."""
    ballot = read_plain(method, options, orjson.loads(text))
    if isinstance(ballot, BallotFault):
        raise ValueError(f"this is no {method} ballot of {options} options: {ballot}")
    return ballot
