"""What an evening has in store around polls: what is asked, who votes how and when, whose accounts are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bot.domain.ballots import Method
from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.people import Actor, Rank
from bot.domain.polls import PollKind, free_key
from bot.domain.time import MILLISECOND, SECOND, Micros
from bot.stage.crowd.acts import Person
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene, StagedDrop, StagedPoll
from tests.simulation.acts import Act, actor_of

BADGE, FLAG = "fox-badge", "fox-flag"
TITLES = {BADGE: "Fox Badge", FLAG: "Fox Flag"}
# Who votes by hand of the stage's own characters, of a hundred each.
_SHARES = {"voter": 35, "late-voter": 15, "ballot-stuffer": 15, "pass-holder": 35}
_ASKED = (
    ("Colour of the next mug", ("teal", "plum", "sand")),
    ("Next game", ("Hades", "Celeste", "Ico", "Zelda")),
    ("Who cooks", ("ann", "ben")),
    ("Which song", ("first", "second", "third")),
)
_METHODS = (Method.PLURALITY, Method.APPROVAL, Method.RANKED, Method.SCORE)
_SLOTS = ((70, 110), (165, 215), (285, 330), (395, 430))
_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """A poll as somebody means to put it; `lasts` in seconds. `quorum` None is the usual."""

    question: str
    options: tuple[str, ...]
    kind: PollKind
    method: Method
    hidden: bool
    quorum: int | None
    lasts: int

    @property
    def key(self) -> str:
        """Its name in the ledger, if it is the first of this question."""
        return free_key(self.question, ())

    @property
    def typed(self) -> str:
        """What is typed behind the command."""
        words = [] if self.method is Method.PLURALITY else [str(self.method)]
        words += ["hidden"] if self.hidden else []
        return " ".join([*words, f'"{self.question}"', ", ".join(self.options), f"{self.lasts}s"])


@dataclass(frozen=True, slots=True)
class PollStory:
    """`pairs` are the accounts on Twitch and on Discord that are one person's; `scene` is what the voting crowd
    knows ahead. `subscribers` and `moderators` are ids on Twitch: what it would tell of them."""

    plans: tuple[DropPlan, ...]
    scene: Scene
    voters: tuple[Actor, ...]
    pairs: tuple[tuple[Actor, Actor], ...]
    subscribers: frozenset[str]
    moderators: frozenset[str]
    acts: tuple[Act, ...] = field(repr=False)


def write_polls(dice: Random, begins_at: Micros, moderators: Sequence[Actor]) -> PollStory:
    """Polls, votes and an early window from dice; the same dice write the same. The first of `moderators` is on
    Twitch, the second on Discord."""
    plans = _plans(dice, begins_at)
    asked = [_asking(dice, place) for place in range(len(_SLOTS))]
    at = [dice.randrange(*slot) * SECOND for slot in _SLOTS]
    scene = _scene(plans, asked, at, begins_at)
    crowd = [
        replace(person, login=f"{person.login}_v")
        for person in plan(dice.randrange(2**32), dice.choice((5, 6)), 4, scene, _SHARES)
        if not person.home
    ]
    people = [actor_of(person) for person in crowd]
    mia = moderators[0]
    twin = Actor("discord", "d-mia", "mia.d")
    there, here = ([who for who in people if who.platform == place] for place in ("twitch", "discord"))
    pairs = ((there[0], here[0]), (mia, twin), (there[1], here[1]))
    voters = (*people, twin)
    acts = [Act(0, "comes to vote", actor_of(person), (person,)) for person in crowd]
    acts += _links(dice, pairs)
    for each, opens_at in zip(asked, at, strict=True):
        acts += _putting(dice, each, opens_at, moderators)
        acts += _votes(dice, each, opens_at, voters, moderators)
        acts += _steering(dice, each, opens_at, moderators)
    acts += _early_claims(dice, plans, begins_at, [who for who in voters if who != here[0]])
    acts += _trouble(dice, at)
    subscribers = frozenset(who.user_id for who in there if dice.random() < 0.5)
    mods = frozenset(who.user_id for who in moderators if who.platform == "twitch")
    return PollStory(plans, scene, voters, pairs, subscribers, mods, tuple(acts))


def _plans(dice: Random, begins_at: Micros) -> tuple[DropPlan, ...]:
    """A badge that brings passes, and a flag with an early window."""

    def drop(key: str, opens: int, lasts: int, supply: int) -> DropPlan:
        return DropPlan(
            key=key,
            title=TITLES[key],
            kind="badge",
            supply=supply,
            held_back=0,
            per_person=1,
            opening=Opening.CLOCK,
            while_offline=WhileOffline.RUN,
            zone="UTC",
            announce_at=begins_at + 3 * SECOND,
            opens_at=begins_at + opens * SECOND,
            window=lasts * SECOND,
        )

    brings = PassOffer(PassKind.MOD_VOTE, uses=dice.choice((1, 1, 2)))
    badge = replace(drop(BADGE, dice.randrange(20, 50), 150, dice.choice((4, 6))), passes=(brings,))
    flag = drop(FLAG, dice.randrange(150, 300), dice.randrange(40, 90), dice.choice((4, 7)))
    early_for = dice.randrange(30, 80) * SECOND
    return (badge, replace(flag, early="subscriber", early_for=early_for, early_units=dice.choice((2, 3, 4))))


def _asking(dice: Random, place: int) -> Asking:
    """The first is everybody's and typed by number; the third and mostly the fourth are for moderators."""
    question, options = _ASKED[place]
    decided_by_mods = place == 2 or (place == 3 and dice.random() < 0.6)
    method = dice.choice(_METHODS) if place in (1, 3) else Method.PLURALITY
    quorum = dice.choice((None, None, 2, 30)) if place == 1 else None
    kind = PollKind.MOD_VOTE if decided_by_mods else PollKind.POLL
    return Asking(f"{question}?", options, kind, method, dice.random() < 0.4, quorum, dice.randrange(20, 61))


