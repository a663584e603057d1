"""Who linked two accounts, as the ledger's entries have it: from then on both count as one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rehearsal.ledger import EntryRow

Who = tuple[str, str]
_FOR_EVER = 2**63


@dataclass(frozen=True, slots=True)
class Link:
    """`number` is that of its first entry; it was ended at `until` (microseconds UTC)."""

    number: int
    accounts: frozenset[Who]
    until: int = _FOR_EVER


def links_of(entries: Iterable[EntryRow]) -> tuple[Link, ...]:
    """In the order in which they were made. What an erasure has taken the private part of says nothing any more."""
    accounts: defaultdict[int, set[Who]] = defaultdict(set)
    ended: dict[int, int] = {}
    for entry in entries:
        if entry.kind in ("person.linked", "person.unlinked"):
            number, secret = int(entry.public.get("link", 0)), entry.secret
            if entry.kind == "person.unlinked":
                ended[number] = entry.at
            elif secret:
                accounts[number].add((str(secret.get("platform", "")), str(secret.get("user", ""))))
    return tuple(
        Link(number, frozenset(pair), ended.get(number, _FOR_EVER)) for number, pair in sorted(accounts.items())
    )


def together(links: Iterable[Link], who: Who, before: int = _FOR_EVER, since: int = _FOR_EVER) -> frozenset[Who]:
    """The accounts that are one person with `who`, itself among them, by the links made before the entry `before`
    that were not ended before the moment `since`; by those that stand still, when none is given."""
    people, links = {who}, list(links)
    while True:
        joined = {
            account
            for link in links
            if link.number < before and (link.until > since or link.until == _FOR_EVER)
            if link.accounts & people
            for account in link.accounts
        }
        if joined <= people:
            return frozenset(people)
        people |= joined
