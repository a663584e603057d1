"""[lists] of config.toml: accounts by name of a list, for gates like "listed:founders"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import PlainValidator

from bot.config.values import Finding, refuse
from bot.domain.people import Account

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ACCOUNT = re.compile(r"(twitch|discord):([1-9][0-9]{0,19})")
_CURE = 'Write a list of accounts, like ["twitch:1234567", "discord:100000000000000009"].'
# A name is a person's for as long as they like it; then it is somebody else's.
_NUMBER_CURES = {
    "twitch": "Write the account's number: `microdrops person export NAME` shows it for whoever the bot has met.",
    "discord": "Write the account's number: with Developer Mode on, right-click the person, Copy User ID.",
}

# Of each list, whose accounts are on it.
Lists = Mapping[str, frozenset[Account]]


def _parse_lists(value: object) -> Lists:
    if not isinstance(value, dict):
        refuse(Finding("this has to be a section", "Begin it with a line [lists]."))
    findings = [finding for name, accounts in value.items() for finding in _findings(name, accounts)]
    names = [name.casefold() for name in value]
    findings += [
        Finding(f'there is already a list "{name.casefold()}"', "Put their accounts together into one.", key=name)
        for number, name in enumerate(value)
        if name.casefold() in names[:number]
    ]
    if findings:
        refuse(*findings)
    return {name.casefold(): frozenset(map(_account, accounts)) for name, accounts in value.items()}


def _findings(name: str, accounts: object) -> Iterator[Finding]:
    if not _NAME.fullmatch(name.casefold()):
        cure = 'Use letters, digits, "-" and "_", at most 40, like founders.'
        yield Finding("a gate could not name this list", cure, key=name)
    if not isinstance(accounts, list):
        yield Finding("this has to be a list", _CURE, key=name)
        return
    for account in accounts:
        if not isinstance(account, str):
            yield Finding("an account is text in quotes", _CURE, key=name)
        elif not _ACCOUNT.fullmatch(_plain(account)):
            cure = _NUMBER_CURES.get(_account(account)[0], _CURE) if ":" in account else _CURE
            yield Finding(f'"{account[:40]}" is no account', cure, key=name)


def _account(text: str) -> Account:
    platform, _, user_id = _plain(text).partition(":")
    return platform, user_id


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


ListTable = Annotated[Lists, PlainValidator(_parse_lists)]
