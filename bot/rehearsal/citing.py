"""Adds to what a promise says where it can be looked up: the line of the record, and the instant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.rehearsal.evidence import Case
from bot.rehearsal.moments import since
from bot.rehearsal.promises import Promise

_REQUEST = re.compile(r"\((twitch|discord):([\w-]+)\)")
_LINE = re.compile(r"\(line (\d+)\)")
_ENTRY = re.compile(r"\(entry (\d+)\)")
_KEYS = {"twitch": "message_id", "discord": "interaction_id"}
_ASKED = ("chat", "slash", "press")


def cite(case: Case, promises: Sequence[Promise], begins_at: int) -> tuple[Promise, ...]:
    """Instants count from `begins_at`, lines from 1 as in record.jsonl."""
    lines: dict[str, int] = {}
    for number, seen in enumerate(case.record, 1):
        if seen["kind"] in _ASKED:
            key = _KEYS.get(str(seen["platform"]), "")
            lines.setdefault(f"{seen['platform']}:{seen['data'].get(key)}", number)
    entries = {entry.number: entry.at for entry in case.ledger.entries}

    def line(number: int) -> str:
        return f"line {number} of the record, {since(int(case.record[number - 1]['at']) - begins_at)}"

    def of_request(found: re.Match[str]) -> str:
        request = f"{found[1]}:{found[2]}"
        return f"({request}, {line(lines[request])})" if request in lines else found[0]

    def of_line(found: re.Match[str]) -> str:
        number = int(found[1])
        return f"({line(number)})" if 0 < number <= len(case.record) else found[0]

    def of_entry(found: re.Match[str]) -> str:
        at = entries.get(int(found[1]))
        return found[0] if at is None else f"(entry {found[1]}, {since(case.on_stage(at) - begins_at)})"

    def cited(detail: str) -> str:
        return _ENTRY.sub(of_entry, _LINE.sub(of_line, _REQUEST.sub(of_request, detail)))

    return tuple(replace(each, details=tuple(map(cited, each.details))) for each in promises)
