"""Any evening of polls, votes and passes, account by account and to the microsecond, against poll_truth's lines."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import Engine

from bot.domain.claims import ClaimDrop, ClaimGranted, JudgeHolds
from bot.domain.linking import LinkMade, LinkPeople, Unlinked, UnlinkMe
from bot.domain.pass_deeds import (
    GivePass,
    PassGiven,
    PassRevoked,
    PassTransferred,
    RevokePass,
    TransferPass,
)
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import OpenPoll, PollNeedsYes, PollRefused, PollSteered, PollVerb, SteerPoll
from bot.domain.polls import PassRole
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND, Micros
from bot.domain.voiding import UnitVoided, VoidUnit
from tests.conftest import CHANNEL, MIA, NOON, plan
from tests.domain.poll_world import poll_plan
from tests.storage.deeds import DEEDS, deed
from tests.storage.poll_evening import ACTORS, ANN, ANN_THERE, ASKED, BEN, BEN_THERE, CLEO, Evening, Step, pick
from tests.storage.poll_truth import EVER, PACE, Book, Polling

# A gift of a unit is so long good for a vote.
LASTS = HOUR
OFFER = PassOffer(PassKind.MOD_VOTE, lasts=LASTS, transferable=True)
BOOKS_MAX = 8
RULES = [
    {"electorate": "subscriber", "pass_role": PassRole.ENTRY},
    {"electorate": "subscriber", "pass_role": PassRole.WEIGHT, "pass_weight": 2},
    {"electorate": "moderator", "pass_role": PassRole.ENTRY},
    {"electorate": "", "pass_role": PassRole.WEIGHT, "pass_weight": 3},
    {"electorate": "", "pass_role": PassRole.NONE},
]

people = st.sampled_from(ACTORS)
options = st.sampled_from([1, 2, 1, 2, 3, 0])
near = st.sampled_from([0, -1, 1])
nth = st.integers(0, 5)  # of several, over and over
# What is found out: its value, and for how long it holds from this moment on.
evidence = st.tuples(st.sampled_from([1, 1, 1, 0]), st.sampled_from([HOUR, HOUR, 1]))
terms = st.builds(
    PassTerms,
    st.sampled_from([PassKind.MOD_VOTE] * 7 + [PassKind.GAME_NIGHT]),
    uses=st.sampled_from([1, 2, 1]),
    expires_at=st.sampled_from([None, 5 * MINUTE, None]).map(lambda span: span and NOON + span),
    transferable=st.sampled_from([True, True, False]),
)

WAKE: Step = (Wake(CHANNEL), lambda now: None)


def is_open(evening: Evening) -> bool:
    return evening.poll_open


class PollEvening(Evening, RuleBasedStateMachine):
    """Polls one after the other, one of them perhaps beside another that goes on without the stream; five accounts
    of whom some are one person; passes that come by hand and with mugs."""

    template: Path  # an empty ledger
    engine: Engine  # where each evening puts a copy of it

    @initialize(rules=st.sampled_from(RULES), first=terms, second=terms, links=st.booleans(), badge=st.booleans())
    def begin(self, rules: dict, first: PassTerms, second: PassTerms, links: bool, badge: bool) -> None:
        self.open_ledger(self.template, self.engine)
        mug = plan(supply=6, per_person=6, window=DAY, passes=(OFFER,))
        self.send((ApplyPlans(CHANNEL, "config:1", BOT, (mug,)), lambda now: None))
        self.stream(True)
        if links:
            self.link(ANN, ANN_THERE, ends=False)
        if badge:
            self.claim(ANN)
        else:
            self.give(ANN, first)
        self.give(BEN, second)
        self.open(rules, HOUR, HOUR)

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        if not self.poll_open:
            self.open(pick(RULES, self.requests), HOUR, 0)
        name = data.draw(st.sampled_from([name for name, (may, _) in DEEDS.items() if may(self)]))
        arguments = data.draw(DEEDS[name][1], label=name)
        getattr(self, name)(**arguments)

    # -- votes ----------------------------------------------------------------------------------------------

    @deed(
        may=is_open,
        who=people,
        option=options,
        with_pass=st.booleans(),
        known=st.none() | evidence,
    )
    def vote(self, who: Actor, option: int, with_pass: bool, known: tuple[int, Micros] | None) -> None:
        self.send(self.voting(who, option, with_pass, known))

    @deed(may=is_open, options=st.lists(options, min_size=2, max_size=3), nth=nth)
    def spend(self, options: list[int], nth: int) -> None:
        """Somebody who has a pass, good or not, asks for it to be spent, and changes their mind."""
        holder = pick(self.holders() or ACTORS, nth)
        for option in options:
            self.send(self.voting(holder, option, True, None))

    @deed(
        may=is_open,
        one=people,
        other=people,
        option=options,
        with_pass=st.booleans(),
        known=evidence,
    )
    def vote_at_once(
        self, one: Actor, other: Actor, option: int, with_pass: bool, known: tuple[int, Micros]
    ) -> None:
        self.send(
            self.voting(one, 1, with_pass, known),
            self.voting(other, option, True, None),
            self.voting(one, 2, with_pass, None),
            self.voting(MIA, 3, True, None),
        )

    @deed(
        may=is_open,
        who=st.sampled_from([ANN, BEN, BEN_THERE]),
        known=evidence,
        happens=st.sampled_from(["restart", "pause", "restart", "parts"]),
    )
    def wait(self, who: Actor, known: tuple[int, Micros], happens: str) -> None:
        """Where nobody can tell who is in they ask twice, as the order counts; then somebody can tell."""
        if not self.truth.last().plan.electorate:
            self.steer(PollVerb.CLOSE)
            self.open(RULES[0], HOUR, 0)
        self.send(self.voting(who, 3, False, None))
        # Where a pass lets in, nobody waits who offers one.
        self.send(self.voting(who, 1, self.truth.last().role is PassRole.WEIGHT, None))
        match happens:
            case "restart":
                self.restart()
            case "pause":
                self.stream(False)
                self.come_to(self.now + PACE.offline_pause)
        self.judge(BEN if who is BEN_THERE else who, known)
        if happens == "parts":
            self.link(BEN, BEN_THERE, ends=True)
        if happens == "pause":
            self.find_stream(True, 0)

    @deed(
        may=lambda self: any(poll.waiting for poll in self.truth.polls.values()),
        who=st.sampled_from([ANN, BEN, CLEO]),
        known=evidence,
    )
    def judge(self, who: Actor, known: tuple[int, Micros]) -> None:
        found = self.found(known)
        told = tuple((who.key, question, found) for question in ASKED.values())
        self.send((JudgeHolds(CHANNEL, told), lambda now: self.truth.judge(who, found, now)))

    @deed(again=st.lists(st.integers(0, 30), min_size=2, max_size=4))
    def ask_again(self, again: list[int]) -> None:
        """Any earlier requests, in any order, counted from the last one."""
        asked = list(self.asked.values())[::-1]
        self.send(*((pick(asked, each), lambda now: None) for each in again))

    # -- polls ----------------------------------------------------------------------------------------------

    @deed(
        verb=st.sampled_from([PollVerb.CANCEL, PollVerb.CLOSE, None, PollVerb.CANCEL]),
        spends=st.booleans(),
        rules=st.sampled_from(RULES),
        window=st.sampled_from([HOUR, 90 * SECOND]),
        goes_on=st.sampled_from([0, HOUR]),
    )
    def next_poll(self, verb: PollVerb | None, spends: bool, rules: dict, window: Micros, goes_on: Micros) -> None:
        """What is on ends, unless another may open beside it; somebody may spend a pass at the last moment."""
        if self.poll_open and verb is not None:
            if spends and (holders := self.holders()):
                self.send(self.voting(holders[0], 2, True, None))
            self.steer(verb)
        self.open(rules, window, goes_on)

    def open(self, rules: dict, window: Micros, goes_on: Micros) -> None:
        """Refused while something is on, but for what has outlived the stream, and while nobody is live."""
        may: list[bool] = []

        def apply(now: Micros) -> None:
            on = any(not poll.over and not poll.goes_on for poll in self.truth.polls.values())
            may.append(not on and (self.truth.live or not self.truth.told))

        asked = poll_plan(**rules, window=window, goes_on_for=goes_on)
        (answer,) = self.send((OpenPoll(CHANNEL, self.new_request("open"), MIA, asked), apply))
        decision = answer.decision
        assert isinstance(decision, PollSteered if may[0] else PollRefused), decision
        if may[0]:
            poll = decision.poll
            self.truth.polls[poll.key] = Polling(poll.key, poll.plan, self.now, self.now + window)

    def steer(self, verb: PollVerb, *, sure: bool = True) -> None:
        poll = self.truth.meant()

        def apply(now: Micros) -> None:
            if poll.over:
                return
            match verb:
                case PollVerb.CLOSE:
                    self.truth.close(poll, now)
                case PollVerb.CANCEL if sure:
                    self.truth.cancel(poll, now)
                case PollVerb.EXTEND:
                    poll.closes += MINUTE

        command = SteerPoll(CHANNEL, self.new_request("steer"), MIA, verb, poll.key, added=MINUTE, confirmed=sure)
        (answer,) = self.send((command, apply))
        assert not isinstance(answer.decision, PollNeedsYes) or not sure

    @deed(
        may=is_open,
        border=st.sampled_from(["close", "pass", "next"]),
        by=near,
        extends=st.booleans(),
    )
    def vote_at_a_border(self, border: str, by: Micros, extends: bool) -> None:
        """Where something ends, or a microsecond beside it, somebody votes, perhaps with what ends there."""
        if extends:
            self.steer(PollVerb.CANCEL, sure=False)
            self.steer(PollVerb.EXTEND)
        poll = self.truth.meant()
        books = [book for book in self.truth.books.values() if self.now < book.until < EVER]
        ends = [(book.until, who) for book in books for who in ACTORS if who.key == book.owner]
        at, who = {
            "close": (poll.closes, CLEO),
            "pass": min(ends, default=(0, ANN), key=itemgetter(0)),
            "next": (min((at for at in self.truth.borders() if at > self.now), default=self.now), BEN),
        }[border]
        self.desk.clock.at = max(self.now, at + by)
        self.send(self.voting(who, 2, True, (1, 1), poll))

    @deed(who=people, by=near, later=near, comes_back=st.sampled_from([True, True, False]))
    def lose_stream(self, who: Actor, by: Micros, later: Micros, comes_back: bool = True) -> None:
        """For so long that what is open pauses, and then goes on, ends with it or goes on without it."""
        self.stream(False)
        self.come_to(self.truth.off_since + PACE.offline_pause + by)
        if self.poll_open:
            self.send(self.voting(who, 2, True, (1, HOUR)))
        self.find_stream(comes_back, later)

    def find_stream(self, comes_back: bool, later: Micros) -> None:
        if not comes_back:
            self.come_to(self.truth.off_since + PACE.offline_close + later)
        self.stream(True)
        self.come_to(max((poll.resume_at or 0 for poll in self.truth.polls.values()), default=0) + later)

    def come_to(self, at: Micros) -> None:
        self.desk.clock.at = max(self.now, at)
        self.send(WAKE)

    @deed(step=st.sampled_from([1, SECOND, MINUTE]))
    def pass_time(self, step: Micros) -> None:
        self.come_to(self.now + step)

    # -- passes and people ----------------------------------------------------------------------------------

    @deed(may=lambda self: len(self.truth.books) < BOOKS_MAX, to=people, promised=terms)
    def give(self, to: Actor, promised: PassTerms) -> None:
        command = GivePass(CHANNEL, self.new_request("give"), MIA, promised, to)
        (answer,) = self.send((command, lambda now: None))
        may = promised.expires_at is None or self.now < promised.expires_at
        assert isinstance(answer.decision, PassGiven) == may
        if may:
            self.truth.books[answer.decision.number] = Book(to.key, promised, left=promised.uses)
        self.check_rows()

    @deed(may=lambda self: len(self.truth.books) < BOOKS_MAX, who=people)
    def claim(self, who: Actor) -> None:
        """A mug, and with it the right to vote once."""
        (answer,) = self.send((ClaimDrop(CHANNEL, self.new_request("claim"), who, "mug"), lambda now: None))
        if isinstance(answer.decision, ClaimGranted):
            unit, promised = answer.decision.number, OFFER.terms(self.now)
            number = len(self.truth.books) + 1
            self.truth.books[number] = Book(who.key, promised, unit, left=promised.uses)
        self.check_rows()

    @deed(
        may=lambda self: self.truth.books,
        nth=nth,
        strange=st.sampled_from([False, False, False, True]),
        to=people,
        asks=st.booleans(),
    )
    def transfer(self, nth: int, strange: bool, to: Actor, asks: bool) -> None:
        """Somebody hands a pass on, or tries to; then both would spend it."""
        books, its = self.truth.books, self.truth.people
        best = [number for number, book in books.items() if book.terms.transferable and book.good(self.now)]
        number = pick(best or sorted(books), nth)
        book = books[number]
        owner = next(actor for actor in ACTORS if actor.key == book.owner)
        asker = CLEO if strange else owner
        may: list[bool] = []

        def apply(now: Micros) -> None:
            own = asker.key in its.now(book.owner)
            may.append(own and book.terms.transferable and book.good(now) and book.owner not in its.now(to.key))
            book.owner = to.key if may[-1] else book.owner

        (answer,) = self.send((TransferPass(CHANNEL, self.new_request("transfer"), asker, number, to), apply))
        assert isinstance(answer.decision, PassTransferred) == may[-1], answer.decision
        if asks and self.poll_open:
            self.send(self.voting(owner, 2, True, None), self.voting(to, 3, True, None))

    @deed(
        may=lambda self: self.truth.books,
        nth=nth,
        sure=st.sampled_from([False, False, True]),
        asks=st.booleans(),
    )
    def take_away(self, nth: int, sure: bool, asks: bool) -> None:
        """A pass is revoked, or goes with its mug: rather one that is spent on a poll and may come back."""
        books = self.truth.books
        spent = [number for number, book in books.items() if book.polls]
        number = pick(spent or sorted(books), nth)
        book = books[number]
        if book.unit and not book.void:
            command: Any = VoidUnit(CHANNEL, self.new_request("void"), MIA, "mug", book.unit, confirmed=sure)
        else:
            command = RevokePass(CHANNEL, self.new_request("revoke"), MIA, number, confirmed=sure)

        def apply(now: Micros) -> None:
            # Revoked it cannot be once its time is over; its mug takes it along at any time.
            book.void = book.void or (sure and (isinstance(command, VoidUnit) or now < book.until))

        (answer,) = self.send((command, apply))
        assert isinstance(answer.decision, UnitVoided | PassRevoked) <= sure
        if asks and self.poll_open:
            owner = next(actor for actor in ACTORS if actor.key == book.owner)
            self.send(self.voting(owner, 2, True, None))

    @deed(
        may=is_open,
        here=st.sampled_from([ANN, BEN]),
        there=st.sampled_from([ANN_THERE, BEN_THERE]),
        before=st.booleans(),
        ends=st.booleans(),
        then=st.sampled_from(["closes", "votes", ""]),
    )
    def vote_from_both(self, here: Actor, there: Actor, before: bool, ends: bool, then: str) -> None:
        """Both accounts vote, before they are linked, while they are, or after they were."""
        self.link(here, there, ends=not before)
        holders = self.holders()
        self.send(self.voting(here, 1, here in holders, (1, HOUR)), self.voting(there, 2, there in holders, None))
        self.link(here, there, ends=ends)
        if then == "closes" and self.poll_open:
            self.steer(PollVerb.CLOSE)
        elif then == "votes":
            self.send(self.voting(there, 1, True, None))

    def link(self, here: Actor, there: Actor, ends: bool) -> None:
        links = self.truth.people.links
        standing = next((link for link in links if link[-1] is None and here.key in link), None)
        if standing is not None and ends:
            command: Any = UnlinkMe(CHANNEL, self.new_request("unlink"), here, standing[2])
            (answer,) = self.send((command, lambda now: standing.__setitem__(-1, now)))
            assert isinstance(answer.decision, Unlinked)
        elif standing is None and not ends:
            command = LinkPeople(CHANNEL, self.new_request("link"), here, there, confirmed=True)
            (answer,) = self.send((command, lambda now: None))
            if isinstance(answer.decision, LinkMade):
                links.append([here.key, there.key, answer.decision.link, None])

    # -- trouble --------------------------------------------------------------------------------------------

    @deed(what=st.sampled_from(["poison", "disk", "dies before", "dies after", "restart"]))
    def run_into(self, what: str) -> None:
        """The next batch does not go smoothly, or another process takes over at once."""
        if what == "restart":
            self.restart()
        else:
            self.trouble = what

    @deed(may=lambda self: any(poll.over == "closed" for poll in self.truth.polls.values()), nth=nth)
    def recount(self, nth: int) -> None:
        self.count_again(pick([key for key, poll in self.truth.polls.items() if poll.over == "closed"], nth))
