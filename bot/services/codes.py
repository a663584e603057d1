"""Claim codes: made, shown again to whom they were made for, and found in what somebody types."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cachetools import TTLCache

from bot.domain.answers import Answer
from bot.domain.claims import ClaimDecision, ClaimRefusal, ClaimRefused, find_drop
from bot.domain.code_sets import (
    COUNT_MAX,
    BurnCodes,
    CodesBurned,
    CodesIssued,
    IssueCodes,
    IssueDecision,
    Spilled,
    audience_of,
    read_set,
)
from bot.domain.codes import (
    TRIES_COUNT_FOR,
    WRONG_TRIES_MAX,
    CodeRefusal,
    Issue,
    digest_of,
    find_codes,
    is_code,
    locked_until,
    make_code,
    read_code,
)
from bot.domain.linking import TWITCH
from bot.domain.people import Account, Actor
from bot.domain.time import Micros, read_span
from bot.domain.typed_codes import resembles_code, typed_codes
from bot.services.ports import Clock, LedgerLane
from bot.storage.code_key import CodeKey
from bot.storage.codes import IssuedCode, issued_codes
from bot.storage.database import Reads
from bot.storage.drops import read_drops

_PEOPLE_MAX = 20_000
# So much of a line is read as a command: what stands behind it is shown to all the same.
READ_CHARACTERS_MAX = 300
_WRONG = (CodeRefusal.UNKNOWN, CodeRefusal.NOT_YOURS)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code for the eyes of whoever may see it. `code` is None where its key was lost: it works all the same."""

    kept: IssuedCode
    code: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of the wish for codes, and the codes themselves."""

    decision: IssueDecision
    codes: tuple[ShownCode, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """What was typed behind the command: the drop's name, and the digest of a code, b"" for none."""

    drop: str
    code: bytes = b""


def show(kept: Sequence[IssuedCode], key: bytes | None) -> tuple[ShownCode, ...]:
    """These codes as they were handed out, as far as they were derived from this key."""
    return tuple(ShownCode(each, _derived(each, key)) for each in kept)


def _derived(kept: IssuedCode, key: bytes | None) -> str | None:
    code = None if key is None else make_code(key, kept.issue)
    return code if code is not None and is_code(code, kept.digest) else None


