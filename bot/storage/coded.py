"""Which claim codes there are and what became of them, against the entries; a digest stands in no entry."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bot.storage import tables
from bot.storage.rebuilt import CodeName, Rebuilt, RebuiltCode


def code_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    """Each code was issued, and redeemed or burned, as its entries say."""
    code = tables.claim_code
    rows = connection.execute(select(code).where(code.c.channel_id == channel_id))
    stored = {(row.code_set, row.number, row.reissue): row for row in rows}
    for name in sorted(rebuilt.codes.keys() - stored.keys()):
        yield f"{_named(name)}: the entries know it, the table does not"
    for name, row in stored.items():
        told = rebuilt.codes.get(name)
        if told is None:
            yield f"{_named(name)}: no entry has issued it"
            continue
        wanted = {"burned_at": told.burned_at, "used_at": told.used_at, "used_by": _who(told, rebuilt)}
        for column, value in wanted.items():
            found = getattr(row, column)
            if found != value:
                yield f"{_named(name)}: {column} is {found!r}, the entries say {value!r}"


def _named(name: CodeName) -> str:
    code_set, number, reissue = name
    return f"code {number} of {code_set}, issue {reissue}"


def _who(told: RebuiltCode, rebuilt: Rebuilt) -> int | None:
    """Who has redeemed it; where the private part has gone, whoever's erasure lists the entry."""
    if told.redeemed is None or told.used_by is not None:
        return told.used_by
    return rebuilt.erased.get(told.redeemed)
