"""[[drops]] of config.toml: what the streamer writes, checked and turned into plans."""

from __future__ import annotations

import re
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.config.sections import Section
from bot.config.values import Duration, Finding, LocalTime, refuse, surroundings
from bot.domain.drop_plan import SUPPLY_MAX, DropPlan, Opening, WhileOffline
from bot.domain.plan import WINDOW_MAX, WINDOW_MIN, title_fault
from bot.domain.planning import Kind
from bot.domain.text import label
from bot.domain.time import Micros, to_instant

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME_CHARACTERS_MAX = 40


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

    @field_validator("name")
    @classmethod
    def _name_can_be_typed(cls, name: str) -> str:
        if not _NAME.fullmatch(name) or len(name) > _NAME_CHARACTERS_MAX:
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
        findings = [*self._count_findings(), *self._time_findings(surroundings(info).zone)]
        if findings:
            refuse(*findings)
        return self

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
        if self.opening == "cue":
            findings = [
                Finding(
                    "a drop on cue opens when you say so", 'Leave the key out, or write opening = "clock".', key=key
                )
                for key in ("opens", "closes")
                if getattr(self, key) is not None
            ]
            if self.lasts is None:
                findings.append(Finding("missing", 'Say how long it stays open, like "15m".', key="lasts"))
            return findings + self._window_findings(self.lasts, "lasts")
        if self.opens is None:
            cure = 'Write when it opens, like "2026-12-05 20:00", or opening = "cue" to open it yourself.'
            return [Finding("missing", cure, key="opens")]
        opens_at, _ = to_instant(self.opens, zone)
        findings = []
        if self.announce is not None and to_instant(self.announce, zone)[0] > opens_at:
            cure = "Announce it before it opens, or leave the key out to announce it at once."
            findings.append(Finding("it would be announced after it opens", cure, key="announce"))
        if (self.closes is None) == (self.lasts is None):
            what = "missing" if self.lasts is None else "there is both closes and lasts"
            return [*findings, Finding(what, 'Write one of them: closes, or lasts like "15m".', key="lasts")]
        if self.closes is None:
            return findings + self._window_findings(self.lasts, "lasts")
        return findings + self._window_findings(to_instant(self.closes, zone)[0] - opens_at, "closes")

    @staticmethod
    def _window_findings(window: Micros | None, key: str) -> list[Finding]:
        if window is None or WINDOW_MIN <= window <= WINDOW_MAX:
            return []
        if window <= 0:
            return [Finding("it would close before it opens", "Write a later time.", key=key)]
        return [Finding("it would be open too short or too long", "Between 1 second and 31 days is fine.", key=key)]

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

    def plan(self, zone: ZoneInfo, now: Micros) -> DropPlan:
        """The plan; without `announce` it is announced as soon as it is applied, which is `now`."""
        opens_at = None if self.opens is None else to_instant(self.opens, zone)[0]
        if self.closes is not None and opens_at is not None:
            window = to_instant(self.closes, zone)[0] - opens_at
        else:
            window = self.lasts or 0
        return DropPlan(
            key=self.name,
            title=self.title,
            kind=self.kind,
            supply=self.supply,
            held_back=self.held_back,
            per_person=self.per_person,
            opening=Opening(self.opening),
            while_offline=WhileOffline(self.while_offline),
            zone=zone.key,
            announce_at=now if self.announce is None else to_instant(self.announce, zone)[0],
            opens_at=opens_at,
            window=window,
        )
