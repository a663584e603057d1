"""What is planned for a play, in the order it is due: for whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.rehearsal.compress import SECOND, Play, PlayedDrop
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.script import Anchor, Moment, Script, StageCue


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to happen `at` (microseconds UTC), in a few words."""

    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Stock:
    """A drop and how many units of it there are."""

    drop: str
    title: str
    supply: int


@dataclass(frozen=True, slots=True)
class Programme:
    """`dues` in the order of time; `claim_words` are what viewers type to claim, in small letters."""

    dues: tuple[Due, ...] = ()
    stocks: tuple[Stock, ...] = ()
    claim_words: tuple[str, ...] = ()
    twitch: bool = True
    discord: bool = True


def programme_of(play: Play, script: Script | None = None) -> Programme:
    """Everything that has a time: windows, the streamer's cues, and the faults that do not come by chance."""
    dues = [due for drop in play.drops for due in _windows(drop)]
    if script is not None:
        dues += [Due(_at(play, cue.at), _cue(cue)) for cue in script.cues]
        faults = ((FAULTS[fault.name], fault.at) for fault in script.faults if fault.name in FAULTS)
        dues += [Due(_at(play, at), f"a fault: {fault.does}") for fault, at in faults if at is not None]
    return Programme(
        dues=tuple(sorted(dues, key=lambda due: due.at)),
        stocks=tuple(Stock(drop.key, drop.title, drop.supply) for drop in play.drops),
        claim_words=(play.words["claim"].casefold(), play.words["claim_again"].casefold()),
        twitch=play.twitch,
        discord=play.discord,
    )


def _windows(drop: PlayedDrop) -> Iterator[Due]:
    yield Due(drop.announces_at, f"{drop.title} is announced")
    yield Due(drop.opens_at, f"a moderator opens {drop.title}" if drop.on_cue else f"{drop.title} opens")
    yield Due(drop.closes_at, f"{drop.title} closes")


def _cue(cue: StageCue) -> str:
    return f"the {cue.who} {cue.does}" if cue.does.startswith("goes ") else f"{cue.who} types {cue.does}"


def _at(play: Play, moment: Moment) -> int:
    """When a moment is due if all goes as planned."""
    drop = next((drop for drop in play.drops if drop.key == moment.drop), play.drops[0])
    bases = {
        Anchor.BEGINS: play.drops[0].announces_at,
        Anchor.ANNOUNCED: drop.announces_at,
        Anchor.CLOSES: drop.closes_at,
    }
    return bases.get(moment.anchor, drop.opens_at) + round(moment.after * SECOND)
