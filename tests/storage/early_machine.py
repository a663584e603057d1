"""Any evening with early windows, to the microsecond and account by account, against the lines of early_truth."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, time
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import Engine

from bot.domain import cadence
from bot.domain.bundle import check_bundle
from bot.domain.claims import ClaimChecking, ClaimDrop, ClaimGranted, ClaimRefusal, JudgeHolds
from bot.domain.control import SteerDrop, Verb
from bot.domain.drop_plan import Opening
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.linking import LinkMade, LinkPeople, Unlinked, UnlinkMe
from bot.domain.moving import DropMoved, MoveDrop
from bot.domain.people import BOT, Account, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.recurrence import Rule, Weekly
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND, Micros
from bot.storage.export import read_bundle
from bot.storage.rebuild import differences
from bot.storage.signing import verify_signature
from tests.conftest import CHANNEL, MIA, plan, viewer
from tests.storage.desk import Desk, Told
from tests.storage.early_truth import People, Windows

# The day before the clocks go back in Berlin: at 01:00Z on the 25th it is 03:00 there, and 02:00 again.
BEGIN: Micros = 1_792_843_200_000_000  # 2026-10-24T12:00:00Z
DAWN = cadence.Cadence("dawn", Rule(Weekly(tuple(range(7))), time(2, 30)), "Europe/Berlin", date(2026, 10, 25))
DAWN_OPENS = {
    "dawn-2026-10-25": BEGIN + 12 * HOUR + 30 * MINUTE,
    "dawn-2026-10-26": BEGIN + 37 * HOUR + 30 * MINUTE,
}
ACTORS = [viewer("ann"), viewer("ann", "discord"), viewer("ben"), viewer("ben", "discord")]
ASKED = {"twitch": Question(Entitlement.SUBSCRIBER), "discord": Question(Entitlement.ROLE, "patron")}

people = st.sampled_from(ACTORS)
# What was found out: its value, and how far from this moment it begins and ceases to hold. Shortly, so that the
# next claim needs evidence of its own.
evidence = st.tuples(st.sampled_from([1, 1, 0]), st.sampled_from([0, -1, 1]), st.sampled_from([1, 0, 2, 0, MINUTE]))


_DEEDS = {
    "drop.opened": Verb.OPEN,
    "drop.paused": Verb.PAUSE,
    "drop.resumed": Verb.RESUME,
    "drop.closed": Verb.CLOSE,
}


def _is_early(evening: EarlyEvening) -> bool:
    return evening.truth["mug"].phase(evening.now) == "early"


class EarlyEvening(RuleBasedStateMachine):
    """A mug that opens early or not, by the clock or on cue; a drop that recurs at dawn; five accounts of whom some
    are one person."""

    template: Path  # an empty ledger
    engine: Engine  # where each evening puts a copy of it

    @initialize(
        supply=st.sampled_from([4, 3, 2, 1]),
        early=st.sampled_from([2, 3, 1, 0]),
        per_person=st.sampled_from([1, 1, 2]),
        early_for=st.sampled_from([10 * MINUTE] * 4 + [0]),
        opening=st.sampled_from([Opening.CLOCK] * 3 + [Opening.CUE]),
        # Most evenings begin where the early window does.
        after=st.sampled_from([0, MINUTE, 0, 1, 0, MINUTE, -1, None]),
        links=st.booleans(),
    )
    def begin(
        self,
        supply: int,
        early: int,
        per_person: int,
        early_for: Micros,
        opening: Opening,
        after: Micros | None,
        links: bool,
    ) -> None:
        path = Path(str(self.engine.url.database))
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
        shutil.copy(self.template, path)
        self.desk = Desk(self.engine, BEGIN)
        self.truth: dict[str, Windows] = {}
        self.people = People()
        self.owners: dict[str, list[Account]] = {}
        self.requests = 0
        self.answers: dict[str, object] = {}
        self.waiting: dict[str, tuple[str, Account]] = {}
        window = {"early": "subscriber or role:patron", "early_for": early_for, "early_units": min(early, supply)}
        self.mug = plan(
            supply=supply,
            per_person=min(per_person, supply),
            opening=opening,
            announce_at=BEGIN,
            opens_at=BEGIN + HOUR if opening is Opening.CLOCK else None,
            **(window if early_for else {}),
        )
        self.truth["mug"] = Windows.of(self.mug)
        self.apply()
        if after is not None and self.mug.begins_at is not None:
            self.desk.clock.at = self.mug.begins_at + after
            self.send(Wake(CHANNEL))
        elif after is not None:
            self.steer(Verb.OPEN)
        if links:
            self.link(*ACTORS[:2], ends=False)

    # -- what happens ---------------------------------------------------------------------------------------

    @rule(step=st.sampled_from([1, 0, 2, 1, 0, SECOND, MINUTE, None]), by=st.sampled_from([0, -1, 1]))
    def pass_time(self, step: Micros | None, by: Micros) -> None:
        """By so much, or else to where somebody begins or ceases to be let in, or next to it."""
        borders = [at + by for each in self.truth.values() for at in each.borders() if at + by > self.now]
        self.desk.clock.at = min(borders, default=self.now) if step is None else self.now + step
        self.send(Wake(CHANNEL))

    @rule(who=people, known=st.none() | evidence, drop=st.sampled_from(["mug", "mug", "mug", "dawn-2026-10-25"]))
    def claim(self, who: Actor, known: tuple[int, Micros, Micros] | None, drop: str) -> None:
        command = self.claiming(who, known, drop)
        for each in self.truth.values():
            each.come(self.now)
        windows, account, waiting = self.truth[drop], who.key, len(self.holds_of(drop))
        phase, left = windows.phase(self.now), windows.plan.supply - windows.granted
        given = [found for _, found in command.evidence if found.value and found.covers(self.now)]
        early_left = min(left, windows.plan.early_units - windows.early) - waiting
        may = not self.has_enough(drop, account)
        answer = self.send(command)[0].decision
        if phase == "public" and may and left > waiting:
            assert isinstance(answer, ClaimGranted), f"everybody is let in, and {who.name} is not: {answer}"
        elif phase == "early" and may and given and early_left > 0:
            assert isinstance(answer, ClaimGranted), f"{who.name} is entitled, and is not let in: {answer}"
        elif phase not in ("public", "early"):
            assert not isinstance(answer, ClaimGranted | ClaimChecking), f"{phase}, and the answer is {answer}"

    @rule(many=st.lists(st.tuples(people, st.none() | evidence), min_size=2, max_size=4))
    def claim_at_once(self, many: list[tuple[Actor, tuple[int, Micros, Micros] | None]]) -> None:
        self.send(*(self.claiming(who, known, "mug") for who, known in many))

    @precondition(_is_early)
    @rule(who=people, known=evidence)
    def claim_early(self, who: Actor, known: tuple[int, Micros, Micros]) -> None:
        self.claim(who, known, "mug")
        for other in (actor for actor in ACTORS if actor.key in self.people.now(who.key) - {who.key}):
            self.claim(other, (1, 0, 1), "mug")

    @precondition(_is_early)
    @rule(who=people, restarts=st.booleans())
    def claim_unknown(self, who: Actor, restarts: bool) -> None:
        self.claim(who, None, "mug")
        if restarts:
            self.desk.restart()

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(sorted(self.answers)))
        actor = next(actor for actor in ACTORS if request.endswith(f"-{actor.name}@{actor.platform}"))
        self.send(ClaimDrop(CHANNEL, request, actor, "mug"))

    @precondition(lambda self: self.waiting)
    @rule(who=people, known=evidence)
    def judge(self, who: Actor, known: tuple[int, Micros, Micros]) -> None:
        found = self.learn(who, known)
        self.send(JudgeHolds(CHANNEL, ((who.key, ASKED[who.platform], found),)))

    @rule(here=st.sampled_from(ACTORS[::2]), there=st.sampled_from(ACTORS[1::2]), ends=st.booleans())
    def link(self, here: Actor, there: Actor, ends: bool) -> None:
        standing = next((link for link in self.people.links if link[-1] is None and here.key in link), None)
        if standing is not None and ends:
            ended = self.send(UnlinkMe(CHANNEL, self.new_request("unlink"), here, standing[2]))[0].decision
            assert isinstance(ended, Unlinked)
            standing[-1] = self.now
            return
        made = self.send(LinkPeople(CHANNEL, self.new_request("link"), here, there, confirmed=True))[0].decision
        if isinstance(made, LinkMade) and made.link not in [number for *_, number, _ in self.people.links]:
            self.people.links.append([here.key, there.key, made.link, None])

    @rule(verb=st.sampled_from([Verb.PAUSE, Verb.RESUME] * 5 + [Verb.OPEN, Verb.CLOSE]))
    def steer(self, verb: Verb) -> None:
        self.send(SteerDrop(CHANNEL, self.new_request("deed"), MIA, verb, "mug"), steers=verb)

    @precondition(lambda self: self.truth["mug"].closes is None)
    @rule(by=st.sampled_from(["+30m", "-20m", "+5m"]))
    def move(self, by: str) -> None:
        self.send(MoveDrop(CHANNEL, self.new_request("move"), MIA, "mug", by, "technical"))

    @rule(what=st.sampled_from(["restart"] * 6 + ["apply", "sleep"]))
    def happen(self, what: str) -> None:
        match what:
            case "restart":
                self.desk.restart()
            case "apply":
                self.apply()
            case "sleep":  # nobody looks at what is due meanwhile
                self.desk.clock.at += 9 * MINUTE

    def apply(self) -> None:
        """The next two times of what recurs, as a running bot plans them; all other plans stay as they are."""
        wanted = [self.mug]
        for each in cadence.next_occurrences(DAWN, self.now - 2 * HOUR, 2):
            opens_at = each.opens_at
            early = {"early": "subscriber or role:patron", "early_for": 20 * MINUTE, "early_units": 1}
            more = {"series": "dawn", "announce_at": opens_at - DAY, "opens_at": opens_at, "window": 2 * HOUR}
            wanted.append(plan(each.key, supply=3, zone="Europe/Berlin", **early, **more))
            if DAWN_OPENS.get(each.key) == opens_at and each.key not in self.truth:
                self.truth[each.key] = Windows.of(wanted[-1])
        request = self.new_request("config")
        self.send(ApplyPlans(CHANNEL, request, BOT, tuple(wanted), series=frozenset({"dawn"})))

    # -- what has to hold -----------------------------------------------------------------------------------

    @property
    def now(self) -> Micros:
        return self.desk.clock.at

    def new_request(self, kind: str) -> str:
        self.requests += 1
        return f"{kind}:{self.requests}"

    def learn(self, who: Actor, known: tuple[int, Micros, Micros]) -> Found:
        value, begins, ends = known
        found = Found(value, self.now + begins, self.now + ends)
        self.people.found.setdefault(who.key, []).append(found)
        return found

    def claiming(self, who: Actor, known: tuple[int, Micros, Micros] | None, drop: str) -> ClaimDrop:
        found = () if known is None else ((ASKED[who.platform], self.learn(who, known)),)
        request = f"{self.new_request(who.platform)}-{who.name}@{who.platform}"
        return ClaimDrop(CHANNEL, request, who, drop, found)

    def holds_of(self, drop: str) -> list[str]:
        return [request for request, (its, _) in self.waiting.items() if its == drop]

    def has_enough(self, drop: str, account: Account) -> bool:
        windows = self.truth[drop]
        mine = self.people.together(account, windows.plan.announce_at)
        return sum(owner in mine for owner in self.owners.get(drop, [])) >= windows.plan.per_person

    def send(self, *commands: object, steers: Verb | None = None) -> list:
        """One batch; then everything that it has brought is held against the truth."""
        for windows in self.truth.values():
            windows.come(self.now)
        settled = len(self.desk.settled)
        results = self.desk.send(*commands)
        if isinstance(results[0].decision, DropMoved):
            self.moved(results[0].decision)
        done = self.desk.settled[settled:]
        self.answered(
            [each for each in zip(commands, results, strict=True) if isinstance(each[0], ClaimDrop)],
            {answer.request_id: answer.decision for answer in done},
        )
        for told in self.desk.news():
            # A deed comes after whatever was due before it.
            if (
                steers
                and told.drop == "mug"
                and _DEEDS.get(told.kind) is steers
                and told.public.get("why") != "time"
            ):
                self.steered(steers)
            self.check(told)
        for key, state, early_open in self.desk.ask('SELECT "key", state, early_open FROM "drop"'):
            if key in self.truth:
                self.check_phase(key, state, bool(early_open))
        assert len({answer.request_id for answer in done}) == len(done), "a claim that waited is answered twice"
        return results

    def answered(self, asked: list, done: dict[str, object]) -> None:
        """Each request has one answer, but for those that wait: each has a place, until it is answered for good."""
        places = dict(self.waiting)
        for command, answer in asked:
            request, decision = command.request_id, answer.decision
            before = self.answers.setdefault(request, decision)
            assert decision in (before, done.get(request)), f"{request} is answered twice"
            if isinstance(decision, ClaimChecking):
                places.setdefault(request, (decision.drop, command.actor.key))
        kept = {request for (request,) in self.desk.ask("SELECT request_id FROM hold")}
        assert kept | set(done) <= set(places), "somebody has a place or an answer who did not wait"
        assert set(self.waiting) <= kept | set(done), "a place is lost"
        for request in set(places) - kept - set(done):
            drop, account = places[request]
            mine = self.people.now(account) | self.people.together(account, self.truth[drop].plan.announce_at)
            others = [who for other, (its, who) in places.items() if its == drop and other != request]
            assert mine & set(others), f"{request} is told to wait, and has no place"
            del self.answers[request]  # asked again, it is decided again
        for request, decision in done.items():
            because = getattr(decision, "because", None)
            assert because not in (ClaimRefusal.EARLY_GONE, ClaimRefusal.SOLD_OUT), "a place was not kept"
            self.answers[request] = decision
        self.waiting = {request: places[request] for request in kept}

    def steered(self, verb: Verb) -> None:
        mug = self.truth["mug"]
        match verb:
            case Verb.OPEN if mug.closes is None:
                mug.open(self.now)
            case Verb.PAUSE:
                mug.paused_at = self.now
            case Verb.RESUME:
                mug.resume(self.now)
            case Verb.CLOSE:
                mug.closes, mug.paused_at = self.now, None

    def moved(self, moved: DropMoved) -> None:
        mug = self.truth["mug"]
        assert mug.closes is None, "what is open is not moved"
        mug.begins = moved.opens_at - mug.plan.early_for
        assert mug.begins > self.now

    def check(self, told: Told) -> None:
        """One more entry, which was made now."""
        windows = self.truth.get(told.drop)
        if windows is None:
            assert told.kind not in ("drop.opened", "unit.granted"), f"{told.drop} opens, and nobody planned it so"
        elif told.kind == "drop.opened":
            windows.openings += 1
            assert windows.openings == 1, f"{told.drop} opens twice"
            assert windows.closes is not None, f"{told.drop} opens before its time"
            public = windows.public if windows.plan.early else None
            assert (told.public.get("public_at"), told.public["closes_at"]) == (public, windows.closes)
        elif told.kind == "unit.granted":
            self.check_grant(told, windows)

    def check_phase(self, key: str, state: str, early_open: bool) -> None:
        phase = self.truth[key].phase(self.now)
        opened = phase in ("early", "public", "paused")
        assert (state == "open") == opened, f"{key} is {state}, it has to be {phase}"
        assert early_open or phase != "early", f"{key} lets everybody in early"
        assert state != "open" or not early_open or phase != "public", f"{key} lets only some in, it is {phase}"

    def check_grant(self, told: Told, windows: Windows) -> None:
        account = (told.private["platform"], told.private["user"])
        phase, drop = windows.phase(self.now), told.drop
        assert phase in ("early", "public"), f"{account} is granted a unit, and it is {phase}"
        assert (told.public.get("window") == "early") == (phase == "early"), f"{account} goes {phase}"
        assert not self.has_enough(drop, account), f"{account} has enough, with all of their accounts"
        windows.granted += 1
        assert windows.granted <= windows.plan.supply, "oversold"
        if phase == "early":
            windows.early += 1
            assert windows.early <= windows.plan.early_units, "more than the share goes early"
            assert self.people.entitled(account, self.now), f"nothing says that {account} may go early"
        self.owners.setdefault(drop, []).append(account)

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            self.end()
        finally:
            self.desk.close()

    def end(self) -> None:
        """Everything comes to its end: nobody waits any more, and the ledger and its bundles hold."""
        if self.truth["mug"].phase(self.now) == "paused":
            self.steer(Verb.RESUME)
        while borders := [at for each in self.truth.values() for at in each.borders() if at > self.now]:
            for by in (-1, 0):
                self.desk.clock.at = max(self.now, min(borders) + by)
                self.send(Wake(CHANNEL))
        assert self.waiting == {}
        assert not [answer for answer in self.answers.values() if isinstance(answer, ClaimChecking)]
        told = Counter(drop for (drop,) in self.desk.ask("SELECT drop_key FROM entry WHERE kind = 'drop.opened'"))
        assert set(told.values()) <= {1}
        connection = self.desk.connection()
        with connection.begin():
            assert differences(connection, CHANNEL) == []
            for (drop,) in self.desk.ask("SELECT drop_key FROM entry WHERE kind = 'drop.announced'"):
                check_bundle(read_bundle(connection, CHANNEL, drop), verify_signature)
