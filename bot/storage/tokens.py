"""Logins that were renewed: a file of their own, outside the ledger and its backups."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import orjson

from bot.storage.private_file import write_private


@dataclass(frozen=True, slots=True)
class Login:
    access: str = field(repr=False)
    refresh: str = field(repr=False)


class TokenFile:
    """Each account's newest tokens, by user id. A refresh token is good once: losing the newest one costs a login.

    What was renewed belongs to the token that config.toml named; a new one there starts anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = Lock()

    def newest(self, user_id: str, configured: Login) -> Login:
        """The tokens to use: the renewed ones of this configured login, or else the configured ones."""
        kept = self._read().get(user_id)
        if kept is None or kept["of"] != _trace(configured):
            return configured
        return Login(kept["access"], kept["refresh"])

    def put(self, user_id: str, configured: Login, renewed: Login) -> None:
        """Keep renewed tokens; they are on the disk when this returns. Raises OSError."""
        # Two accounts may be renewed at once, each in a thread of its own.
        with self._writing:
            kept = self._read()
            kept[user_id] = {"of": _trace(configured), "access": renewed.access, "refresh": renewed.refresh}
            write_private(self._path, orjson.dumps(kept))

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            kept: dict[str, dict[str, str]] = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except orjson.JSONDecodeError:
            # Half a file of an older program: the configured tokens are tried, and say so if they are spent.
            return {}
        return kept


def _trace(configured: Login) -> str:
    return hashlib.sha256(configured.refresh.encode()).hexdigest()[:16]
