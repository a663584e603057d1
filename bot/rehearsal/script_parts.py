"""The sections of a rehearsal script. A field's description is the cure that is read when its value is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator

from bot.config.drops import DropTable
from bot.config.mistakes import nearest
from bot.config.sections import Section
from bot.config.values import Finding, refuse
from bot.rehearsal.compress import TIMES
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.figures import FIGURE_NAMES
from bot.rehearsal.options import Tempo
from bot.rehearsal.script import Anchor, Moment
from bot.stage.crowd.characters import CHARACTERS
from bot.stage.crowd.moderator import LOGIN as MODERATOR
from bot.stage.orders import STREAMER

_MOMENT = re.compile(
    r"(?:(?P<drop>[a-z0-9]+(?:-[a-z0-9]+)*) +)?"
    r"(?P<anchor>begins|announced|early|opens|opened|closes)"
    r"(?: *(?P<sign>[+-]) *(?P<after>[0-9]{1,3}(?:\.[0-9]{1,3})?) *s)?"
)
_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_MOMENT_CURE = 'Write it like "begins +3s", "opens -1.5s", "mug opened +2s" or "closes".'
_STATUSES = (400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504)
FAULT_OPTIONS = ("code", "status", "times", "by", "down")
_TEMPO = Tempo()
_DIRECTORS = (STREAMER, MODERATOR)
_TIMES = (*TIMES, "early_for")
VIEWERS_MAX, DISCORD_VIEWERS_MAX = 5000, 1000


def parse_moment(value: object) -> Moment:
    """ "mug opens +2s" and the like; refuses anything else."""
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        refuse(Finding("this is no moment of the play", _MOMENT_CURE))
    anchor = Anchor(found["anchor"])
    if anchor is Anchor.BEGINS and found["drop"]:
        refuse(Finding("the play begins once, not with each drop", 'Write "begins" without a drop.'))
    after = float(found["after"] or 0)
    return Moment(anchor, -after if found["sign"] == "-" else after, found["drop"] or "")


_Moment = Annotated[Moment, BeforeValidator(parse_moment)]


class CrowdPart(Section):
    viewers: int = Field(60, ge=0, le=VIEWERS_MAX, description="Say how many come on Twitch, like 60.")
    discord_viewers: int = Field(15, ge=0, le=DISCORD_VIEWERS_MAX, description="Say how many come on Discord.")
    shares: dict[str, int] = Field(
        default_factory=dict, description="Say for a character how many of a hundred people are like that."
    )
    moderator_mistakes: bool = Field(False, description="Write true if the moderator is to get things wrong first.")

    @field_validator("shares")
    @classmethod
    def _characters_are_known(cls, shares: dict[str, int]) -> dict[str, int]:
        known = [character.name for character in CHARACTERS]
        strange = [name for name in shares if name not in known]
        wrong = [name for name, share in shares.items() if not 0 <= share <= 100]
        findings = [
            Finding("nobody in the crowd is of this character", nearest(name, known) or choose(known), key=name)
            for name in strange
        ]
        cure = "Write how many of a hundred people are like that, 0 to 100."
        findings += [Finding("this is no share", cure, key=name) for name in wrong]
        if findings:
            refuse(*findings)
        return shares


class TempoPart(Section):
    before_opening: float = Field(_TEMPO.before_opening, ge=1, le=60, description="Seconds, like 6.0.")
    early: int = Field(_TEMPO.early, ge=1, le=120, description="Whole seconds, like 5.")
    window: int = Field(_TEMPO.window, ge=2, le=300, description="Whole seconds, like 20.")
    stagger: float = Field(_TEMPO.stagger, ge=0, le=120, description="Seconds, like 4.0.")
    stagger_max: float = Field(_TEMPO.stagger_max, ge=0, le=600, description="Seconds, like 12.0.")
    answer_gap: int = Field(_TEMPO.answer_gap, ge=1, le=30, description="Whole seconds, like 6.")
    offline_pause: int = Field(_TEMPO.offline_pause, ge=1, le=60, description="Whole seconds, like 3.")
    offline_close: int = Field(_TEMPO.offline_close, ge=2, le=120, description="Whole seconds, like 8.")

    def as_tempo(self) -> Tempo:
        return Tempo(**dict(self))


class StreamPart(Section):
    live_at_first: bool = True


class ScriptDrop(DropTable):
    """A drop as in config.toml, but for its times: those are the tempo's."""

    def _time_findings(self, _zone: ZoneInfo) -> list[Finding]:
        cure = "Leave the key out: [tempo] says when the drops of a script happen."
        return [
            Finding("a script has no calendar", cure, key=key) for key in _TIMES if key in self.model_fields_set
        ]


