"""Reads config.toml: either everything is right, or all mistakes come at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from pydantic_core import PydanticCustomError

from bot.config.between_drops import between_drops, gate_notes
from bot.config.drops import DropTable
from bot.config.explain import explain, explain_syntax
from bot.config.lists import Lists, ListTable
from bot.config.mistakes import ConfigError, KeyPath, Mistake, place
from bot.config.pacing import PacingSection
from bot.config.polls import PollsSection
from bot.config.positions import find_lines, line_of
from bot.config.public import PublicSection
from bot.config.sections import (
    ChannelSection,
    CommandsSection,
    DiscordSection,
    EndpointsSection,
    LedgerSection,
    PaceSection,
    Section,
    TwitchSection,
    revealed,
    zone_named,
)
from bot.config.values import Finding, SecretsMode, Surroundings
from bot.config.wording import Placeholders, wording_findings
from bot.domain.cadence import Cadence
from bot.domain.drop_plan import DropPlan
from bot.domain.due import gone_by
from bot.domain.moved import MoveReason
from bot.domain.pacing import PacingRules
from bot.domain.plan import past_note
from bot.domain.poll_asked import PollDefaults
from bot.domain.publishing import Publishing
from bot.domain.stream import Pace
from bot.domain.time import Micros
from bot.wording.catalogue import KNOWN

_FILE_BYTES_MAX = 1_000_000


class _File(Section):
    """The whole file."""

    channel: ChannelSection = Field(description="Add a section that begins with [channel] and names your channel.")
    twitch: TwitchSection | None = None
    discord: DiscordSection | None = None
    ledger: LedgerSection = Field(default_factory=dict, validate_default=True)
    endpoints: EndpointsSection = Field(default_factory=dict, validate_default=True)
    commands: CommandsSection = Field(default_factory=dict, validate_default=True)
    wording: dict[str, str] = Field(default_factory=dict)
    pace: PaceSection = Field(default_factory=dict, validate_default=True)
    public: PublicSection = Field(default_factory=dict, validate_default=True)
    pacing: PacingSection = Field(default_factory=dict, validate_default=True)
    polls: PollsSection = Field(default_factory=dict, validate_default=True)
    lists: ListTable = Field(default_factory=dict)
    drops: list[DropTable] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration without mistakes, secrets resolved.

    `missing_secrets` can hold something only after `load_config(..., secrets="optional")`; those secrets are
    empty. `notes` are facts the streamer should know, such as a time that a clock change moves."""

    file: Path
    channel: ChannelSection
    twitch: TwitchSection | None
    discord: DiscordSection | None
    ledger: LedgerSection
    endpoints: EndpointsSection
    commands: CommandsSection
    wording: Mapping[str, str]
    pace: Pace
    public: Publishing
    pacing: PacingRules
    polls: PollDefaults
    lists: Lists
    drops: tuple[DropTable, ...]
    missing_secrets: tuple[Mistake, ...]
    notes: tuple[str, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.channel.time_zone)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the log's redaction."""
        password = urlsplit(self.ledger.url).password if self.ledger.path is None else None
        passwords = (password, unquote(password)) if password else ()
        return (*revealed(self.twitch), *revealed(self.discord), *passwords)

    def plans(self, now: Micros) -> tuple[DropPlan, ...]:
        """The drops of this file: one without an announce time is announced at `now`, and of those that recur the
        coming times."""
        return tuple(plan for drop in self.drops for plan in drop.plans(self.zone, now))

    @property
    def series(self) -> frozenset[str]:
        """The names of those drops that recur."""
        return frozenset(drop.name for drop in self.drops if drop.recurs)

    @property
    def moved(self) -> Mapping[str, MoveReason]:
        """By the name of a drop why its announced window changes, for those of which the file says so."""
        return {drop.name: MoveReason(drop.moved) for drop in self.drops if drop.moved is not None}

    @property
    def cadences(self) -> tuple[Cadence, ...]:
        """When those drops come that recur."""
        cadences = (drop.cadence(self.zone) for drop in self.drops)
        return tuple(cadence for cadence in cadences if cadence is not None)

    def notes_at(self, now: Micros) -> tuple[str, ...]:
        """The notes, and which drops are too late at `now` to be announced, unless they have been."""
        return (*self.notes, *(past_note(plan.key) for plan in self.plans(now) if gone_by(plan, now)))

    def check_platforms(self) -> None:
        """Raise ConfigError when there is no platform to run on."""
        if self.twitch is None and self.discord is None:
            what = "there is neither a [twitch] nor a [discord] section"
            raise ConfigError(
                [Mistake(self.file.name, None, "", what, "The bot needs at least one of them to run.")]
            )


