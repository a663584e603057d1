"""The sections of config.toml. A field's description is the cure a streamer reads when its value is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, available_timezones

import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from bot.config.mistakes import nearest
from bot.config.values import (
    Address,
    DiscordId,
    Duration,
    Finding,
    Secret,
    TwitchId,
    refuse,
    resolve_reference,
    surroundings,
)
from bot.domain.backup import Keeping
from bot.domain.commands import COMMANDS, usual_names
from bot.domain.stream import Pace
from bot.domain.text import label

_TWITCH_LOGIN = re.compile(r"[a-z0-9_]{1,25}")
_COMMAND_NAME = re.compile(r"[^\W_][\w-]{0,24}")
_CHANNEL_NAME_CHARACTERS_MAX = 60
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


class Section(BaseModel):
    """Common to all sections: unknown keys and silent conversions are mistakes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        # The whole file's validator holds those of its sections: built once, when a file is read.
        defer_build=True,
    )


class ChannelSection(Section):
    name: str = Field(description="Put your channel's name here, as your viewers know it, in quotes.")
    time_zone: str = Field("UTC", description='Write it like "Europe/Berlin" or "America/New_York".')

    @field_validator("name")
    @classmethod
    def _name_is_visible(cls, name: str) -> str:
        shown = label(name, characters_max=_CHANNEL_NAME_CHARACTERS_MAX + 1)
        if not 0 < len(shown) <= _CHANNEL_NAME_CHARACTERS_MAX:
            refuse(Finding(f"a name has 1 to {_CHANNEL_NAME_CHARACTERS_MAX} visible characters", "Shorten it."))
        return shown

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        zone_named(name)
        return name


