"""Casting a vote: whose ballot counts, who is refused and why, and the pass that is spent with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.ballots import Ballot, BallotFault, plain_ballot, read_plain
from bot.domain.entitlements import NOTHING_KNOWN, Evidence, Found, Question
from bot.domain.gates import Gate
from bot.domain.ledger import Fact
from bot.domain.pass_terms import PassKind
from bot.domain.passes import Pass, PassRefusal, fitting_pass, is_own, spent_fact
from bot.domain.people import Account, Actor
from bot.domain.poll_box import ONE_EACH, Vote, given_back
from bot.domain.polls import PassRole, Poll, PollState
from bot.domain.time import Micros
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, Unknown, Verdict, evaluate
from bot.domain.vote_words import VoteMistake


class VoteRefusal(StrEnum):
    """Why not, in order of precedence: the first that applies is the answer."""

    NOTHING_ON = "nothing-on"
    WHICH_POLL = "which-poll"
    UNKNOWN_POLL = "unknown-poll"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    PAUSED = "paused"
    NO_PASSES_HERE = "no-passes-here"
    NOT_ENTITLED = "not-entitled"
    NO_FITTING_PASS = "no-fitting-pass"
    BAD_CHOICE = "bad-choice"


@dataclass(frozen=True, slots=True)
class CastVote:
    """Somebody votes. `choice` is what was read of their words, or why that is no choice; `poll` the key of the one
    whose options those were, "" for the one that is on; `with_pass` that they want a pass spent on it. `evidence`
    is what the platforms have told of them, as far as it is known at once."""

    channel_id: int
    request_id: str
    actor: Actor
    choice: Ballot | VoteMistake
    poll: str = ""
    with_pass: bool = False
    evidence: tuple[tuple[Question, Found], ...] = ()


class VoteStanding(NamedTuple):
    """The facts a vote depends on: the poll that was meant; the person, and their pseudonym in it; everybody who
    counts as one with them, themselves included; the ballots and the passes of all of these. Also the electorate's
    gate, None for one that cannot be read, what is known of the asker, and their accounts."""

    poll: Poll
    person_id: int
    voter: str
    together: tuple[int, ...]
    votes: tuple[Vote, ...] = ()
    passes: tuple[Pass, ...] = ()
    gate: Gate | None = None
    evidence: Evidence = NOTHING_KNOWN
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class VoteAccepted:
    """The ballot counts, or did already: then it is `repeated`. `changed` replaced another one of this person,
    `pass_spent` is the pass that went with it just now, 0 for none, and `pass_kept` tells that one was offered and
    not needed."""

    poll: str
    question: str
    ballot: Ballot
    weight: int = 1
    changed: bool = False
    repeated: bool = False
    pass_spent: int = 0
    pass_kept: bool = False
    closes_at: Micros = 0


@dataclass(frozen=True, slots=True)
class VoteRefused:
    """Nothing was cast and nothing spent; an earlier ballot stays. `mistake` and `pass_because` say what is wrong
    with the choice and with the passes, `way_in` are the conditions, in a gate's words, that would let the asker in
    at once, and `has_pass` that a pass of theirs would. `retry_at` is when asking again can help, None where nobody
    knows."""

    because: VoteRefusal
    poll: str = ""
    question: str = ""
    mistake: VoteMistake | None = None
    pass_because: PassRefusal | None = None
    retry_at: Micros | None = None
    way_in: tuple[str, ...] = ()
    has_pass: bool = False


@dataclass(frozen=True, slots=True)
class VoteChecking:
    """Nobody can say yet whether this person is of the electorate. The same command with better evidence is decided
    again; nothing is cast or spent until then."""

    poll: str
    question: str
    unanswered: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()


VoteDecision = VoteAccepted | VoteRefused | VoteChecking


def choose_poll(polls: Iterable[Poll], key: str) -> Poll | VoteRefused:
    """The poll of a button, or the one that a bare choice means: what is on in the stream before what has outlived
    it, and when nothing is on the one that was over last. Among several nothing is guessed."""
    known = {poll.key: poll for poll in polls}
    if key:
        return known.get(key) or VoteRefused(VoteRefusal.UNKNOWN_POLL, key)
    running = [poll for poll in known.values() if poll.open]
    meant = [poll for poll in running if not poll.goes_on] or running
    if len(meant) > 1:
        return VoteRefused(VoteRefusal.WHICH_POLL)
    over = max(known.values(), key=lambda poll: poll.closed_at or 0, default=None)
    return meant[0] if meant else over or VoteRefused(VoteRefusal.NOTHING_ON)


def decide_vote(standing: VoteStanding, command: CastVote, moment: Micros) -> tuple[VoteDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes: ballot and pass in one, or nothing at all.

    What is due at `moment` has been applied to the poll before. Whoever has a ballot in it may change it until the
    close, without being asked again, and with the pass that was spent on it."""
    poll, plan = standing.poll, standing.poll.plan
    because = _not_now(poll)
    if because is not None:
        return _refused(standing, because, moment), ()
    if command.with_pass and plan.pass_role is PassRole.NONE:
        return _refused(standing, VoteRefusal.NO_PASSES_HERE, moment), ()
    verdict = Accepted() if standing.votes or not plan.electorate else _verdict(standing, moment)
    needed = _is_pass_needed(standing, command, verdict)
    spent: Pass | None = None
    match verdict:
        case Refused() | RefusedUntil() if not needed:
            return _refused(standing, VoteRefusal.NOT_ENTITLED, moment, verdict), ()
        case Unknown(unanswered=unanswered) if not needed and isinstance(command.choice, Ballot):
            asked = tuple(map(str, unanswered))
            return VoteChecking(poll.key, plan.question, asked, standing.accounts), ()
    if needed:
        fitting = _fitting(standing, moment)
        if isinstance(fitting, PassRefusal):
            return _refused(standing, VoteRefusal.NO_FITTING_PASS, moment, pass_because=fitting), ()
        spent = fitting
    ballot = _read(command.choice, poll)
    if isinstance(ballot, VoteMistake):
        return _refused(standing, VoteRefusal.BAD_CHOICE, moment, mistake=ballot), ()
    return _cast(standing, command, ballot, spent)


