"""What is planned for a play, in the order it is due: for whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.rehearsal.compress import Play
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.moments import SECOND
from bot.rehearsal.played import PlayedDrop, PlayedPoll
from bot.rehearsal.script import Moment, Script, StageCue
from bot.rehearsal.timing import cast_faults, drop_of, instant


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to happen `at` (microseconds UTC), in a few words."""

    at: int
    what: str


@dataclass(frozen=True, slots=True)
class PlannedStock:
    """A drop and how many units of it there are."""

    drop: str
    title: str
    supply: int


@dataclass(frozen=True, slots=True)
class Programme:
    """`dues` in the order of time; `claim_words` are what viewers type to claim, in small letters."""

    dues: tuple[Due, ...] = ()
    stocks: tuple[PlannedStock, ...] = ()
    claim_words: tuple[str, ...] = ()
    twitch: bool = True
    discord: bool = True


def programme_of(play: Play, script: Script | None = None, seed: int = 0) -> Programme:
    """Everything that has a time: windows, the streamer's cues, and the faults that this seed brings."""
    dues = [due for drop in play.drops for due in _windows(drop)]
    dues += [due for poll in play.polls for due in _poll(poll)]
    if script is not None:
        dues += [Due(_at(play, cue.at), _cue(cue)) for cue in script.cues]
        for fault in cast_faults(script, seed, play.drops):
            if fault.at is not None and fault.name in FAULTS:
                dues.append(Due(_at(play, fault.at), f"a fault: {FAULTS[fault.name].does}"))
    return Programme(
        dues=tuple(sorted(dues, key=lambda due: due.at)),
        stocks=tuple(PlannedStock(drop.key, drop.title, drop.supply) for drop in play.drops),
        claim_words=play.claim_words,
        twitch=play.twitch,
        discord=play.discord,
    )


def _windows(drop: PlayedDrop) -> Iterator[Due]:
    yield Due(drop.announces_at, f"{drop.title} is announced")
    opens = f"a moderator opens {drop.title}" if drop.on_cue else f"{drop.title} opens"
    if drop.early_at is not None:
        yield Due(drop.early_at, f"{opens} early")
        opens = f"{drop.title} opens to everybody"
    yield Due(drop.opens_at, opens)
    yield Due(drop.closes_at, f"{drop.title} closes")


def _poll(poll: PlayedPoll) -> Iterator[Due]:
    yield Due(poll.opens_at, f"the {'mod vote' if poll.for_moderators else 'poll'} “{poll.question}” opens")
    yield Due(poll.closes_at, f"“{poll.question}” closes")


def _cue(cue: StageCue) -> str:
    return f"the {cue.who} {cue.does}" if cue.does.startswith("goes ") else f"{cue.who} types {cue.does}"


def _at(play: Play, moment: Moment) -> int:
    """When a moment is due; one that counts from an opening, if that comes as planned."""
    at = instant(moment, play.everything)
    return drop_of(moment, play.everything).opens_at + round(moment.after * SECOND) if at is None else at