def zone_named(name: str) -> ZoneInfo:
    """The IANA time zone of that name; refuses an unknown one with the nearest."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # unknown, a folder, or a path that leads out of the zone data
        cure = nearest(name, available_timezones()) or 'Write it like "Europe/Berlin" or "America/New_York".'
        refuse(Finding(f'"{name[:40]}" is no time zone I know', cure))


class TwitchSection(Section):
    channel: str = Field(description="Put your channel's login here: the last part of its address, in quotes.")
    channel_id: TwitchId = Field(description="Put the number of your Twitch account here.")
    bot_id: TwitchId = Field(
        description="Put the number of the account the bot speaks as here; it may be your own."
    )
    client_id: str = Field(min_length=1, description="Copy the Client ID of your application from dev.twitch.tv.")
    client_secret: Secret = Field(description='Write "env:NAME" or "file:PATH".')
    bot_token: Secret = Field(description='Write "env:NAME" or "file:PATH".')
    bot_refresh_token: Secret = Field(description='Write "env:NAME" or "file:PATH".')
    streamer_token: Secret | None = Field(None, description='Write "env:NAME" or "file:PATH", or leave it out.')
    streamer_refresh_token: Secret | None = Field(
        None, description='Write "env:NAME" or "file:PATH", or leave it out.'
    )

    @field_validator("channel")
    @classmethod
    def _channel_is_a_login(cls, channel: str) -> str:
        login = channel.strip().removeprefix("@").casefold()
        if not _TWITCH_LOGIN.fullmatch(login):
            cure = 'For https://twitch.tv/tealfox that is "tealfox": letters, digits and underscores.'
            refuse(Finding("this is no channel login", cure))
        return login

    @model_validator(mode="after")
    def _streamer_tokens_come_in_pairs(self) -> TwitchSection:
        if (self.streamer_token is None) != (self.streamer_refresh_token is None):
            absent = "streamer_token" if self.streamer_token is None else "streamer_refresh_token"
            cure = "A token without its refresh token dies within hours: give both, or neither."
            refuse(Finding("missing", cure, key=absent))
        return self


class DiscordSection(Section):
    token: Secret = Field(description='Write "env:NAME" or "file:PATH".')
    server: DiscordId = Field(description="Right-click your server, Copy Server ID, and put the number here.")
    announcements: DiscordId = Field(
        description="Right-click the channel for announcements, Copy Channel ID, and put the number here."
    )
    moderators: DiscordId = Field(
        description="Right-click the moderators' channel, Copy Channel ID, and put the number here."
    )
    lounge: DiscordId | None = Field(
        None, description="Right-click the fans' channel, Copy Channel ID, or leave the key out."
    )
    reminder_role: DiscordId | None = Field(None, description="Put the role's number here, or leave the key out.")
    calendar: bool = Field(True, description="Write true, or false to leave the server's calendar alone.")


_KEEPING = Keeping()


class LedgerSection(Section):
    # Empty only where secrets may be missing and the address is one of them.
    url: str = Field(
        "",
        repr=False,
        validate_default=True,
        description='Write a file name like "ledger.db", or leave the key out.',
    )
    backups: str = Field("", description='Write a folder like "backups", or leave the key out.')
    backups_recent: int = Field(
        _KEEPING.recent, ge=1, le=10_000, description="Write how many copies to keep, at least 1."
    )
    backups_daily: int = Field(_KEEPING.daily, ge=0, le=10_000, description="Write a number of days, 0 for none.")
    verify_at: str = Field("04:30", description='Write a time of the day like "04:30", or "" for never.')

    @field_validator("url")
    @classmethod
    def _url_is_understood(cls, url: str, info: ValidationInfo) -> str:
        if url.startswith(("env:", "file:")):
            url = resolve_reference(url, info)
            if not url:
                return ""
        elif "://" in url and "@" in url and ":" in url.split("://", 1)[1].rsplit("@", 1)[0]:
            cure = 'Put the whole address into an environment variable and write "env:MICRODROPS_LEDGER_URL" here.'
            refuse(Finding("the address has a password in it, which must not stand in this file", cure))
        return ledger_address(url, surroundings(info).folder)

    @field_validator("backups")
    @classmethod
    def _backups_are_absolute(cls, backups: str, info: ValidationInfo) -> str:
        return str((surroundings(info).folder / Path(backups).expanduser()).absolute()) if backups else ""

    @field_validator("verify_at")
    @classmethod
    def _verify_at_is_a_time(cls, verify_at: str) -> str:
        if verify_at and not _TIME_OF_DAY.fullmatch(verify_at):
            refuse(Finding("this is no time of the day", 'Write it like "04:30", or "" for never.'))
        return verify_at

    @property
    def verifies_at(self) -> time | None:
        """When the whole ledger is verified, by the channel's clocks; None for never."""
        return time.fromisoformat(self.verify_at) if self.verify_at else None

    @property
    def keeping(self) -> Keeping:
        """How many copies are kept."""
        return Keeping(self.backups_recent, self.backups_daily)

    @property
    def backups_folder(self) -> Path:
        """Where copies go; by default beside the ledger."""
        if self.backups:
            return Path(self.backups)
        return (self.path.parent if self.path else data_folder()) / "backups"

    @property
    def path(self) -> Path | None:
        """The SQLite file; None where the ledger lives elsewhere."""
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite:///") else None


def data_folder() -> Path:
    """Where this operating system keeps a program's data."""
    return platformdirs.user_data_path("microdrops", appauthor=False)


