"""Any evening with passes, held pass by pass, ballot by ballot and badge by badge against plain bookkeeping."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.ballots import BallotFault
from bot.domain.claims import ClaimGranted, grant_fact
from bot.domain.ledger import Fact
from bot.domain.pass_deeds import (
    GivePass,
    PassStanding,
    PassTransferred,
    RevokePass,
    TransferPass,
    decide_give,
    decide_revoke,
    decide_transfer,
    granted_with_unit,
    moved_with_unit,
    voided_with_unit,
)
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import PassRefusal, pass_of
from bot.domain.poll_control import PollVerb
from bot.domain.polls import PassRole
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import VoteAccepted
from tests.conftest import CHANNEL, MIA, NOON
from tests.domain.poll_world import World, account

BAD = 0
BOOKS_MAX = 6
EVER = 1 << 62

people = st.sampled_from([1, 2, 1, 2, 3])
terms = st.builds(
    PassTerms,
    st.sampled_from([PassKind.MOD_VOTE] * 4 + [PassKind.GAME_NIGHT]),
    uses=st.sampled_from([1, 2, 1]),
    expires_at=st.sampled_from([None, HOUR, None, 3 * HOUR]).map(lambda span: span and NOON + span),
    transferable=st.sampled_from([True, True, False]),
)


@dataclass
class Book:
    """A pass as one would keep it on paper."""

    owner: int
    left: int
    until: int
    terms: PassTerms
    unit: int = 0
    void: bool = False
    polls: set[str] = field(default_factory=set)  # on which a use of it stands


@dataclass
class Row:
    person: int
    option: int
    number: int  # of the pass that was spent on it, or 0


class PassEvening(RuleBasedStateMachine):
    """Polls one after the other, passes that come and go, three accounts of which two may be one person."""

    seen: ClassVar[Counter[str]] = Counter()

    @initialize(
        first=terms, second=terms, role=st.sampled_from([PassRole.ENTRY, PassRole.WEIGHT]), badge=st.booleans()
    )
    def begin(self, first: PassTerms, second: PassTerms, role: PassRole, badge: bool) -> None:
        self.world = World()
        self.books: dict[int, Book] = {}
        self.badges: dict[int, int] = {}
        self.units = 0
        self.entries_read, self.out = 0, Counter[int]()
        self.owners: dict[int, int] = {}
        self.rows: list[Row] = []
        self.open(role)
        if badge:
            self.claim(1, first)
        else:
            self.give(1, first)
        self.give(2, second)

    # -- what happens -------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.books) < BOOKS_MAX)
    @rule(to=people, promised=terms)
    def give(self, to: int, promised: PassTerms) -> None:
        number = len(self.books) + 1
        command = GivePass(CHANNEL, "discord:give", MIA, promised, account(to))
        facts = decide_give(PassStanding(receiver=self.group(to), number=number), command, self.world.now)[1]
        assert bool(facts) == (self.world.now < self.until(promised))
        self.fold(facts)
        if facts:
            self.books[number] = Book(to, promised.uses, self.until(promised), promised)

    @precondition(lambda self: len(self.books) < BOOKS_MAX)
    @rule(who=people, promised=terms)
    def claim(self, who: int, promised: PassTerms) -> None:
        self.units += 1
        unit, number = self.units, len(self.books) + 1
        granted = ClaimGranted("mug", "Teal Mug", unit, 48, 0)
        fact = grant_fact("twitch:claim", account(who), granted, f"mug/{who}", who)
        self.fold((fact, granted_with_unit(number, promised, fact)))
        self.badges[unit] = who
        self.books[number] = Book(who, promised.uses, self.until(promised), promised, unit)

    @precondition(lambda self: self.poll_open)
    @rule(who=people, option=st.sampled_from([1, 2, BAD, 3]), with_pass=st.sampled_from([True, True, False]))
    def vote(self, who: int, option: int, with_pass: bool) -> None:
        self.world.come()
        poll = self.world.poll
        mine = [row for row in self.rows if row.person in self.group(who)]
        entry = poll.plan.pass_role is PassRole.ENTRY
        needed = with_pass and not any(row.number for row in mine) and not (entry and mine)
        spendable = self.spendable(who, poll.key)
        counts = option != BAD and (bool(mine) or needed or not entry) and (bool(spendable) or not needed)
        said = option if option != BAD else VoteMistake(BallotFault.UNKNOWN_OPTION)
        decision = self.world.vote(who, said, with_pass=with_pass)
        assert isinstance(decision, VoteAccepted) == counts, decision
        if not counts:
            return
        spent = spendable[0] if needed else 0
        assert decision.pass_spent == spent
        if len(mine) == 1 and not spent and mine[0].option == option:
            return
        kept = spent or max((row.number for row in mine), default=0)
        for row in mine:
            self.rows.remove(row)
            if row.number != kept:
                self.give_back(row.number, poll.key)
        self.rows.append(Row(who, option, kept))
        if spent:
            self.books[spent].left -= 1
            self.books[spent].polls.add(poll.key)

    @precondition(lambda self: self.poll_open)
    @rule(who=people, other=people, option=st.sampled_from([1, 2]))
    def vote_from_two_accounts(self, who: int, other: int, option: int) -> None:
        self.vote(who, option, True)
        self.vote(other, option, True)

    @precondition(lambda self: self.poll_open)
    @rule(option=st.sampled_from([1, 2, BAD]), data=st.data())
    def vote_with_a_pass(self, option: int, data: st.DataObject) -> None:
        """Somebody who has one, good or not, if anybody has."""
        holders = sorted({book.owner for book in self.books.values()}) or [1]
        self.vote(data.draw(st.sampled_from(holders)), option, True)

    @precondition(lambda self: self.poll_open)
    @rule(cancels=st.sampled_from([True, False, True]))
    def end(self, cancels: bool) -> None:
        key = self.world.poll.key
        self.world.steer(PollVerb.CANCEL if cancels else PollVerb.CLOSE)
        last = {min(self.group(row.person)): row for row in self.rows}
        for row in self.rows:
            if cancels or row is not last[min(self.group(row.person))]:
                self.give_back(row.number, key)
        self.rows = []

    @precondition(lambda self: not self.poll_open)
    @rule(role=st.sampled_from([PassRole.ENTRY, PassRole.WEIGHT]))
    def open(self, role: PassRole) -> None:
        electorate = "moderator" if role is PassRole.ENTRY else ""
        self.world.open(pass_role=role, pass_weight=2, electorate=electorate, window=DAY)

    @precondition(lambda self: self.books)
    @rule(data=st.data(), to=people)
    def transfer(self, data: st.DataObject, to: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.books)))
        book, held = self.books[number], self.world.passes[number]
        self.world.come()
        command = TransferPass(CHANNEL, "discord:transfer", account(book.owner), number, account(to))
        standing = PassStanding(held, self.group(book.owner), self.group(to))
        decision, facts = decide_transfer(standing, command, self.world.now)
        may = book.terms.transferable and self.usable(book) and book.owner not in self.group(to)
        assert isinstance(decision, PassTransferred) == may, decision
        self.fold(facts)
        book.owner = to if may else book.owner

    @precondition(lambda self: self.books)
    @rule(data=st.data(), sure=st.booleans())
    def revoke(self, data: st.DataObject, sure: bool) -> None:
        # Rather one that is spent on the poll that is on: it may still come back.
        spent = [number for number, book in self.books.items() if self.world.poll.key in book.polls]
        number = data.draw(st.sampled_from(spent or sorted(self.books)))
        self.world.come()
        command = RevokePass(CHANNEL, "discord:revoke", MIA, number, confirmed=sure)
        facts = decide_revoke(PassStanding(self.world.passes[number]), command, self.world.now)[1]
        self.fold(facts)
        book = self.books[number]
        book.void = book.void or (sure and self.world.now < book.until)

    @precondition(lambda self: self.badges)
    @rule(data=st.data(), to=st.sampled_from([1, 2, None, 3]))
    def take_or_trade_badge(self, data: st.DataObject, to: int | None) -> None:
        unit = data.draw(st.sampled_from(sorted(self.badges)))
        self.world.come()
        books = [book for book in self.books.values() if book.unit == unit]
        held = self.world.passes.values()
        if to is None:
            gone = Fact("unit.voided", "mug", {"number": unit, "how": "claim", "why": "refund"})
            self.fold((gone, *voided_with_unit(held, "mug", unit)))
            del self.badges[unit]
            for book in books:
                book.void = True
            return
        self.fold(moved_with_unit(held, "mug", unit, to, account(to), self.world.now))
        for book in books:
            if book.terms.transferable and self.usable(book):
                book.owner = to

    @rule(step=st.sampled_from([MINUTE, HOUR]))
    def pass_time(self, step: int) -> None:
        self.world.come(self.world.now + step)

    @rule()
    def link_or_unlink(self) -> None:
        self.world.linked = [] if self.world.linked else [{1, 2}]

    # -- what has to hold ---------------------------------------------------------------------------------------

    @property
    def poll_open(self) -> bool:
        return self.world.poll.open

    def group(self, person: int) -> tuple[int, ...]:
        return self.world.together(person)

    def until(self, promised: PassTerms) -> int:
        return EVER if promised.expires_at is None else promised.expires_at

    def usable(self, book: Book) -> bool:
        return not book.void and self.world.now < book.until and book.left > 0

    def spendable(self, who: int, poll: str) -> list[int]:
        fitting = [
            (book.until, number)
            for number, book in self.books.items()
            if self.usable(book) and book.owner in self.group(who) and poll not in book.polls
            if book.terms.kind is PassKind.MOD_VOTE
        ]
        return [number for _, number in sorted(fitting)]

    def give_back(self, number: int, poll: str) -> None:
        if number:
            self.books[number].left += 1
            self.books[number].polls.remove(poll)

    def fold(self, facts) -> None:
        self.world.fold(facts)

    @invariant()
    def every_pass_is_as_on_paper(self) -> None:
        for number, book in getattr(self, "books", {}).items():
            held = self.world.passes[number]
            assert (held.owner, held.uses_left, held.voided) == (book.owner, book.left, book.void), number
            assert 0 <= held.uses_left <= book.terms.uses
            refused = held.why_not(self.world.now)
            assert (refused is None) == self.usable(book), refused
            # Expired it is as soon as its time is over, whether or not anybody has looked.
            over = not book.void and self.world.now >= book.until
            assert (refused is PassRefusal.EXPIRED) == over

    @invariant()
    def every_use_is_one_ballot(self) -> None:
        if not hasattr(self, "books"):
            return
        self.read_entries()
        assert +self.out == +Counter({n: book.terms.uses - book.left for n, book in self.books.items()})
        kept = self.world.votes.get(self.world.poll.key, {}) if self.poll_open else {}
        box = [(vote.person_id, vote.ballot.choices, vote.pass_number) for vote in kept.values()]
        assert box == [(row.person, (row.option,), row.number) for row in self.rows]
        assert self.owners == self.badges, "nothing but taking it back takes a badge"

    def read_entries(self) -> None:
        """What the entries since the last time say of uses and of badges."""
        for fact, _ in self.world.entries[self.entries_read :]:
            number = pass_of(fact)
            if number is not None:
                self.out[number] += {"pass.spent": 1, "pass.returned": -1}.get(fact.kind, 0)
            match fact.kind:
                case "unit.granted":
                    self.owners[fact.public["number"]] = fact.private["person"]
                case "unit.voided":
                    assert self.owners.pop(fact.public["number"], None), "a badge is taken that nobody has"
        self.entries_read = len(self.world.entries)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            type(self).seen.update(self.world.kinds)
