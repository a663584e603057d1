"""Claim codes in the lane: issued, redeemed once, burned, and forgotten with whoever they were for; and read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.domain.claims import ClaimDrop
from bot.domain.code_sets import (
    BurnCodes,
    CodesBurned,
    CodesIssued,
    IssueCodes,
    IssueDecision,
    IssueStanding,
    audience_of,
    burned_fact,
    burned_news,
    decide_issue,
    issued_fact,
    redeemed_fact,
)
from bot.domain.codes import CodeRefusal, Issue, KeptCode, judge_code
from bot.domain.people import Account
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch

_CODE = tables.claim_code.c
_SOMEBODY_ELSE = "somebody else"


def handle_issue(batch: Batch, command: IssueCodes, moment: Micros) -> IssueDecision:
    """Refuse, or keep the digests of new codes within the batch."""
    connection, channel_id = batch.connection, batch.channel_id
    of_set = select(func.max(_CODE.number)).where(
        _CODE.channel_id == channel_id, _CODE.code_set == command.code_set
    )
    waiting = next((row.number for row in _waiting(batch, command.audience, moment, command.code_set)), 0)
    standing = IssueStanding((connection.scalar(of_set) or 0) + 1, waiting)
    decision = decide_issue(standing, command, moment)
    if isinstance(decision, CodesIssued) and not decision.already:
        for number, digest in enumerate(command.digests, decision.first):
            issue = Issue(command.code_set, number, 0, command.audience, command.expires_at)
            _keep(batch, issue, digest, moment)
    return decision


def handle_burn(batch: Batch, command: BurnCodes, moment: Micros) -> CodesBurned:
    """Void those that could still be used, and keep the digests of what takes their place."""
    burned: list[Issue] = []
    for digest, replacement in command.spilled:
        row = _find(batch, digest)
        if row is None or not _live(row, moment):
            continue
        issue = _issue(row)
        _burn(batch, digest, issue, moment)
        _keep(batch, replace(issue, reissue=issue.reissue + 1), replacement, moment)
        burned.append(issue)
        if not issue.audience:
            batch.tell(burned_news(issue), "", moment)
    return CodesBurned(tuple(burned))


def redeem(batch: Batch, command: ClaimDrop, moment: Micros) -> CodeRefusal | None:
    """Make the code of a claim the asker's, within the claim's own transaction; why not, where it cannot be."""
    actor, row = command.actor, _find(batch, command.code)
    person = None if row is None else batch.person(actor, moment)
    if row is None or person is None:
        return CodeRefusal.UNKNOWN
    # Somebody who is linked may type what was meant for their other account.
    accounts = {audience_of(*account) for account in batch.accounts(person.id, actor.key)}
    issue = _issue(row)
    identity = issue.audience if issue.audience in accounts else audience_of(*actor.key)
    owners: dict[int | None, str] = {None: "", **dict.fromkeys(batch.counted_as(person.id), identity)}
    kept = KeptCode(issue, command.code, owners.get(row.used_by, _SOMEBODY_ELSE), row.burned_at is not None)
    refusal = judge_code(kept, identity, moment)
    if refusal is not None or row.used_by is not None:
        return refusal
    batch.record(redeemed_fact(issue, actor, person.id), moment)
    batch.write_rows()  # the row points at the person
    _change(batch, command.code, used_by=person.id, used_at=moment)
    return None


def forget(batch: Batch, accounts: Collection[Account], moment: Micros) -> None:
    """Take these accounts out of the codes that were theirs alone: what they have not used is void."""
    for account in accounts:
        audience = audience_of(*account)
        of_audience = select(tables.claim_code).where(
            _CODE.channel_id == batch.channel_id, _CODE.audience == audience
        )
        for row in batch.connection.execute(of_audience).all():
            if row.burned_at is None and row.used_by is None:
                _burn(batch, row.digest, _issue(row), moment)
            _change(batch, row.digest, audience="")


def _keep(batch: Batch, issue: Issue, digest: bytes, moment: Micros) -> None:
    batch.record(issued_fact(issue), moment)
    row = {
        "channel_id": batch.channel_id,
        "digest": digest,
        "code_set": issue.scope,
        "number": issue.number,
        "reissue": issue.reissue,
        "audience": issue.audience,
        "expires_at": issue.expires_at,
        "burned_at": None,
        "used_by": None,
        "used_at": None,
    }
    batch.connection.execute(insert(tables.claim_code).values(row))


def _burn(batch: Batch, digest: bytes, issue: Issue, moment: Micros) -> None:
    batch.record(burned_fact(issue), moment)
    _change(batch, digest, burned_at=moment)


def _change(batch: Batch, digest: bytes, **values: Any) -> None:
    where = (_CODE.channel_id == batch.channel_id) & (_CODE.digest == digest)
    batch.connection.execute(update(tables.claim_code).where(where), values)


def _find(batch: Batch, digest: bytes) -> Row[Any] | None:
    query = select(tables.claim_code).where(_CODE.channel_id == batch.channel_id, _CODE.digest == digest)
    return batch.connection.execute(query).first()


def _waiting(batch: Batch, audience: str, moment: Micros, code_set: str) -> Iterator[Row[Any]]:
    """The codes of a set that this audience alone can still use."""
    if not audience:
        return
    query = select(tables.claim_code).where(
        _CODE.channel_id == batch.channel_id, _CODE.code_set == code_set, _CODE.audience == audience
    )
    yield from (row for row in batch.connection.execute(query.order_by(_CODE.number)) if _live(row, moment))


def _live(row: Row[Any], moment: Micros) -> bool:
    spent = row.burned_at is not None or row.used_by is not None
    return not spent and (row.expires_at is None or moment < row.expires_at)


def _issue(row: Row[Any]) -> Issue:
    return Issue(row.code_set, row.number, row.reissue, row.audience, row.expires_at)


# -- for everybody who only reads ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code that is kept: as it was issued, by its digest, and what has become of it."""

    issue: Issue
    digest: bytes
    burned_at: Micros | None = None
    used_at: Micros | None = None

    def live(self, moment: Micros) -> bool:
        """Whether somebody can still use it."""
        expires_at = self.issue.expires_at
        return self.burned_at is None and self.used_at is None and (expires_at is None or moment < expires_at)


def issued_codes(
    connection: Connection, channel_id: int, *, code_set: str | None = None, audience: str | None = None
) -> list[IssuedCode]:
    """All codes there are, or those of a set or an audience, in the order of their numbers."""
    query = select(tables.claim_code).where(_CODE.channel_id == channel_id)
    if code_set is not None:
        query = query.where(_CODE.code_set == code_set)
    if audience is not None:
        query = query.where(_CODE.audience == audience)
    rows = connection.execute(query.order_by(_CODE.code_set, _CODE.number, _CODE.reissue))
    return [IssuedCode(_issue(row), row.digest, row.burned_at, row.used_at) for row in rows]
