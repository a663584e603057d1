"""The key that claim codes are derived from: a file beside the ledger, never in it and never among its copies."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable
from pathlib import Path

import orjson

from bot.domain.codes import KEY_BYTES_MIN
from bot.storage.private_file import write_private
from bot.storage.signing import KeyFileBroken

CODE_KEY_FILE = "code-key.json"


class CodeKey:
    """The key in a file, which is made with the first code. Shows nothing of it."""

    def __init__(self, path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._path = path
        self._random_bytes = random_bytes
        self._key: bytes | None = None

    def find(self) -> bytes | None:
        """The key; None where there is no such file. Raises KeyFileBroken, but not once it was read."""
        if self._key is None:
            self._key = self._read()
        return self._key

    def _read(self) -> bytes | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyFileBroken(
                f"the key of the claim codes, {self._path}, cannot be read ({error.strerror}): let the one who "
                "runs the bot read that file"
            ) from None
        try:
            key = base64.b64decode(orjson.loads(content)["key"], validate=True)
            if len(key) < KEY_BYTES_MIN:
                raise ValueError("a short key")
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise KeyFileBroken(
                f"{self._path} is damaged, and it holds the key of the claim codes: put back a copy of it; if "
                "there is none, move it away, and codes that are out stay good, but cannot be shown again"
            ) from None
        return key

    def make(self) -> bytes:
        """The key, which is made where there is none. Raises KeyFileBroken."""
        found = self.find()
        if found is not None:
            return found
        key = self._random_bytes(KEY_BYTES_MIN)
        content = orjson.dumps({"key": base64.b64encode(key).decode()}, option=orjson.OPT_INDENT_2)
        try:
            write_private(self._path, content)
        except OSError as error:
            raise KeyFileBroken(
                f"the key of the claim codes cannot be written to {self._path} ({error.strerror}): let the one who "
                "runs the bot write in that folder"
            ) from None
        self._key = key
        return key