class Codes:
    """Knows every digest there is, since nobody else makes any while this process has the ledger. `clock` tells the
    time, `steady` measures how often somebody guesses: that is counted by account, and a restart forgets it."""

    def __init__(
        self, lane: LedgerLane, reads: Reads, channel_id: int, key: CodeKey, clock: Clock, steady: Clock
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._key = key
        self._clock = clock
        self._steady = steady
        self._kept: dict[bytes, Issue] = {}
        self._making = asyncio.Lock()
        self._tries: TTLCache[Account, tuple[Micros, ...]] = TTLCache(
            _PEOPLE_MAX, TRIES_COUNT_FOR, timer=steady.now
        )
        # Until when somebody was told that nobody looks at their codes.
        self._told: TTLCache[Account, Micros] = TTLCache(_PEOPLE_MAX, TRIES_COUNT_FOR, timer=steady.now)
        # What was shown to everybody, for whoever voids it.
        self.spilled: asyncio.Queue[tuple[Actor, tuple[bytes, ...]]] = asyncio.Queue()

    async def load(self) -> None:
        """Read which codes there are; to be done before anybody types one. Raises KeyFileBroken."""
        kept = await self._reads.consult(lambda connection: issued_codes(connection, self._channel_id))
        self._kept = {each.digest: each.issue for each in kept}
        if self._kept:
            # From now on it is at hand: what is shown in chat can be replaced whatever becomes of the file.
            self._key.find()

    # -- making and showing ---------------------------------------------------------------------------------

    async def make(
        self, actor: Actor, request_id: str, code_set: str, count: int, *, valid_for: str = "", audience: str = ""
    ) -> Made:
        """Make so many codes of a set, or one for an audience alone. `valid_for` is a span as people write it, ""
        for ever. Raises TryAgain and KeyFileBroken."""
        name = read_set(code_set)
        # What cannot be read is a moment that is over: the ledger refuses it in its turn.
        span = read_span(valid_for) if valid_for.strip() else None
        expires_at = None if not valid_for.strip() else 0 if span is None else self._clock.now() + span
        async with self._making:
            known = await self._of_set(name) if name is not None else []
            first = max((each.issue.number for each in known), default=0) + 1
            digests: tuple[bytes, ...] = ()
            if name is not None and actor.steers:
                numbers = range(first, first + min(max(count, 0), COUNT_MAX + 1))
                key = self._key.make()
                issues = [Issue(name, number, 0, audience, expires_at) for number in numbers]
                digests = tuple(_digest(key, issue) for issue in issues)
            command = IssueCodes(
                self._channel_id, request_id, actor, name or code_set, first, digests, audience, expires_at
            )
            answer: Answer[Any] = await self._lane.submit(command)
            decision: IssueDecision = answer.decision
            if not isinstance(decision, CodesIssued):
                return Made(decision)
            # What was made is read again: for a request that is asked twice it is the first time's.
            made = range(decision.first, decision.first + decision.count)
            kept = [each for each in await self._of_set(decision.code_set) if each.issue.number in made]
            self._kept.update({each.digest: each.issue for each in kept})
            newest = {each.issue.number: each for each in kept}
            return Made(decision, show(list(newest.values()), self._key.find()))

    async def of_member(self, actor: Actor) -> tuple[ShownCode, ...]:
        """The codes that this account alone can use, and has not. Raises KeyFileBroken."""
        audience, now = audience_of(*actor.key), self._clock.now()

        def read(connection: Any) -> list[IssuedCode]:
            return issued_codes(connection, self._channel_id, audience=audience)

        kept = await self._reads.consult(read)
        return show([each for each in kept if each.live(now)], self._key.find())

    async def _of_set(self, code_set: str) -> list[IssuedCode]:
        return await self._reads.consult(
            lambda connection: issued_codes(connection, self._channel_id, code_set=code_set)
        )

    # -- what somebody types --------------------------------------------------------------------------------

    async def read(self, actor: Actor, request_id: str, text: str) -> ReadClaim | Answer[ClaimDecision] | None:
        """A claim taken apart. Its answer for a code that is none, or when this account guesses too often; None
        when it was told so in chat before."""
        if not self._kept:
            return ReadClaim(text)
        candidates = [(digest_of(each.symbols), each.rest) for each in typed_codes(text)]
        found = self._meant(text, candidates)
        if found is None and not candidates and not resembles_code(text):
            return ReadClaim(text)
        if found is None and await self._names_drop(text):
            return ReadClaim(text)
        until = locked_until(self._tries.get(actor.key, ()), self._steady.now())
        if until is not None:
            return self._locked(actor, request_id, text, until)
        if found is None and not candidates:
            return self._refused(request_id, CodeRefusal.MALFORMED)
        digest, rest = found or candidates[-1]
        return ReadClaim(rest, digest)

    def _meant(self, text: str, candidates: Sequence[tuple[bytes, str]]) -> tuple[bytes, str] | None:
        """Which of its codes a claim redeems, and the words around it; None for a claim without any."""
        found = next((each for each in candidates if each[0] in self._kept), None)
        if found is None and (hidden := self._in(text)):
            # It stands among other letters; nobody can tell which of these were meant for the drop.
            return hidden[0], ""
        return found

    def judged(self, actor: Actor, answer: Answer[ClaimDecision]) -> None:
        """Count a wrong try."""
        decision = answer.decision
        if isinstance(decision, ClaimRefused) and decision.code_because in _WRONG and not answer.repeated:
            tries = self._tries.get(actor.key, ())
            self._tries[actor.key] = (*tries[-WRONG_TRIES_MAX + 1 :], self._steady.now())

    def _locked(self, actor: Actor, request_id: str, text: str, until: Micros) -> Answer[ClaimDecision] | None:
        self.passed_over(actor, text)
        if actor.platform == TWITCH and self._told.get(actor.key) == until:
            return None
        self._told[actor.key] = until
        return self._refused(request_id, CodeRefusal.LOCKED, self._clock.now() + until - self._steady.now())

    def _refused(
        self, request_id: str, because: CodeRefusal, retry_at: Micros | None = None
    ) -> Answer[ClaimDecision]:
        refused = ClaimRefused(ClaimRefusal.BAD_CODE, retry_at=retry_at, code_because=because)
        return Answer(request_id, refused, self._clock.now())

    async def _names_drop(self, text: str) -> bool:
        drops = await read_drops(self._reads, self._channel_id)
        return find_drop([drop for drop in drops.values() if drop.public], text) is not None

    # -- what everybody could read --------------------------------------------------------------------------

    def hear(self, actor: Actor, text: str, command: str) -> None:
        """Note the codes in a line of chat; see bot.services.overhearing. The one that a claim is about to redeem
        is void only if somebody has shown it before."""
        shown = self._in(text)
        if shown and command == "claim":
            line = text[:READ_CHARACTERS_MAX]
            meant = self._meant(line, [(digest_of(each.symbols), each.rest) for each in typed_codes(line)])
            shown = tuple(digest for digest in shown if meant is None or digest != meant[0])
        self._note_spilled(actor, shown)

    def passed_over(self, actor: Actor, text: str) -> None:
        """Note the codes of a claim that nobody decides: in chat, somebody else could use them."""
        if actor.platform == TWITCH:
            self._note_spilled(actor, self._in(text))

    def _note_spilled(self, actor: Actor, digests: tuple[bytes, ...]) -> None:
        if digests:
            self.spilled.put_nowait((actor, digests))

    def _in(self, text: str) -> tuple[bytes, ...]:
        if not self._kept:
            return ()
        return tuple(digest for each in find_codes(text) if (digest := digest_of(each)) in self._kept)

    async def burn(self, digests: Sequence[bytes]) -> tuple[Issue, ...]:
        """Void those of these codes that could still be used, and make what takes their place. Returns which they
        were. Raises TryAgain and KeyFileBroken."""
        key, again = self._key.make(), {}
        for digest in digests:
            issue = self._kept[digest]
            again[digest] = replace(issue, reissue=issue.reissue + 1)
        replacements = {digest: _digest(key, issue) for digest, issue in again.items()}
        spilled = tuple(Spilled(digest, replacement) for digest, replacement in replacements.items())
        answer: Answer[Any] = await self._lane.submit(BurnCodes(self._channel_id, spilled))
        burned: CodesBurned = answer.decision
        for digest, replacement in replacements.items():
            if self._kept[digest] in burned.issues:
                self._kept[replacement] = again[digest]
        return burned.issues


def _digest(key: bytes, issue: Issue) -> bytes:
    return digest_of(read_code(make_code(key, issue)) or "")
