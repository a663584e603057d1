"""A channel's polls, ballots and passes as the ledger would keep them, for the tests of their rules."""

from __future__ import annotations

from bot.domain.ballots import Ballot, Method, read_plain
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import Gate
from bot.domain.ledger import Fact
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass, due_in_pass, evolve_pass, pass_of
from bot.domain.people import Actor
from bot.domain.poll_box import Box, Vote, closing_facts
from bot.domain.poll_control import OpenPoll, PollSteered, PollVerb, SteerPoll, decide_open, decide_steer_poll
from bot.domain.polls import Poll, PollPlan, evolve_poll, poll_of_scope
from bot.domain.polls_due import due_in_poll
from bot.domain.stream import Pace, Stream
from bot.domain.time import DAY, HOUR, SECOND
from bot.domain.voting import CastVote, VoteDecision, VoteStanding, decide_vote
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.ballot_cases import ballot

PACE = Pace()
LIVE = Stream(watched=True, live=True, changed_at=NOON - HOUR)
SEED = bytes(range(32))
MODERATOR = Question(Entitlement.MODERATOR)


def offline(since: int) -> Stream:
    return Stream(watched=True, live=False, changed_at=since)


def back(at: int) -> Stream:
    return Stream(watched=True, live=True, changed_at=at)


def poll_plan(**changes) -> PollPlan:
    """Colour of the next mug: teal, plum or sand, one each, 90 seconds, a last call 15 seconds before the close."""
    values = {
        "key": "",
        "question": "Colour of the next mug?",
        "options": ("teal", "plum", "sand"),
        "method": Method.PLURALITY,
        "window": 90 * SECOND,
        "last_call": 15 * SECOND,
    }
    return PollPlan(**{**values, **changes})


def choice(*options: int, method: Method = Method.PLURALITY) -> Ballot:
    return ballot(method, options, options=3)


class World:
    """Persons are whole numbers, 1 is ann on Twitch; what counts as one person is a set in `linked`."""

    def __init__(self) -> None:
        self.now = NOON
        self.entries: list[tuple[Fact, int]] = []
        self.polls: dict[str, Poll] = {}
        self.seeds: dict[str, bytes] = {}
        self.votes: dict[str, dict[str, Vote]] = {}
        self.passes: dict[int, Pass] = {}
        self.linked: list[set[int]] = []
        self.stream = LIVE
        self.requests = 0

    @property
    def kinds(self) -> list[str]:
        return [fact.kind for fact, _ in self.entries]

    @property
    def poll(self) -> Poll:
        return list(self.polls.values())[-1]

    def fold(self, facts) -> None:
        for fact in facts:
            self.entries.append((fact, self.now))
            number = pass_of(fact)
            if number is not None:
                self.passes[number] = evolve_pass(self.passes.get(number), fact)
            key = poll_of_scope(fact.drop)
            if key is not None:
                self.polls[key] = evolve_poll(self.polls.get(key), fact.kind, fact.public, self.now)
                self._keep(key, fact)

    def _keep(self, key: str, fact: Fact) -> None:
        if fact.kind == "poll.seeded":
            self.seeds[key] = bytes.fromhex(fact.private["seed"])
        if fact.kind != "vote.cast":
            return
        rows, plan = self.votes.setdefault(key, {}), self.polls[key].plan
        for voter in fact.public.get("replaces", ()):
            del rows[voter]
        kept = read_plain(plan.method, len(plan.options), fact.private["ballot"])
        who, number = fact.private["person"], fact.private.get("pass", 0)
        vote = Vote(len(self.entries), who, fact.public["voter"], kept, fact.public.get("weight", 1), number)
        rows[vote.voter] = vote

    def come(self, moment: int | None = None, stream: Stream | None = None) -> list[str]:
        """What is due by then; the kinds of it."""
        self.stream, self.now = stream or self.stream, self.now if moment is None else moment
        before = len(self.entries)
        for key in list(self.polls):
            while (due := due_in_poll(self.polls[key], self.stream, PACE, self.now)) is not None:
                assert len(self.entries) - before < 20, "facts without end"
                closes = due.kind == "poll.closed"
                self.fold(closing_facts(self.polls[key], due, self.box(key)) if closes else (due,))
        for held in list(self.passes.values()):
            self.fold(filter(None, [due_in_pass(held, self.now)]))
        return self.kinds[before:]

    def open(self, **changes) -> Poll:
        self.requests += 1
        command = OpenPoll(CHANNEL, f"twitch:{self.requests}", MIA, poll_plan(**changes))
        decision, facts = decide_open(tuple(self.polls.values()), self.stream, command, SEED, self.now)
        assert isinstance(decision, PollSteered), decision
        self.fold(facts)
        return self.polls[decision.poll.key]

    def steer(self, verb: PollVerb, poll: str | None = None, **more):
        self.come()
        meant = self.poll if poll is None else self.polls[poll]
        command = SteerPoll(CHANNEL, "twitch:mia", MIA, verb, **{"confirmed": True, **more})
        decision, facts = decide_steer_poll(meant, self.box(meant.key), command, self.now)
        self.fold(facts)
        return decision

    def box(self, key: str) -> Box:
        one = {person: min(group) for group in self.linked for person in group}
        return Box(tuple(self.votes.get(key, {}).values()), self.seeds[key], one)

    def together(self, person: int) -> tuple[int, ...]:
        group = next((group for group in self.linked if person in group), set())
        return (person, *sorted(group - {person}))

    def standing(self, person: int, poll: str | None = None, *, moderator: bool | None = False) -> VoteStanding:
        meant = self.poll if poll is None else self.polls[poll]
        together = self.together(person)
        gate = read_gate(meant.plan.electorate) if meant.plan.electorate else None
        known = {} if moderator is None else {MODERATOR: Found(int(moderator), self.now, self.now + DAY)}
        votes = tuple(vote for vote in self.votes.get(meant.key, {}).values() if vote.person_id in together)
        passes = tuple(held for held in self.passes.values() if held.owner in together)
        return VoteStanding(
            meant,
            person,
            f"{meant.key}/{person}",
            together,
            votes,
            passes,
            gate if isinstance(gate, Gate) else None,
            known,
            tuple(account(each).key for each in together),
        )

    def vote(self, person: int, said, poll: str | None = None, *, moderator: bool | None = False, **more):
        """Somebody votes; a number of an option means it alone."""
        self.come()
        self.requests += 1
        said = choice(said) if isinstance(said, int) else said
        command = CastVote(CHANNEL, f"twitch:{self.requests}", account(person), said, **more)
        decision, facts = decide_vote(self.standing(person, poll, moderator=moderator), command, self.now)
        self.fold(facts)
        return decision

    def grant(self, person: int, **terms) -> Pass:
        number = len(self.passes) + 1
        public = PassTerms(**{"kind": PassKind.MOD_VOTE, **terms}).as_public()
        self.fold([Fact("pass.granted", "", {"pass": number, **public}, {"person": person}, person)])
        return self.passes[number]


def account(person: int) -> Actor:
    return viewer(f"viewer-{person}")


def decided(world: World, person: int, said: Ballot, **more) -> tuple[VoteDecision, tuple[Fact, ...]]:
    """What a vote would come to; nothing is kept."""
    command = CastVote(CHANNEL, "twitch:x", account(person), said, **more)
    return decide_vote(world.standing(person), command, world.now)