def load_config(
    path: Path,
    environ: Mapping[str, str],
    *,
    secrets: SecretsMode = "required",
    wording: Placeholders = KNOWN,
) -> Config:
    """Read and check the file. `wording` names every sentence that may be overridden, with its placeholders.
    Raises ConfigError with all mistakes."""
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([explain_syntax(path.name, error)]) from None
    # The secrets' "file:" paths and the ledger's are meant from where the file is.
    around = Surroundings(environ, path.absolute().parent, secrets, _raw_zone(document))
    lines = find_lines(text)

    def mistake(at: KeyPath, finding: Finding) -> Mistake:
        at = (*at, finding.key) if finding.key else at
        where = place(at, document)
        return Mistake(path.name, line_of(at, lines), where, finding.what, finding.cure, finding.pointed)

    found = [*between_drops(document), *wording_findings(document.get("wording"), wording)]
    checked: _File | None = None
    try:
        checked = _File.model_validate(document, context=around)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            found += explain(details, _File)
    if found or checked is None:
        raise ConfigError(mistake(at, finding) for at, finding in _without_echoes(found))
    return Config(
        file=path.absolute(),
        channel=checked.channel,
        twitch=checked.twitch,
        discord=checked.discord,
        ledger=checked.ledger,
        endpoints=checked.endpoints,
        commands=checked.commands,
        wording=checked.wording,
        pace=checked.pace.as_pace(),
        public=checked.public.as_publishing(),
        pacing=checked.pacing.as_rules(checked.channel.time_zone),
        polls=checked.polls.as_defaults(twitch=checked.twitch is not None, discord=checked.discord is not None),
        lists=checked.lists,
        drops=tuple(checked.drops),
        missing_secrets=tuple(mistake((_section_of(lack.key),), lack) for lack in around.missing_secrets),
        notes=(
            *(note for drop in checked.drops for note in drop.notes(around.zone)),
            *gate_notes(checked.drops, twitch=checked.twitch, discord=checked.discord),
        ),
    )


def _read(path: Path) -> str:
    def unreadable(what: str, cure: str) -> ConfigError:
        return ConfigError([Mistake(str(path), None, "", what, cure)])

    try:
        if path.stat().st_size > _FILE_BYTES_MAX:
            raise unreadable("the file is far too large", "Name the config.toml of Microdrops with --config.")
        # Windows' Notepad begins a file with a mark that TOML does not know.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        cure = "Copy config.example.toml to config.toml, or name your file with --config."
        raise unreadable("there is no such file", cure) from None
    except UnicodeError:
        raise unreadable("this is no text in UTF-8", "Save the file with the encoding UTF-8.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise unreadable(f"the file cannot be read ({reason})", "Check its permissions.") from None


def _raw_zone(document: Mapping[str, object]) -> ZoneInfo:
    """The channel's zone, before the file is checked: drops are checked in it. UTC when it is wrong itself."""
    channel = document.get("channel")
    name = channel.get("time_zone") if isinstance(channel, dict) else None
    try:
        return zone_named(name) if isinstance(name, str) else ZoneInfo("UTC")
    except PydanticCustomError:
        return ZoneInfo("UTC")


def _without_echoes(found: list[tuple[KeyPath, Finding]]) -> Iterator[tuple[KeyPath, Finding]]:
    """A mistyped key is one mistake: that the right one is missing follows from it."""
    suggested = {(*at[:-1], finding.cure) for at, finding in found}
    for at, finding in found:
        if finding.what != "missing" or not at or (*at[:-1], f'Did you mean "{at[-1]}"?') not in suggested:
            yield at, finding


def _section_of(key: str) -> str:
    """The section a secret's key belongs to; their names are distinct."""
    models: dict[str, type[Section]] = {"twitch": TwitchSection, "discord": DiscordSection, "ledger": LedgerSection}
    return next(section for section, model in models.items() if key in model.model_fields)
