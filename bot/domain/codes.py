"""Claim codes: signed, single-use, easy to read out; how they are made, read, spotted in a line and judged."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.time import HOUR, Micros

CODE_CHARACTERS = 16
KEY_BYTES_MIN = 32
WRONG_TRIES_MAX = 10
TRIES_COUNT_FOR: Micros = HOUR

_CODE_BYTES = 10
_GROUP_CHARACTERS = 4
# Longer than any chat line; what stands behind it is not a line of chat.
_LINE_CHARACTERS_MAX = 4_000

# Crockford's base 32: without I, L and O, which read as 1, 1 and 0, and without U.
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = {symbol: symbol for symbol in SYMBOLS} | {"O": "0", "I": "1", "L": "1"}
# Letters of other scripts that are drawn like those: first Cyrillic, then Greek.
_LOOK_ALIKES = dict(zip("АВСЕНІЈКМОРЅТХУԀԚԜѴΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABCEHIJKMOPSTXYDQWVABEZHIKMNOPTYX", strict=True))
_READ_AS |= {letter: _READ_AS[drawn] for letter, drawn in _LOOK_ALIKES.items()}


@dataclass(frozen=True, slots=True)
class Issue:
    """What one code stands for. `scope` is a drop's key or the name of a set of codes, `number` its unit there.

    `reissue` counts how often it was made again after it had been burned; `audience` is the one identity that may
    use it ("" for anybody), `expires_at` when it ends (None for never)."""

    scope: str
    number: int
    reissue: int = 0
    audience: str = ""
    expires_at: Micros | None = None

    def __post_init__(self) -> None:
        if "|" in self.scope + self.audience:
            raise ValueError('a code\'s scope and audience cannot have a "|" in them')

    @property
    def message(self) -> str:
        """What is signed: "claim|print-007|12", and all the rest when any of it is set."""
        plain = f"claim|{self.scope}|{self.number}"
        if not (self.reissue or self.audience or self.expires_at is not None):
            return plain
        return f"{plain}|{self.reissue}|{self.audience}|{'' if self.expires_at is None else self.expires_at}"


def make_code(key: bytes, issue: Issue) -> str:
    """The code as it is shown, "DSMW-X2R0-W3GY-YZK7": the first 80 bits of HMAC-SHA256 in Crockford's base 32.

    Raises ValueError for a key of fewer than 32 bytes."""
    if len(key) < KEY_BYTES_MIN:
        raise ValueError(f"the key of claim codes has {KEY_BYTES_MIN} bytes or more")
    number = int.from_bytes(hmac.digest(key, issue.message.encode(), hashlib.sha256)[:_CODE_BYTES], "big")
    symbols = "".join(SYMBOLS[number >> 5 * place & 31] for place in reversed(range(CODE_CHARACTERS)))
    starts = range(0, CODE_CHARACTERS, _GROUP_CHARACTERS)
    return "-".join(symbols[start : start + _GROUP_CHARACTERS] for start in starts)


def read_code(text: str) -> str | None:
    """The 16 symbols that somebody has typed, however spaced and in whatever case; None when that is no code."""
    runs = symbol_runs(text)
    return runs[0] if len(runs) == 1 and len(runs[0]) == CODE_CHARACTERS else None


def find_codes(text: str) -> tuple[str, ...]:
    """Everything in a line that could be a code, as 16 symbols: also spaced out, in small letters, with invisible
    characters in between or in look-alikes. Plain sentences give such candidates too: only the ledger's digests
    tell which of them is a code."""
    found: dict[str, None] = {}
    for run in symbol_runs(text):
        starts = range(len(run) - CODE_CHARACTERS + 1)
        found.update(dict.fromkeys(run[start : start + CODE_CHARACTERS] for start in starts))
    return tuple(found)


def digest_of(symbols: str) -> bytes:
    """The form in which a code is kept: SHA-256 of its 16 symbols, from which 80 bits cannot be found again."""
    return hashlib.sha256(symbols.encode()).digest()


def is_code(text: str, digest: bytes) -> bool:
    """Whether somebody has typed the code that is kept as `digest`; takes as long whichever it is."""
    return hmac.compare_digest(digest_of(read_code(text) or ""), digest)


def symbol_runs(text: str) -> list[str]:
    """The symbols of a line, broken where a letter or a digit stands that no code has."""
    runs: list[str] = []
    now: list[str] = []
    # Full-width and mathematical letters become plain ones, and accents stand alone.
    for character in unicodedata.normalize("NFKD", text[:_LINE_CHARACTERS_MAX]).upper():
        symbol = _READ_AS.get(character)
        if symbol is not None:
            now.append(symbol)
        elif unicodedata.category(character)[0] in "LN":
            runs.append("".join(now))
            now = []
    return [run for run in (*runs, "".join(now)) if run]


class CodeRefusal(StrEnum):
    """Why a code does not let in, in order of precedence. The first two are found before anybody looks for it."""

    LOCKED = "locked"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    NOT_YOURS = "not-yours"
    BURNED = "burned"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code as the ledger keeps it. `used_by` is the identity that has used it, or "" before anybody has."""

    issue: Issue
    digest: bytes = field(repr=False)
    used_by: str = ""
    burned: bool = False


def judge_code(kept: KeptCode | None, identity: str, moment: Micros) -> CodeRefusal | None:
    """Why `identity` cannot use this code now; None when they can, or have. `kept` is None for one not known."""
    if kept is None:
        return CodeRefusal.UNKNOWN
    if kept.issue.audience not in ("", identity):
        return CodeRefusal.NOT_YOURS
    if kept.used_by == identity:
        return None
    if kept.burned:
        return CodeRefusal.BURNED
    if kept.used_by:
        return CodeRefusal.USED
    expires_at = kept.issue.expires_at
    return CodeRefusal.EXPIRED if expires_at is not None and moment >= expires_at else None


def locked_until(wrong_tries: Sequence[Micros], moment: Micros) -> Micros | None:
    """Until when somebody who has guessed too often is not heard; None when they are. Tries are oldest first."""
    if len(wrong_tries) < WRONG_TRIES_MAX:
        return None
    until = wrong_tries[-WRONG_TRIES_MAX] + TRIES_COUNT_FOR
    return until if moment < until else None
