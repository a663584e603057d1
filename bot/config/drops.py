"""[[drops]] of config.toml: what the streamer writes, checked and turned into plans."""

from __future__ import annotations

import re
from itertools import chain, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.config.dates import Days, RuleText, SeasonTimes, StartDate
from bot.config.early import USUAL_LENGTH, USUAL_SHARE, GateText, Share, share_findings
from bot.config.passes import PassOffers
from bot.config.sections import Section
from bot.config.values import Duration, Finding, LocalTime, refuse, surroundings
from bot.domain.cadence import SHOWN, Cadence, Occurrence, faults_in, occurrences_after
from bot.domain.drop_plan import SUPPLY_MAX, DropPlan, Opening, WhileOffline
from bot.domain.plan import WINDOW_MAX, WINDOW_MIN, title_fault
from bot.domain.planning import Kind
from bot.domain.text import label
from bot.domain.time import DAY, Micros, to_instant

NAME_CHARACTERS_MAX = 40
DATE_CHARACTERS = len("-2026-12-05")

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RECURRING_ONLY = ("starts", "skip", "announce_before")
_EARLY_ONLY = ("early_for", "early_share")
_USUAL_ANNOUNCE_BEFORE = DAY


class DropTable(Section):
    name: str = Field(description='Give the drop a short name for commands, like "mug".')
    title: str = Field(description='Say what viewers get, like "Teal Mug".')
    kind: Kind = "other"
    supply: int = Field(ge=1, le=SUPPLY_MAX, description="Say how many units there are, like 48.")
    held_back: int = Field(
        0, ge=0, description="Say how many units you keep for mistakes, like 2, or leave it out."
    )
    per_person: int = Field(
        1, ge=1, description="Say how many units one person may claim, like 1, or leave it out."
    )
    opening: Literal["clock", "cue"] = "clock"
    announce: LocalTime | None = None
    opens: LocalTime | None = None
    closes: LocalTime | None = None
    lasts: Duration | None = None
    while_offline: Literal["wait", "run"] = "wait"
    every: RuleText | None = None
    season: SeasonTimes | None = None
    starts: StartDate | None = None
    skip: Days = ()
    announce_before: Duration | None = None
    early: GateText = ""
    early_for: Duration = USUAL_LENGTH
    early_share: Share = USUAL_SHARE
    passes: PassOffers = ()
    moved: Literal["technical", "ill", "schedule", "other"] | None = None

    @field_validator("name")
    @classmethod
    def _name_can_be_typed(cls, name: str) -> str:
        if not _NAME.fullmatch(name) or len(name) > NAME_CHARACTERS_MAX:
            cure = 'Use small letters, digits and single dashes, at most 40, like "teal-mug".'
            refuse(Finding("viewers could not type this name", cure))
        return name

    @field_validator("title")
    @classmethod
    def _title_can_be_shown(cls, title: str) -> str:
        fault = title_fault(title)
        if fault:
            refuse(Finding(fault, 'Write plain words, like "Teal Mug".'))
        return label(title)

    @model_validator(mode="after")
    def _keys_fit_together(self, info: ValidationInfo) -> DropTable:
        findings = [
            *self._count_findings(),
            *self._time_findings(surroundings(info).zone),
            *self._early_findings(),
        ]
        if findings:
            refuse(*findings)
        return self

    @property
    def recurs(self) -> bool:
        return self.every is not None or self.season is not None

    @property
    def early_length(self) -> Micros:
        """How long the early window is, 0 without one."""
        return self.early_for if self.early else 0

    def cadence(self, zone: ZoneInfo) -> Cadence | None:
        """When it comes, None for a drop of its own."""
        rule = self.every or self.season
        if rule is None:
            return None
        skipped = frozenset(chain.from_iterable(span.days() for span in self.skip))
        return Cadence(self.name, rule, zone.key, self.starts, skipped)

    def _count_findings(self) -> list[Finding]:
        findings = []
        if self.held_back >= self.supply:
            cure = f"Keep back at most {self.supply - 1}, so that at least one can be claimed."
            findings.append(Finding(f"no unit of {self.supply} would be left to claim", cure, key="held_back"))
        if self.per_person > self.supply:
            cure = f"Write at most {self.supply}."
            findings.append(Finding(f"there are only {self.supply} units", cure, key="per_person"))
        return findings

    def _time_findings(self, zone: ZoneInfo) -> list[Finding]:
        if self.recurs:
            return self._recurring_findings(zone)
        cure = 'Write every = "friday 20:00" as well, or leave the key out.'
        findings = [
            Finding("only a drop that recurs has that", cure, key=key)
            for key in _RECURRING_ONLY
            if key in self.model_fields_set
        ]
        return findings + (self._cue_findings() if self.opening == "cue" else self._clock_findings(zone))

    def _cue_findings(self) -> list[Finding]:
        findings = [
            Finding(
                "a drop on cue opens when you say so", 'Leave the key out, or write opening = "clock".', key=key
            )
            for key in ("opens", "closes")
            if getattr(self, key) is not None
        ]
        if self.moved is not None:
            findings.append(Finding("a drop on cue has no time to move", "Leave the key out.", key="moved"))
        if self.lasts is None:
            findings.append(Finding("missing", 'Say how long it stays open, like "15m".', key="lasts"))
        return findings + self._window_findings(self.lasts, "lasts")

    def _clock_findings(self, zone: ZoneInfo) -> list[Finding]:
        if self.opens is None:
            cure = (
                'Write when it opens, like "2026-12-05 20:00", every = "friday 20:00" if it comes again, or '
                'opening = "cue" to open it yourself.'
            )
            return [Finding("missing", cure, key="opens")]
        opens_at, _ = to_instant(self.opens, zone)
        findings = []
        if self.announce is not None:
            announce_at, _ = to_instant(self.announce, zone)
            cure = "Announce it before it opens, or leave the key out to announce it at once."
            if announce_at > opens_at:
                findings.append(Finding("it would be announced after it opens", cure, key="announce"))
            elif announce_at > opens_at - self.early_length:
                what = "it would be announced after its early window has begun"
                findings.append(Finding(what, cure, key="announce"))
        if (self.closes is None) == (self.lasts is None):
            what = "missing" if self.lasts is None else "there is both closes and lasts"
            return [*findings, Finding(what, 'Write one of them: closes, or lasts like "15m".', key="lasts")]
        if self.closes is None:
            return findings + self._window_findings(self.lasts, "lasts")
        return findings + self._window_findings(to_instant(self.closes, zone)[0] - opens_at, "closes")

    def _recurring_findings(self, zone: ZoneInfo) -> list[Finding]:
        key = "every" if self.every is not None else "season"
        findings = []
        if len(self.name) + DATE_CHARACTERS > NAME_CHARACTERS_MAX:
            what = "with the date that each time adds, this name is too long to type"
            shorter = NAME_CHARACTERS_MAX - DATE_CHARACTERS
            findings.append(Finding(what, f"Use at most {shorter} characters.", key="name"))
        if self.opening == "cue":
            cure = "Leave the key out; with while_offline it waits for your stream."
            findings.append(Finding("a drop that recurs opens by the clock", cure, key="opening"))
        if self.every is not None and self.season is not None:
            findings.append(Finding("there is both every and season", "Write one of them.", key="season"))
        cures = {
            "opens": f"Leave it out: {key} says when.",
            "closes": 'Say how long it stays open instead, like lasts = "15m".',
            "announce": 'Say how long before it is announced instead, like announce_before = "1d".',
        }
        findings += [
            Finding("a drop that recurs has no single date", cure, key=each)
            for each, cure in cures.items()
            if getattr(self, each) is not None
        ]
        if self.lasts is None and self.closes is None:
            findings.append(Finding("missing", 'Say how long it stays open, like "15m".', key="lasts"))
        cadence = self.cadence(zone)
        faults = [] if cadence is None else faults_in(cadence)
        findings += [
            Finding(fault.what, fault.cure, key=key if fault.key == "every" else fault.key) for fault in faults
        ]
        return findings + self._window_findings(self.lasts, "lasts")

    @staticmethod
    def _window_findings(window: Micros | None, key: str) -> list[Finding]:
        if window is None or WINDOW_MIN <= window <= WINDOW_MAX:
            return []
        if window <= 0:
            return [Finding("it would close before it opens", "Write a later time.", key=key)]
        return [Finding("it would be open too short or too long", "Between 1 second and 31 days is fine.", key=key)]

    def _early_findings(self) -> list[Finding]:
        if not self.early:
            cure = 'Write early = "subscribers" as well, or leave the key out.'
            return [
                Finding("there is no early window", cure, key=key)
                for key in _EARLY_ONLY
                if key in self.model_fields_set
            ]
        claimable = max(0, self.supply - self.held_back)
        shares = share_findings(self.early_share, claimable) if claimable else []
        return [
            *(Finding(each.what, each.cure, key="early_share") for each in shares),
            *self._window_findings(self.early_for, "early_for"),
        ]

    def notes(self, zone: ZoneInfo) -> list[str]:
        """What the clock change does to the times as written."""
        said = []
        for key in ("announce", "opens", "closes"):
            local = getattr(self, key)
            if local is None:
                continue
            written = f"{self.name}: {key} {local:%Y-%m-%d %H:%M}"
            match to_instant(local, zone)[1]:
                case "gap":
                    said.append(f"{written} does not exist, the clocks skip it; it moves forward with them.")
                case "fold":
                    said.append(f"{written} comes twice, the clocks go back; the first one counts.")
        return said

    def plans(self, zone: ZoneInfo, now: Micros) -> tuple[DropPlan, ...]:
        """The plan, or one for each of the coming times: the next five that are not over at `now`, and whatever is
        to be announced within a day from then."""
        cadence = self.cadence(zone)
        if cadence is None:
            return (self._plan(zone, now),)
        known = enumerate(occurrences_after(cadence, now - (self.lasts or 0)))
        coming = takewhile(lambda each: each[0] < SHOWN or self._announce_at(each[1]) < now + DAY, known)
        return tuple(self._occurrence_plan(zone, occurrence) for _, occurrence in coming)

    def _announce_at(self, occurrence: Occurrence) -> Micros:
        before = _USUAL_ANNOUNCE_BEFORE if self.announce_before is None else self.announce_before
        return occurrence.opens_at - self.early_length - before

    def _plan(self, zone: ZoneInfo, now: Micros) -> DropPlan:
        """Of a drop of its own; without `announce` it is announced as soon as it is applied, which is `now`."""
        opens_at = None if self.opens is None else to_instant(self.opens, zone)[0]
        if self.closes is not None and opens_at is not None:
            window = to_instant(self.closes, zone)[0] - opens_at
        else:
            window = self.lasts or 0
        announce_at = now if self.announce is None else to_instant(self.announce, zone)[0]
        return self._planned(self.name, zone, announce_at, opens_at, window)

    def _occurrence_plan(self, zone: ZoneInfo, occurrence: Occurrence) -> DropPlan:
        announce_at = self._announce_at(occurrence)
        return self._planned(
            occurrence.key, zone, announce_at, occurrence.opens_at, self.lasts or 0, series=self.name
        )

    def _planned(
        self,
        key: str,
        zone: ZoneInfo,
        announce_at: Micros,
        opens_at: Micros | None,
        window: Micros,
        *,
        series: str = "",
    ) -> DropPlan:
        return DropPlan(
            key=key,
            title=self.title,
            kind=self.kind,
            supply=self.supply,
            held_back=self.held_back,
            per_person=self.per_person,
            opening=Opening(self.opening),
            while_offline=WhileOffline(self.while_offline),
            zone=zone.key,
            announce_at=announce_at,
            opens_at=opens_at,
            window=window,
            series=series,
            early=self.early,
            early_for=self.early_length,
            # What is kept for mistakes nobody can claim, early or late.
            early_units=self.early_share.units(self.supply - self.held_back) if self.early else 0,
            passes=self.passes,
        )
