"""`passes` of a drop in config.toml: what comes with each of its units, as a word or as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from bot.config.mistakes import nearest
from bot.config.values import Finding, parse_duration, refuse
from bot.domain.pass_deeds import USES_MAX
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.pass_words import KINDS_BY_WORD, offers_text, read_kind
from bot.domain.plan import title_fault
from bot.domain.text import label

OFFERS_MAX = 5
_KEYS = ("kind", "uses", "lasts", "transferable", "title")
_CURE = 'Write a list like ["mod-vote"].'
_TABLE_CURE = 'Write it like { kind = "mod-vote", uses = 2, lasts = "30d" }.'
_CUSTOM_CURE = 'Write it like { kind = "custom", title = "Pick the next song" }.'


def _parse_offers(value: object) -> tuple[PassOffer, ...]:
    """What each unit brings; refuses with everything that is wrong with any of them."""
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list):
        refuse(Finding("this has to be a list", _CURE))
    findings: list[Finding] = []
    offers: dict[PassOffer, None] = {}
    for each in written:
        wrong = list(_findings(each))
        findings += wrong
        if wrong:
            continue
        offer = _offer(each)
        if offer in offers:
            cure = f"Write it once, with uses = {offer.uses * 2} if it is good for more."
            findings.append(Finding(f'"{offers_text([offer])}" stands there twice', cure))
        offers[offer] = None
    if len(written) > OFFERS_MAX:
        findings.append(Finding(f"at most {OFFERS_MAX} passes come with one unit", "Leave some of them out."))
    if findings:
        refuse(*findings)
    return tuple(offers)


def _findings(written: object) -> Iterator[Finding]:
    table = {"kind": written} if isinstance(written, str) else written
    if not isinstance(table, dict):
        yield Finding("a pass is a word in quotes or a table", f"{_CURE} {_TABLE_CURE}")
        return
    for key in table:
        if key not in _KEYS:
            cure = nearest(key, _KEYS) or f"Choose from: {', '.join(_KEYS)}."
            yield Finding(f'a pass has no key "{key[:40]}"', cure)
    yield from _kind_findings(table)
    uses = table.get("uses", 1)
    if not isinstance(uses, int) or isinstance(uses, bool) or not 1 <= uses <= USES_MAX:
        yield Finding(f"uses has to be a whole number from 1 to {USES_MAX}", _TABLE_CURE)
    if not isinstance(table.get("transferable", False), bool):
        yield Finding("transferable has to be true or false", "Leave it out for a pass that stays with its owner.")
    if "lasts" in table:
        try:
            parse_duration(table["lasts"])
        except PydanticCustomError as wrong:
            for finding in (wrong.context or {})["findings"]:
                yield Finding(f"lasts: {finding.what}", finding.cure)


def _kind_findings(table: dict[str, object]) -> Iterator[Finding]:
    written = table.get("kind")
    kind = read_kind(written) if isinstance(written, str) else None
    if kind is None:
        what = f'"{written[:40]}" is no kind of pass' if isinstance(written, str) else "a pass needs a kind"
        cure = nearest(written, KINDS_BY_WORD) if isinstance(written, str) else ""
        yield Finding(what, f"{cure} Choose from: {', '.join(KINDS_BY_WORD)}.".strip())
        return
    title = table.get("title", "")
    if kind is not PassKind.CUSTOM:
        if "title" in table:
            yield Finding("only a custom pass has a title", f"Leave it out. {_CUSTOM_CURE}")
    elif not isinstance(title, str) or not title:
        yield Finding("a custom pass needs a title", _CUSTOM_CURE)
    elif fault := title_fault(title):
        yield Finding(fault, _CUSTOM_CURE)


def _offer(written: object) -> PassOffer:
    """The offer of what has been found to be right."""
    table: dict[str, Any] = written if isinstance(written, dict) else {"kind": written}
    return PassOffer(
        kind=read_kind(table["kind"]) or PassKind.CUSTOM,
        uses=table.get("uses", 1),
        lasts=parse_duration(table["lasts"]) if "lasts" in table else None,
        transferable=table.get("transferable", False),
        title=label(table.get("title", "")),
    )


PassOffers = Annotated[tuple[PassOffer, ...], PlainValidator(_parse_offers)]
