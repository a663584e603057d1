"""A made-up evening with polls: somebody votes for plum, and a pass is spent, given back and spent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.ledger import BallotRow, OutcomeRow, PassRow
from bot.rehearsal.moments import SECOND
from tests.rehearsal.evening import CLOSES, Evening, good_evening

BEGINS = CLOSES + 10 * SECOND
COLOURS, GAMES = ("teal", "plum", "sand"), ("Hades", "Celeste")


@dataclass
class Poll:
    """One poll of an evening, which writes its record and its ledger side by side."""

    evening: Evening
    key: str
    question: str
    options: Sequence[str]
    at: int
    lasts: int = 20 * SECOND
    mod_vote: bool = False
    standing: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules: dict[str, Any] = {"key": self.key, "question": self.question, "options": list(self.options)}
        rules |= {"method": "plurality", "closes_at": self.at + self.lasts, "ties": "00"}
        if self.mod_vote:
            rules |= {"electorate": "moderator", "pass_role": "entry"}
        self.enter("poll.opened", self.at, rules)
        self.tell("poll-opened", f"{self.question} {', '.join(self.options)}. Type a number to vote.", self.at)

    def enter(self, kind: str, at: int, public: dict[str, Any], private: dict[str, Any] | None = None) -> int:
        return self.evening.enter(kind, at, public, private or {}, f"poll:{self.key}").number

    def tell(self, kind: str, text: str, at: int) -> None:
        self.evening.announce(kind, text, at, f"poll:{self.key}")

    def types(self, name: str, text: str, at: int, option: int = 0, *, spends: int = 0) -> str:
        """Somebody types; with `option` it counts."""
        request = self.evening.says(name, text, self.at + at)
        if option:
            self.count(("twitch", f"id-{name}"), request, option, self.at + at + 1, spends=spends)
        return request

    def presses(self, name: str, option: int, at: int, *, answered: bool = True, counts: bool = True) -> str:
        key = f"i{len(self.evening.record)}"
        who: dict[str, Any] = {"author": f"id-{name}", "name": name}
        data = {"interaction_id": key, "custom_id": f"md:vote:{self.key}:{option}"}
        self.evening.see(self.at + at, "discord", "press", text=f"{option}", data=data, **who)
        if answered:
            answer = {"text": "Your vote counts.", "visible_to": f"id-{name}", "data": {"interaction_id": key}}
            self.evening.see(self.at + at + 50_000, "discord", "answer", **answer)
        if counts:
            self.count(("discord", f"id-{name}"), f"discord:{key}", option, self.at + at + 1)
        return f"discord:{key}"

    def count(self, who: tuple[str, str], request: str, option: int, at: int, *, spends: int = 0) -> None:
        evening = self.evening
        person = evening.people.setdefault(who, len(evening.people) + 1)
        if spends:
            self.enter("pass.spent", at, {"holder": f"p{person}"}, {"pass": spends, "person": person})
            held = evening.passes[spends - 1]
            used, spent_on = held.used + 1, (*held.spent_on, f"poll:{self.key}")
            evening.passes[spends - 1] = PassRow(spends, held.uses, used, spent_on)
        private = {"person": person, "platform": who[0], "user": who[1], "request": request, "ballot": [option]}
        public: dict[str, Any] = {"voter": f"p{person}"}
        before = [row for row in evening.ballots if (row.poll, row.person) == (self.key, person)]
        pass_number = spends or sum(row.pass_number for row in before)
        if before:
            public["replaces"] = [f"p{person}"]
            evening.ballots.remove(before[0])
        if pass_number:
            private["pass"] = pass_number
        number = self.enter("vote.cast", at, public, private)
        evening.ballots.append(BallotRow(self.key, person, number, [option], 1, pass_number))
        decision = {"poll": self.key, "ballot": {"choices": [option]}}
        evening.outcomes.append(OutcomeRow(request, "vote.accepted", f"poll:{self.key}", *who, decision, at, at))

    def refuses(self, request: str, name: str, because: str, at: int) -> None:
        decision = {"poll": self.key, "because": because}
        platform = request.partition(":")[0]
        row = (request, "vote.refused", f"poll:{self.key}", platform, f"id-{name}", decision, self.at + at)
        self.evening.outcomes.append(OutcomeRow(*row, self.at + at))

    def closes(self, counts: Sequence[int], *, at: int | None = None, winner: int | None = None) -> None:
        """With these counts, whatever the ballots come to."""
        moment = self.at + (self.lasts if at is None else at)
        people = sum(counts)
        first = 1 + list(counts).index(max(counts)) if winner is None else winner
        result = {
            "counts": [[option, count, count] for option, count in enumerate(counts, 1)],
            "people": people,
            "weight": people,
            "abstained": 0,
            "leading": first,
            "winner": first,
        }
        self.enter("poll.closed", moment, {"why": "time", "result": result})
        told = ", ".join(f"{count} for {option}" for option, count in zip(self.options, counts, strict=True))
        self.tell("poll-closed", f"{self.question} {self.options[first - 1]} won. {told}; {people} voted.", moment)

    def is_cancelled(self, at: int, *returned: int) -> None:
        self.enter("poll.cancelled", self.at + at, {"why": "moderator"})
        for number in returned:
            self.gives_back(number, at)
        self.tell("poll-cancelled", f"{self.question} is cancelled.", self.at + at)

    def gives_back(self, number: int, at: int) -> None:
        self.enter("pass.returned", self.at + at, {"why": "cancelled"}, {"pass": number, "person": 1})
        held = self.evening.passes[number - 1]
        kept = tuple(scope for scope in held.spent_on if scope != f"poll:{self.key}")
        self.evening.passes[number - 1] = PassRow(number, held.uses, held.used - 1, kept)


def grant_pass(evening: Evening, name: str) -> int:
    """A pass by hand; returns its number."""
    number, person = len(evening.passes) + 1, evening.people.setdefault(("twitch", f"id-{name}"), 99)
    public = {"pass": number, "kind": "mod_vote", "uses": 1}
    evening.enter("pass.granted", BEGINS - SECOND, public, {"person": person}, "")
    evening.passes.append(PassRow(number, 1, 0, ()))
    return number


def joins(evening: Evening, name: str, *badges: str, platform: str = "twitch") -> None:
    """Somebody of the crowd, of whom the platform knows these badges."""
    data = {"platform": platform, "login": name.casefold(), "character": "made up"}
    evening.see(BEGINS - 2 * SECOND, "stage", "joined", author=f"id-{name}", name=name, data=data)
    if badges:
        facts = {"tier": "", "gift": False, "follows_since": None, "badges": list(badges)}
        text = "is known"
        evening.see(BEGINS - SECOND, platform, "standing", author=f"id-{name}", name=name, text=text, data=facts)


@dataclass
class Polled:
    """`evening` with its three polls."""

    evening: Evening
    colour: Poll
    slip: Poll
    game: Poll


def polled_evening() -> Polled:
    """ann changes her mind to plum, Bob takes sand, cat presses plum. Then ann spends her pass where moderators
    decide; that is cancelled, and she spends it again, beside the moderator mia."""
    evening = good_evening()
    for name in ("ann", "Bob"):
        joins(evening, name)
    joins(evening, "cat", platform="discord")
    joins(evening, "mia", "moderator")
    grant_pass(evening, "ann")
    colour = Poll(evening, "colour", "Colour?", COLOURS, BEGINS)
    colour.types("ann", "1", 1 * SECOND, 1)
    colour.types("Bob", "!vote sand", 2 * SECOND, 3)
    colour.types("ann", "!vote plum", 4 * SECOND, 2)
    colour.presses("cat", 2, 5 * SECOND)
    wrong = colour.types("Bob", "12", 6 * SECOND)
    colour.refuses(wrong, "Bob", "bad-choice", 6 * SECOND + 1)
    evening.bot("@Bob: that is no option here.", BEGINS + 7 * SECOND)
    colour.closes((0, 2, 1))
    slip = Poll(evening, "slip", "Next gaem?", GAMES, BEGINS + 30 * SECOND, mod_vote=True)
    slip.types("ann", "!pass 2", 1 * SECOND, 2, spends=1)
    slip.is_cancelled(5 * SECOND, 1)
    game = Poll(evening, "game", "Next game?", GAMES, BEGINS + 60 * SECOND, mod_vote=True)
    game.types("mia", "1", 1 * SECOND, 1)
    game.types("ann", "!pass 2", 2 * SECOND, 2, spends=1)
    bare = game.types("Bob", "1", 3 * SECOND)
    game.refuses(bare, "Bob", "not-entitled", 3 * SECOND + 1)
    game.types("ann", "!vote 1", 5 * SECOND, 1)
    return Polled(evening, colour, slip, game)


def played_to_the_end(polled: Polled) -> Evening:
    """The last poll closes as it should."""
    polled.game.closes((2, 0))
    return polled.evening