_Option = Annotated[str, Field(min_length=1, max_length=40)]


class PollPart(Section):
    name: str = Field(pattern=_NAME, max_length=40, description='Give it a short name, like "colour".')
    question: str = Field(min_length=1, max_length=120, description='Write a question, like "Next game?".')
    options: list[_Option] = Field(
        min_length=2, max_length=12, description='Write what there is to choose from, like ["teal", "plum"].'
    )
    at: _Moment = Field(description=_MOMENT_CURE)
    lasts: int = Field(20, ge=5, le=300, description="Whole seconds, like 20.")
    kind: Literal["poll", "mod-vote"] = Field("poll", description='Write "poll" or "mod-vote".')


class CuePart(Section):
    at: _Moment = Field(description=_MOMENT_CURE)
    who: str = Field(
        "streamer",
        description=f"Say who does it: {' or '.join(_DIRECTORS)}.",
    )
    does: str = Field(
        min_length=1,
        max_length=500,
        description='Write "goes live", "goes offline" or a line for Twitch chat, like "!drop open mug".',
    )

    @field_validator("who")
    @classmethod
    def _somebody_is_called_that(cls, who: str) -> str:
        # A stranger's name would make a new viewer, whose orders nobody follows.
        if who not in _DIRECTORS:
            refuse(Finding(f'nobody who steers is called "{who}"', nearest(who, _DIRECTORS) or choose(_DIRECTORS)))
        return who


class FaultPart(Section):
    name: str = Field(description="Name a fault, like twitch-close.")
    at: _Moment | None = Field(None, description=_MOMENT_CURE)
    seconds: float | None = Field(None, ge=0, le=60, description="Say how many seconds it lasts, like 3.")
    chance: float = Field(1.0, ge=0, le=1, description="Say how likely it is, from 0 to 1.")
    code: int | None = Field(None, ge=1000, le=4999, description="Name a close code, like 4000.")
    status: int | None = Field(None, description=f"Choose from: {', '.join(map(str, _STATUSES))}.")
    times: int | None = Field(None, ge=1, le=1000, description="Say how many lines or presses it strikes.")
    by: float | None = Field(None, ge=-3600, le=3600, description="Say by how many seconds.")
    down: float | None = Field(None, ge=0, le=30, description="Say how many seconds the bot stays down.")

    @field_validator("name")
    @classmethod
    def _name_is_in_the_catalogue(cls, name: str) -> str:
        if name not in FAULTS:
            refuse(Finding(f'there is no fault "{name[:40]}"', nearest(name, FAULTS) or choose(FAULTS)))
        return name

    @field_validator("status")
    @classmethod
    def _status_is_one_that_platforms_send(cls, status: int | None) -> int | None:
        if status is not None and status not in _STATUSES:
            refuse(Finding(f"{status} is no answer that a platform refuses with", choose(map(str, _STATUSES))))
        return status

    @property
    def options(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in FAULT_OPTIONS if getattr(self, key) is not None}


class ExpectPart(Section):
    that: str = Field(description="Name a figure, like units.")
    drop: str = ""
    at_least: float | None = Field(None, description="Write a number.")
    at_most: float | None = Field(None, description="Write a number.")

    @field_validator("that")
    @classmethod
    def _that_is_a_figure(cls, that: str) -> str:
        if that not in FIGURE_NAMES:
            refuse(
                Finding(f'there is no figure "{that[:40]}"', nearest(that, FIGURE_NAMES) or choose(FIGURE_NAMES))
            )
        return that


class File(Section):
    """The whole script."""

    title: str = Field(
        min_length=1,
        max_length=60,
        description='Give it a title of at most 60 characters, like "A hot drop".',
    )
    about: str = Field("", max_length=300, description="Say in at most 300 characters what it is about.")
    crowd: CrowdPart = Field(default_factory=CrowdPart)
    tempo: TempoPart = Field(default_factory=TempoPart)
    stream: StreamPart = Field(default_factory=StreamPart)
    drops: list[ScriptDrop] = Field(default_factory=list)
    polls: list[PollPart] = Field(default_factory=list)
    cues: list[CuePart] = Field(default_factory=list)
    faults: list[FaultPart] = Field(default_factory=list)
    expects: list[ExpectPart] = Field(default_factory=list)


def choose(known: Iterable[str]) -> str:
    return f"Choose from: {', '.join(known)}."