def _not_now(poll: Poll) -> VoteRefusal | None:
    match poll.state:
        case PollState.CANCELLED:
            return VoteRefusal.CANCELLED
        case PollState.CLOSED:
            return VoteRefusal.CLOSED
    return VoteRefusal.PAUSED if poll.paused else None


def _verdict(standing: VoteStanding, moment: Micros) -> Verdict:
    # A gate that cannot be read lets nobody in.
    return Refused() if standing.gate is None else evaluate(standing.gate, standing.evidence, moment)


def _is_pass_needed(standing: VoteStanding, command: CastVote, verdict: Verdict) -> bool:
    """Whether this vote takes a pass: it was offered, none was spent here before, and it makes a difference. Where
    nobody can say who is of the electorate, a pass lets in without waiting for it."""
    if not command.with_pass or any(vote.pass_number for vote in standing.votes):
        return False
    weighs = standing.poll.plan.pass_role is PassRole.WEIGHT
    return weighs == isinstance(verdict, Accepted)


def _fitting(standing: VoteStanding, moment: Micros) -> Pass | PassRefusal:
    own = (held for held in standing.passes if is_own(held, standing.together))
    return fitting_pass(own, PassKind.MOD_VOTE, standing.poll.scope, moment)


def _read(choice: Ballot | VoteMistake, poll: Poll) -> Ballot | VoteMistake:
    """The choice as a ballot of this very poll: a button may have been drawn for another one."""
    if isinstance(choice, VoteMistake):
        return choice
    if choice.method is not poll.plan.method:
        return VoteMistake(BallotFault.UNCLEAR)
    ballot = read_plain(choice.method, len(poll.plan.options), plain_ballot(choice))
    return VoteMistake(ballot) if isinstance(ballot, BallotFault) else ballot


def _cast(
    standing: VoteStanding, command: CastVote, ballot: Ballot, spent: Pass | None
) -> tuple[VoteAccepted, tuple[Fact, ...]]:
    poll = standing.poll
    before = max(standing.votes, default=None)
    kept = max((vote.pass_number for vote in standing.votes), default=0)
    number = kept if spent is None else spent.number
    weight = 1 + (poll.plan.pass_weight if number and poll.plan.pass_role is PassRole.WEIGHT else 0)
    repeated = before is not None and len(standing.votes) == 1 and spent is None and before.ballot == ballot
    accepted = VoteAccepted(
        poll.key,
        poll.plan.question,
        ballot,
        weight,
        changed=before is not None and not repeated,
        repeated=repeated,
        pass_spent=0 if spent is None else spent.number,
        pass_kept=command.with_pass and spent is None and not kept,
        closes_at=poll.closes_at,
    )
    if repeated:
        return accepted, ()
    fact = _cast_fact(standing, command, ballot, weight, number)
    # Two accounts that were linked since may each have spent one.
    needless = (vote for vote in standing.votes if vote.pass_number != number)
    facts = (fact, *given_back(poll, needless, ONE_EACH))
    if spent is None:
        return accepted, facts
    return accepted, (spent_fact(spent, poll.scope, standing.voter, standing.person_id), *facts)


def _cast_fact(standing: VoteStanding, command: CastVote, ballot: Ballot, weight: int, number: int) -> Fact:
    """That somebody has voted is public, and what their ballot weighs where that is not 1; what they have chosen is
    between them and the ledger."""
    public: dict[str, object] = {"voter": standing.voter}
    if weight != 1:
        public["weight"] = weight
    if standing.votes:
        public["replaces"] = sorted(vote.voter for vote in standing.votes)
    private = {
        "person": standing.person_id,
        "platform": command.actor.platform,
        "user": command.actor.user_id,
        "name": command.actor.name,
        "request": command.request_id,
        "ballot": plain_ballot(ballot),
    }
    if number:
        private["pass"] = number
    return Fact("vote.cast", standing.poll.scope, public, private, standing.person_id)


def _refused(
    standing: VoteStanding,
    because: VoteRefusal,
    moment: Micros,
    verdict: Verdict | None = None,
    *,
    mistake: VoteMistake | None = None,
    pass_because: PassRefusal | None = None,
) -> VoteRefused:
    poll, retry_at, has_pass = standing.poll, None, False
    way_in: tuple[str, ...] = ()
    if isinstance(verdict, Refused | RefusedUntil):
        way_in = tuple(map(str, verdict.way_in))
        has_pass = poll.plan.pass_role is PassRole.ENTRY and isinstance(_fitting(standing, moment), Pass)
    if isinstance(verdict, RefusedUntil) and verdict.at < poll.closes_at:
        retry_at = verdict.at
    if because is VoteRefusal.PAUSED:
        retry_at = poll.resume_at
    return VoteRefused(because, poll.key, poll.plan.question, mistake, pass_because, retry_at, way_in, has_pass)
