"""What a seed's evening has in store: the drops, who does what and when, and the faults that are held ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.domain.control import Verb
from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.people import Actor, Rank
from bot.domain.stream import Pace
from bot.domain.time import MILLISECOND, MINUTE, SECOND, Micros
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene, StagedDrop
from tests.simulation.acts import Act, actor_of
from tests.simulation.polls.story import PollStory, write_polls

BEGINS_AT: Micros = 1_793_534_400_000_000  # 2026-11-01T12:00:00Z
LENGTH = 9 * MINUTE
COMMANDS_MIN = 200
FAULTS_MIN = 5
# So many evenings have polls; they have fewer claims, so that each evening takes about as long.
POLLS_IN = 0.4

MODERATORS = (
    Actor("twitch", "t-mia", "mia", Rank.MODERATOR),
    Actor("discord", "d-noa", "noa", Rank.MODERATOR),
    Actor("twitch", "t-sam", "sam", Rank.STREAMER),
)
DROPS = ("mug", "print", "cap", "pin")
# What moderators plan live, by title; a title of config.toml is refused them.
LIVE_SUPPLIES = {"Teal Badge": 2, "Teal Flag": 4}
_NAMES = ("", "", "", "mug", "mug", "print", "print", "cap", "cap", "pin", "Teal Mug", "p", "nothing", "teal-badge")
_VERBS = (Verb.OPEN, Verb.PAUSE, Verb.RESUME, Verb.EXTEND, Verb.CLOSE) * 2 + (Verb.GIVE, Verb.UNDO) * 4
_ERRORS = ("locked", "full", "failing")
_MOMENTS = ("connect", "begin", "statement", "statement", "before commit", "before commit", "after commit")
SENDS = (
    "chat: before it is sent",
    "chat: after it was sent",
    "board: before it is sent",
    "board: after it was sent",
)


@dataclass(frozen=True, slots=True)
class Story:
    """`scene` is what the crowd knows ahead; its people come as acts, so that a shortened story has fewer. `polls`
    is None in an evening without any."""

    plans: tuple[DropPlan, ...]
    changed_plans: tuple[DropPlan, ...]
    pace: Pace
    scene: Scene
    viewers: tuple[Actor, ...]
    acts: tuple[Act, ...] = field(repr=False)
    polls: PollStory | None = None

    @property
    def everybody(self) -> tuple[Actor, ...]:
        """All that ask the bot for anything, as they are called in the beginning."""
        voters = () if self.polls is None else self.polls.voters
        return (*self.viewers, *voters, *MODERATORS)


def write_story(dice: Random, poll_dice: Random) -> Story:
    """A story from dice; the same dice write the same story."""
    polls = write_polls(poll_dice, BEGINS_AT, MODERATORS) if poll_dice.random() < POLLS_IN else None
    plans = _plans(dice)
    cues = {"print": dice.randrange(60, 160) * SECOND, "pin": dice.randrange(350, 480) * SECOND}
    scene = _scene(plans, cues)
    sizes = (dice.choice((8, 12, 16)), dice.choice((6, 9))) if polls is None else (5, 4)
    crowd = plan(dice.randrange(2**32), *sizes, scene)
    viewers = tuple(actor_of(person) for person in crowd)
    acts = [Act(0, "comes", actor_of(person), (person,)) for person in crowd]
    share = 1.0 if polls is None else 0.5
    acts += [*_claims(dice, viewers, share), *_deeds(dice, viewers, cues, share), *_stream(dice)]
    acts += [*_trouble(dice, viewers), *_rarities(dice, viewers)]
    more = () if polls is None else polls.plans
    acts += () if polls is None else polls.acts
    acts += [
        Act(act.at + poll_dice.randrange(1, 40) * SECOND, "thaw", None, (drop.key, 0))
        for act in acts
        if act.kind == "freeze"
        for drop in more
    ]
    in_order = tuple(sorted(acts, key=lambda act: act.at))
    changed = (*_changed(dice, plans), *more)
    return Story((*plans, *more), changed, _pace(dice), scene, viewers, in_order, polls)


def _scene(plans: tuple[DropPlan, ...], cues: Mapping[str, Micros]) -> Scene:
    """The drops as they are advertised; a drop on cue opens when a moderator is meant to say so."""
    staged = []
    for drop in plans:
        on_cue = drop.opens_at is None
        opens_at = BEGINS_AT + cues[drop.key] if drop.opens_at is None else drop.opens_at
        staged.append(StagedDrop(drop.key, drop.title, drop.announce_at, opens_at, opens_at + drop.window, on_cue))
    return Scene(tuple(staged))


def _pace(dice: Random) -> Pace:
    return Pace(
        offline_pause=dice.choice((15, 40)) * SECOND,
        offline_close=dice.choice((60, 150)) * SECOND,
        resume_warning=10 * SECOND,
        soon_lead=dice.choice((45, 90)) * SECOND,
        undo_within=dice.choice((60, 180)) * SECOND,
        settle_after=dice.choice((40, 120)) * SECOND,
        answer_gap=dice.choice((5, 30)) * SECOND,
        milestone_gap=dice.choice((5, 60)) * SECOND,
    )


def _plans(dice: Random) -> tuple[DropPlan, ...]:
    supplies = {"mug": (2, 6), "print": (3, 8), "cap": (10, 14), "pin": (1, 4)}
    opens = {"mug": dice.randrange(90, 200), "cap": dice.randrange(250, 400)}
    plans = []
    for key in DROPS:
        supply = dice.randrange(supplies[key][0], supplies[key][1] + 1)
        opens_at = BEGINS_AT + opens[key] * SECOND if key in opens else None
        plans.append(
            DropPlan(
                key=key,
                title=f"Teal {key.capitalize()}",
                kind="badge",
                supply=supply,
                held_back=dice.choice((0, 0, 1, 2)) if supply > 2 else 0,
                per_person=dice.choice((1, 2)) if key == "mug" else dice.choice((1, 2, 3)),
                opening=Opening.CUE if opens_at is None else Opening.CLOCK,
                while_offline=dice.choice((WhileOffline.RUN, WhileOffline.WAIT)),
                zone="UTC",
                announce_at=BEGINS_AT + dice.randrange(5, 90) * SECOND,
                opens_at=opens_at,
                window=dice.randrange(40, 180) * SECOND,
            )
        )
    return tuple(plans)


def _changed(dice: Random, plans: tuple[DropPlan, ...]) -> tuple[DropPlan, ...]:
    """config.toml as somebody has edited it meanwhile: what is still a secret may change, the rest is refused."""
    key = dice.choice(DROPS)
    changes: dict[str, Any] = {"window": 75 * SECOND} if dice.random() < 0.5 else {"supply": 9, "held_back": 0}
    values = {name: getattr(plan, name) for plan in plans if plan.key == key for name in DropPlan.__slots__}
    changed = DropPlan(**{**values, **changes})
    left_out = dice.choice((*DROPS, "", "", ""))
    return tuple(changed if plan.key == key else plan for plan in plans if plan.key != left_out)


def _moment(dice: Random) -> Micros:
    return dice.randrange(2 * SECOND, LENGTH - 20 * SECOND)


def _claim(at: Micros, who: Actor, name: str) -> Act:
    return Act(at, "claim", who, (name,))


def _claims(dice: Random, viewers: Sequence[Actor], share: float) -> list[Act]:
    """What the crowd alone would not do: claims at any time, the impatient, and those at the last moment."""
    acts = []
    for _ in range(round(35 * share)):
        acts.append(_claim(_moment(dice), dice.choice((*viewers, *MODERATORS)), dice.choice(_NAMES)))
    for _ in range(3):
        begins, who, name = _moment(dice), dice.choice(viewers), dice.choice(_NAMES)
        acts += [_claim(begins + n * dice.choice((0, 300)) * MILLISECOND, who, name) for n in range(6)]
    for _ in range(12):
        acts.append(
            Act(_moment(dice), "claim at the last moment", dice.choice(viewers), (dice.choice((-1, 0, 1)),))
        )
    return acts


def _deeds(dice: Random, viewers: Sequence[Actor], cues: Mapping[str, Micros], share: float) -> list[Act]:
    on_twitch = [who for who in viewers if who.platform == "twitch"][:6]
    acts = [
        Act(cues["print"], "steer", MODERATORS[0], (Verb.OPEN, "print", 0, "", "")),
        Act(cues["pin"], "steer", MODERATORS[1], (Verb.OPEN, "pin", 0, "", "")),
    ]
    for _ in range(round(45 * share)):
        who = dice.choice((*MODERATORS, MODERATORS[0], on_twitch[0]))
        verb = dice.choice(_VERBS)
        name = dice.choice(("", *DROPS[:3] * 2, "pin", "nothing"))
        receiver = dice.choice((*(each.name for each in on_twitch), "nobody"))
        acts.append(
            Act(_moment(dice), "steer", who, (verb, name, dice.choice((1, 1, 5, 0)), receiver, "won the quiz"))
        )
    for _ in range(dice.choice((0, 1, 2))):
        acts.append(
            Act(_moment(dice), "steer", MODERATORS[0], (Verb.CANCEL, dice.choice(("pin", "mug", "cap")), 0, "", ""))
        )
    for _ in range(4):
        # Somebody takes back what was done a moment ago.
        at, who, name = _moment(dice), dice.choice(MODERATORS), dice.choice(DROPS)
        verb = dice.choice((Verb.CLOSE, Verb.PAUSE, Verb.EXTEND, Verb.OPEN, Verb.GIVE))
        later = dice.choice((1, 5, 45)) * SECOND
        acts.append(Act(at, "steer", who, (verb, name, 1, dice.choice(on_twitch).name, "a slip")))
        acts.append(Act(at + later, "steer", who, (Verb.UNDO, dice.choice(("", "", name, "cap")), 0, "", "")))
    for _ in range(3):
        title = dice.choice((*LIVE_SUPPLIES, "Mug", "@everyone"))
        acts.append(Act(_moment(dice), "plan", dice.choice((*MODERATORS, viewers[0])), (title,)))
    return acts


def _stream(dice: Random) -> list[Act]:
    acts = [Act(dice.choice((1, 10, 100, 200)) * SECOND, "stream", None, (True,))]
    for _ in range(dice.choice((0, 1, 3))):
        at = _moment(dice)
        for n in range(dice.choice((1, 2, 5))):
            acts.append(Act(at + n * 3 * SECOND, "stream", None, (n % 2 == 1,)))
        acts.append(Act(at + dice.choice((12, 30, 100, 200)) * SECOND, "stream", None, (True,)))
    acts += [Act(_moment(dice), "wake") for _ in range(8)]
    return acts


def _trouble(dice: Random, viewers: Sequence[Actor]) -> list[Act]:
    """Faults of every kind: at least five that strike whatever happens."""
    acts = []
    for _ in range(dice.choice((2, 3, 4))):
        error, moment = dice.choice(_ERRORS), dice.choice(_MOMENTS)
        if (error, moment) == ("locked", "after commit"):
            error = "failing"
        acts += _trap(dice, error, moment)
    for _ in range(dice.choice((1, 2, 3))):
        acts += _trap(dice, "dies", dice.choice(_MOMENTS))
    acts.append(Act(_moment(dice), "die when sending", None, (dice.choice(SENDS),)))
    acts.append(Act(_moment(dice), dice.choice(("die", "stop", "die in the start"))))
    for kind in ("chat is down", "board is down", "the ledger is broken", "a person is renamed"):
        if dice.random() < 0.6:
            longest = 20 if kind == "the ledger is broken" else 150
            how = dice.choice(("locked", "full", "failing"))
            acts.append(Act(_moment(dice), kind, dice.choice(viewers), (dice.randrange(2, longest) * SECOND, how)))
    if dice.random() < 0.4:
        jump = dice.choice((-240, -5, -1, 5, 90, 3600))
        acts.append(Act(_moment(dice), "the clock jumps", None, (jump * SECOND,)))
    if dice.random() < 0.3:
        acts.append(Act(_moment(dice), "config.toml changes"))
    if dice.random() < 0.3:
        # As after a restore; the operator is not sure of the numbers, and may name a higher one than was out.
        at = _moment(dice)
        acts.append(Act(at, "freeze"))
        for key in DROPS:
            higher = dice.choice((None, 0, 0, 1))
            acts.append(Act(at + dice.randrange(1, 40) * SECOND, "thaw", None, (key, higher)))
    return acts


def _rarities(dice: Random, viewers: Sequence[Actor]) -> list[Act]:
    """What chance alone would bring about in one evening out of hundreds."""
    who = MODERATORS[2]

    def deed(at: Micros, verb: Verb, name: str) -> Act:
        return Act(at, "steer", who, (verb, name, 0, viewers[0].name, "a slip"))

    at = _moment(dice)
    match dice.randrange(20):
        case 0:  # a gift of a drop that is cancelled is taken back
            return [
                deed(at, Verb.GIVE, "cap"),
                deed(at + SECOND, Verb.CANCEL, "cap"),
                deed(at + 20 * SECOND, Verb.UNDO, "cap"),
                deed(at + 21 * SECOND, Verb.UNDO, "cap"),
            ]
        case 1:  # the stream goes off right after somebody opened a drop, who takes that back
            return [
                deed(at, Verb.OPEN, "pin"),
                Act(at + SECOND, "stream", None, (False,)),
                deed(at + 50 * SECOND, Verb.UNDO, ""),
            ]
        case 2:  # config.toml changes before anything was announced
            return [Act(SECOND, "config.toml changes"), Act(2 * SECOND, "die")]
    return []


def _trap(dice: Random, what: str, moment: str) -> list[Act]:
    at = _moment(dice)
    trap = Act(at, "trap", None, (what, moment, dice.randrange(0, 14) if moment == "statement" else 0))
    if moment != "connect":
        return [trap]
    # Only a lane that has given up its connection connects again.
    return [Act(at, "trap", None, (dice.choice(_ERRORS), "begin", 0)), trap]