def _scene(plans: Sequence[DropPlan], asked: Sequence[Asking], at: Sequence[Micros], begins_at: Micros) -> Scene:
    """The drops, and the polls in which a number alone is a vote: the crowd knows no other way."""
    drops = []
    for each in plans:
        opens_at = each.opens_at or 0
        early_at = opens_at - each.early_for if each.early else None
        drops.append(
            StagedDrop(each.key, each.title, each.announce_at, opens_at, opens_at + each.window, early_at=early_at)
        )
    polls = [
        StagedPoll(
            each.key,
            each.question,
            each.options,
            begins_at + opens_at,
            begins_at + opens_at + each.lasts * SECOND,
            for_moderators=each.kind is PollKind.MOD_VOTE,
        )
        for each, opens_at in zip(asked, at, strict=True)
        if each.method is Method.PLURALITY
    ]
    return Scene(tuple(drops), polls=tuple(polls))


def _links(dice: Random, pairs: Sequence[tuple[Actor, Actor]]) -> list[Act]:
    """Two pairs link early on and try until it works; the third in the middle of the evening."""
    acts = []
    for nth, (there, here) in enumerate(pairs):
        first = dice.randrange(1, 8) if nth < 2 else dice.randrange(80, 450)
        acts += [Act((first + 9 * again) * SECOND, "link", there, (here,)) for again in range(4)]
    return acts


def _putting(dice: Random, asking: Asking, at: Micros, moderators: Sequence[Actor]) -> list[Act]:
    """Whoever sees nothing come of it puts it again, in other words."""
    who = moderators[1] if asking.quorum is not None else dice.choice(tuple(moderators))
    acts = [Act(at, "put a poll", who, (asking, 0))]
    for again in range(1, _RETRIES):
        acts.append(Act(at + again * 5 * SECOND, "put a poll", who, (asking, again)))
    if dice.random() < 0.2:
        acts.append(Act(at + 3 * SECOND, "put a poll", replace(who, rank=Rank.VIEWER), (asking, 0)))
    return acts


def _votes(
    dice: Random, asking: Asking, at: Micros, voters: Sequence[Actor], moderators: Sequence[Actor]
) -> list[Act]:
    """Beside the crowd's: in every way there is, changed, in a hurry, at the last moment and after it."""
    everybody = (*voters, *moderators, *moderators)
    span = (asking.lasts + 6) * SECOND
    acts = []
    for _ in range(14):
        acts.append(_vote(dice, asking, at + dice.randrange(0, span), dice.choice(everybody)))
    begins, who = at + dice.randrange(0, span), dice.choice(everybody)
    hurry = dice.choice((50, 300)) * MILLISECOND
    acts += [_vote(dice, asking, begins + nth * hurry, who) for nth in range(8)]
    for _ in range(4):
        vote = _vote(dice, asking, at + dice.randrange(2 * SECOND, span), dice.choice(everybody))
        acts.append(replace(vote, kind="vote at the last moment", what=(*vote.what, dice.choice((-1, 0, 1)))))
    acts += [Act(at + dice.randrange(0, span), "look at a poll") for _ in range(2)]
    return acts


