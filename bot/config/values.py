"""Kinds of values in config.toml: secrets by reference, durations, local times, ids, addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, SecretStr, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.domain.time import DAY, Micros, read_span

SecretsMode = Literal["required", "optional"]

# Capitals only: anything else after "env:" may be the secret itself, and names are repeated in messages.
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
# The names config.example.toml uses; all other secrets are Twitch's.
_OTHER_SECRETS = {"token": "DISCORD_TOKEN", "url": "LEDGER_URL"}
_DURATION_MAX = 366 * DAY
_NUMBER_DIGITS_MAX = 20
# Beyond these, a time zone would take the date out of the calendar.
_YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found out about `key` of the table it looked at ("" for the value itself). `pointed` is the text
    of the value with a caret below the character that is wrong: two lines, or nothing."""

    what: str
    cure: str = ""
    key: str = ""
    pointed: str = ""


@dataclass(slots=True)
class Surroundings:
    """What a value may refer to while the file is read."""

    environ: Mapping[str, str]
    folder: Path
    secrets_mode: SecretsMode
    zone: ZoneInfo
    missing_secrets: list[Finding] = field(default_factory=list)


def refuse(*findings: Finding) -> NoReturn:
    """Tell pydantic about mistakes in our own words."""
    raise PydanticCustomError("findings", "see findings", {"findings": findings})


def surroundings(info: ValidationInfo) -> Surroundings:
    assert isinstance(info.context, Surroundings)
    return info.context


def resolve_reference(value: object, info: ValidationInfo) -> str:
    """The secret behind "env:NAME" or "file:PATH"; an empty string where a missing one is allowed."""
    if not isinstance(value, str):
        refuse(Finding("a secret is text in quotes", _secret_cure(info)))
    around = surroundings(info)
    how, _, name = value.strip().partition(":")
    if how == "env" and _ENVIRONMENT_NAME.fullmatch(name):
        secret, lack = around.environ.get(name, ""), f"the environment variable {name} is not set"
        cure = f'Set {name} before you start the bot, or write "file:PATH" to keep the secret in a file of its own.'
    elif how == "file" and name:
        secret, lack = _read_secret_file(around.folder / Path(name).expanduser())
        cure = "Put the secret, and nothing else, into that file."
    else:
        # The value itself is never repeated: it is probably the secret.
        if how == "env":
            refuse(
                Finding("this is no name of an environment variable", 'Use capitals, like "env:MICRODROPS_TOKEN".')
            )
        refuse(
            Finding("a secret must not stand in this file, which is easily shared by mistake", _secret_cure(info))
        )
    # Token pages of old show "oauth:" in front, which is no part of the token.
    secret = secret.strip().removeprefix("oauth:")
    if secret and len(secret.split()) == 1:
        return secret
    if secret:
        lack = "the secret has spaces or line breaks in it"
    if around.secrets_mode == "required":
        refuse(Finding(lack, cure))
    around.missing_secrets.append(Finding(lack, cure, key=info.field_name or ""))
    return ""


def _read_secret_file(path: Path) -> tuple[str, str]:
    try:
        return path.read_text(encoding="utf-8-sig"), f"the file {path} is empty"
    except FileNotFoundError:
        return "", f"there is no file {path}"
    except (OSError, UnicodeError) as error:
        return "", f"the file {path} cannot be read ({type(error).__name__})"


def _secret_cure(info: ValidationInfo) -> str:
    field_name = info.field_name or ""
    name = "MICRODROPS_" + _OTHER_SECRETS.get(field_name, f"TWITCH_{field_name.upper()}")
    return f'Put it into an environment variable and write "env:{name}" here, or into a file and write "file:PATH".'


def _resolve_secret(value: object, info: ValidationInfo) -> SecretStr:
    return SecretStr(resolve_reference(value, info))


def parse_duration(value: object) -> Micros:
    """ "90s", "3m", "1h30m" or "1.5h" as microseconds; refuses anything else."""
    if not isinstance(value, str):
        refuse(Finding("a length of time is text with a unit", 'Write it like "30s", "3m" or "1h30m".'))
    span = read_span(value)
    if span is None:
        refuse(Finding(f'"{value[:40]}" is no length of time', 'Write it like "30s", "3m" or "1h30m".'))
    if not 0 < span <= _DURATION_MAX:
        refuse(Finding(f'"{value[:40]}" is out of range', "It has to be more than nothing and at most a year."))
    return span


def _parse_local_time(value: object) -> datetime:
    cure = 'Write it like "2026-12-05 20:00", in the time zone of [channel].'
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            refuse(Finding(f'"{str(value)[:40]}" is no date and time', cure))
    if not isinstance(value, datetime):
        refuse(Finding("this is no date and time", cure))
    if value.year not in _YEARS:
        refuse(Finding(f"the year {value.year} is not one I plan for", cure))
    if value.tzinfo is not None:
        refuse(Finding("the time carries an offset of its own", f"Leave it out. {cure}"))
    return value


def _parse_number_text(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(r"[1-9][0-9]*", text) or len(text) > _NUMBER_DIGITS_MAX:
        refuse(Finding("an id is a number, without spaces or signs", "Copy it as it is, digits only."))
    return text


def _parse_number(value: object) -> int:
    return int(_parse_number_text(value))


def is_address(value: str, schemes: Collection[str]) -> bool:
    """Whether there is one of these schemes, a host, and a port that can be, if any."""
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _parse_address(value: object, info: ValidationInfo) -> str:
    schemes = ("ws", "wss") if info.field_name in ("eventsub", "discord_gateway") else ("http", "https")
    cure = f"Write the whole address, beginning with {schemes[0]}:// or {schemes[1]}://, or leave the key out."
    if not isinstance(value, str):
        refuse(Finding("an address is text in quotes", cure))
    if value == "":
        return value
    if not is_address(value, schemes) or any(character.isspace() for character in value):
        refuse(Finding("this is no address the bot can reach", cure))
    return value


Secret = Annotated[SecretStr, BeforeValidator(_resolve_secret)]
Duration = Annotated[int, BeforeValidator(parse_duration)]
LocalTime = Annotated[datetime, BeforeValidator(_parse_local_time)]
TwitchId = Annotated[str, BeforeValidator(_parse_number_text)]
DiscordId = Annotated[int, BeforeValidator(_parse_number)]
Address = Annotated[str, BeforeValidator(_parse_address)]