def ledger_address(url: str, folder: Path) -> str:
    """A database URL for the ledger; a plain path is a SQLite file, relative ones are meant from `folder`."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        path = Path(url).expanduser() if url else data_folder() / "ledger.db"
    elif scheme == "sqlite":
        path = Path(rest.removeprefix("/")).expanduser()
    elif scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        if find_spec("psycopg") is None:
            refuse(
                Finding("PostgreSQL needs one more package", 'Install it with pip install "microdrops[postgres]".')
            )
        return f"postgresql+psycopg://{rest}"
    else:
        cure = "Write a file name for SQLite, or an address that begins with postgresql://."
        refuse(Finding(f'"{scheme[:20]}" is no database I can use', cure))
    if path == Path() or path.name == ":memory:":
        refuse(Finding("the ledger needs a file that stays", 'Write a file name like "ledger.db".'))
    return f"sqlite:///{(folder / path).absolute().as_posix()}"


class EndpointsSection(Section):
    helix: Address = ""
    oauth: Address = ""
    eventsub: Address = ""
    discord_rest: Address = ""
    discord_gateway: Address = ""


def _parse_names(value: object) -> tuple[str, ...]:
    cure = 'Write one name in quotes, several like ["claim", "c"], or false to take its own name away.'
    if value is False:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        refuse(Finding("this names no command", cure))
    checked: dict[str, None] = {}
    for name in names:
        plain = name.strip().removeprefix("!").casefold() if isinstance(name, str) else ""
        if not _COMMAND_NAME.fullmatch(plain):
            refuse(Finding("a command's name is one word of letters and digits, at most 25", cure))
        checked[plain] = None
    return tuple(checked)


Names = Annotated[tuple[str, ...], BeforeValidator(_parse_names), Field(strict=False)]


class _CommandNames(Section):
    """What each command is called, first name first; `()` is a command without a name of its own."""

    prefix: str = "md"

    @field_validator("prefix")
    @classmethod
    def _prefix_is_a_name(cls, prefix: str) -> str:
        return _parse_names(prefix)[0]

    @model_validator(mode="after")
    def _names_are_distinct(self) -> _CommandNames:
        owners = {self.prefix: "prefix"}
        findings = []
        for command in COMMANDS:
            for name in self.names(command):
                owner = owners.setdefault(name, command)
                if owner != command:
                    cure = "Give each command a name of its own."
                    findings.append(Finding(f'"{name}" is already the name of "{owner}"', cure, key=command))
        if findings:
            refuse(*findings)
        return self

    def names(self, command: str) -> tuple[str, ...]:
        """What chat may type for `command`, one of COMMANDS; empty when it has no name of its own."""
        return self.by_command()[command]

    def by_command(self) -> Mapping[str, tuple[str, ...]]:
        return {command: getattr(self, command) for command in COMMANDS}


if TYPE_CHECKING:
    CommandsSection = _CommandNames
else:
    # A key for each of COMMANDS, so that a new command can be renamed without a line here.
    CommandsSection = create_model(
        "CommandsSection",
        __base__=_CommandNames,
        **{command: (Names, usual_names(command)) for command in COMMANDS},
    )


_PACE = Pace()


class PaceSection(Section):
    """The waiting times; each is a length of time like "3m"."""

    offline_pause: Duration = _PACE.offline_pause
    offline_close: Duration = _PACE.offline_close
    resume_warning: Duration = _PACE.resume_warning
    soon_lead: Duration = _PACE.soon_lead
    undo_within: Duration = _PACE.undo_within
    settle_after: Duration = _PACE.settle_after
    answer_gap: Duration = _PACE.answer_gap
    milestone_gap: Duration = _PACE.milestone_gap

    @model_validator(mode="after")
    def _pause_comes_before_close(self) -> PaceSection:
        if self.offline_pause >= self.offline_close:
            cure = "The drop pauses first and closes later: give the close more time."
            refuse(Finding("it is not longer than offline_pause", cure, key="offline_close"))
        if self.settle_after < self.undo_within:
            # A settled drop cannot be reopened, so the undo that was promised would fail.
            cure = "A drop must not be settled while its close can still be undone."
            refuse(Finding("it is shorter than undo_within", cure, key="settle_after"))
        return self

    def as_pace(self) -> Pace:
        return Pace(**dict(self))


def revealed(section: BaseModel | None) -> tuple[str, ...]:
    """Every secret value a section holds, for the log's redaction."""
    if section is None:
        return ()
    values = (getattr(section, name) for name in type(section).model_fields)
    return tuple(
        value.get_secret_value() for value in values if isinstance(value, SecretStr) and value.get_secret_value()
    )