def _vote(dice: Random, asking: Asking, at: Micros, who: Actor) -> Act:
    """What is asked for: how ("bare", "typed", "button"), the words, the poll's name, and whether with a pass."""
    options = range(1, len(asking.options) + 1)
    with_pass = asking.kind is PollKind.MOD_VOTE and not who.steers and dice.random() < 0.5
    if dice.random() < 0.08:
        return Act(at, "vote", who, ("typed", dice.choice(("nothing like it", "77", "1 2 1 2")), "", with_pass))
    match asking.method:
        case Method.PLURALITY:
            number = dice.choice(tuple(options))
            text = dice.choice((str(number), asking.options[number - 1]))
        case Method.APPROVAL:
            text = " ".join(str(each) for each in sorted(dice.sample(options, dice.randrange(1, len(options) + 1))))
        case Method.RANKED:
            text = " > ".join(str(each) for each in dice.sample(options, dice.randrange(1, len(options) + 1)))
        case Method.SCORE:
            scored = sorted(dice.sample(options, dice.randrange(1, len(options) + 1)))
            text = " ".join(f"{each}={dice.randrange(6)}" for each in scored)
    if dice.random() < 0.05:
        text = "abstain"
    how = "typed"
    if text.isdecimal() and dice.random() < 0.7 and not with_pass:
        how = "bare" if who.platform == "twitch" else "typed"
    if who.platform == "discord" and asking.method is Method.PLURALITY and text.isdecimal() and dice.random() < 0.8:
        how = "button"
    return Act(at, "vote", who, (how, text, asking.key if how == "button" else "", with_pass))


def _steering(dice: Random, asking: Asking, at: Micros, moderators: Sequence[Actor]) -> list[Act]:
    """Most polls end by time; others go on longer, or are closed or cancelled by hand."""
    acts: list[Act] = []

    def order(text: str) -> None:
        acts.append(
            Act(at + dice.randrange(4, asking.lasts) * SECOND, "steer a poll", dice.choice(moderators), (text,))
        )

    if dice.random() < 0.35:
        order(dice.choice(("+10", "+15s", f"+20 {asking.key}", "+2d")))
    if dice.random() < 0.2:
        order(dice.choice(("close", f"close {asking.key}")))
    if dice.random() < (0.45 if asking.kind is PollKind.MOD_VOTE else 0.15):
        order("cancel")
    return acts


def _early_claims(dice: Random, plans: Sequence[DropPlan], begins_at: Micros, people: Sequence[Actor]) -> list[Act]:
    """Beside the crowd's: whoever tries the early window, in it and around it, with and without a subscription."""
    badge, flag = plans
    opens = (flag.opens_at or 0) - begins_at
    acts = []
    for _ in range(16):
        at = dice.randrange(opens - flag.early_for - 3 * SECOND, opens + flag.window)
        acts.append(Act(at, "claim", dice.choice(people), (FLAG,)))
    begins = (badge.opens_at or 0) - begins_at
    for _ in range(8):
        acts.append(Act(begins + dice.randrange(0, 60) * SECOND, "claim", dice.choice(people), (BADGE,)))
    return acts


def _trouble(dice: Random, at: Sequence[Micros]) -> list[Act]:
    """The stream goes while people vote; the clock is set, the bot dies, or nobody can say who subscribes."""
    acts = []
    during = dice.choice(tuple(at)) + dice.randrange(3, 40) * SECOND
    if dice.random() < 0.35:
        gone = dice.choice((10, 30, 90, 200)) * SECOND
        acts += [Act(during, "stream", None, (False,)), Act(during + gone, "stream", None, (True,))]
    if dice.random() < 0.3:
        jump = dice.choice((-3600, -20, -2, 5, 30, 600, 7200))
        when = dice.choice(tuple(at)) + dice.randrange(2, 30) * SECOND
        acts.append(Act(when, "the clock jumps", None, (jump * SECOND,)))
        if dice.random() < 0.5:
            # Of all moments the one in which the ledger should note that.
            moment = dice.choice(("before commit", "after commit"))
            acts.append(Act(when, "trap", None, (dice.choice(("full", "failing")), moment, 0)))
    if dice.random() < 0.5:
        acts.append(
            Act(dice.choice(tuple(at)) + dice.randrange(2, 40) * SECOND, dice.choice(("die", "die", "stop")))
        )
    if dice.random() < 0.4:
        lasts = dice.choice((10, 60, 200)) * SECOND
        acts.append(Act(dice.randrange(100, 300) * SECOND, "evidence is down", None, (lasts, "")))
    return acts


def person_of(act: Act) -> Person:
    """Who comes to vote."""
    person = act.what[0]
    assert isinstance(person, Person)
    return person
