"""The keys that sign the log: a file beside the ledger, never in the ledger and never among its copies."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from bot.domain.checkpoint import KEY_BYTES, NoteKey, NoteRefused, sign_note
from bot.storage.private_file import write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE = "log-key.json"


class KeyFileBroken(Exception):
    """The file of keys cannot be read, or what it holds is no key. A new one is never made in its place: whoever
    has noted the old key would take it for somebody else's."""


class KeyRing:
    """Every private key the log was ever signed with here, oldest first. Shows none of them."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        """`seeds` are the keys' own 32 bytes each, at least one. Raises ValueError."""
        if not seeds or any(len(seed) != KEY_BYTES for seed in seeds):
            raise ValueError(f"a log needs a key, and each has {KEY_BYTES} bytes")
        # Only whoever signs or verifies needs it: not the commands that read the ledger.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._private = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
        self.publics = tuple(key.public_key().public_bytes_raw() for key in self._private)

    def signer(self, origin: str) -> Signer:
        """Who signs the log of this name."""
        return Signer(origin, self._private, self.publics)

    def with_key(self, seed: bytes) -> KeyRing:
        """These keys and a newer one, which signs from now on."""
        return KeyRing([*(key.private_bytes_raw() for key in self._private), seed])

    def to_bytes(self) -> bytes:
        """The content of the file. Secret."""
        pairs = zip(self._private, self.publics, strict=True)
        keys = [{"public": _text(public), "private": _text(key.private_bytes_raw())} for key, public in pairs]
        return orjson.dumps({"keys": keys}, option=orjson.OPT_INDENT_2)


class Signer:
    """Signs the checkpoints of one log. The newest of `keys` is the one that is to be in force."""

    def __init__(self, origin: str, private: Sequence[Ed25519PrivateKey], publics: Sequence[bytes]) -> None:
        self.origin = origin
        self.keys = tuple(NoteKey(origin, public) for public in publics)
        self._signs = {key: private_key.sign for key, private_key in zip(self.keys, private, strict=True)}

    @property
    def newest(self) -> NoteKey:
        return self.keys[-1]

    def find(self, text: str) -> NoteKey | None:
        """The key among ours that is written NAME+ID+KEY; None where it is not at hand."""
        return next((key for key in self.keys if str(key) == text), None)

    def sign(self, text: str, keys: Sequence[NoteKey] = ()) -> str:
        """The note: a checkpoint's text, signed by these of our keys, or else by the newest."""
        return sign_note(text, [(key, self._signs[key]) for key in keys or (self.newest,)])


def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 signature of a message was made with the key; `bot.domain.checkpoint.Verify`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_keys(path: Path) -> KeyRing | None:
    """The keys in the file; None where there is no such file. Raises KeyFileBroken."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyFileBroken(
            f"the keys that sign the log, {path}, cannot be read ({error.strerror}): let the one who runs the bot "
            "read that file"
        ) from None
    try:
        return _ring(orjson.loads(content))
    except (KeyError, TypeError, ValueError, NoteRefused, binascii.Error):
        raise KeyFileBroken(
            f"{path} is damaged, and it holds the keys that sign the log: put back a copy of it; if there is none, "
            "move it away, and a new key is made, which nobody can tell from a stranger's"
        ) from None


def keys_at(path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> KeyRing:
    """The keys in the file, which is made where there is none. Raises KeyFileBroken."""
    found = read_keys(path)
    if found is not None:
        return found
    ring = KeyRing([random_bytes(KEY_BYTES)])
    _write(path, ring)
    return ring


def add_key(path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> KeyRing:
    """Make a newer key beside those in the file; returns them all. Raises KeyFileBroken.

    The log is told by the next start: see `bot.storage.log`."""
    ring = keys_at(path, random_bytes).with_key(random_bytes(KEY_BYTES))
    _write(path, ring)
    return ring


def _write(path: Path, ring: KeyRing) -> None:
    try:
        write_private(path, ring.to_bytes())
    except OSError as error:
        raise KeyFileBroken(
            f"the keys that sign the log cannot be written to {path} ({error.strerror}): let the one who runs the "
            "bot write in that folder"
        ) from None


def _ring(content: Any) -> KeyRing:
    pairs = [(_bytes(each["public"]), _bytes(each["private"])) for each in content["keys"]]
    ring = KeyRing([private for _, private in pairs])
    # Any 32 bytes are somebody's private key: only its public half tells that it is still ours.
    if ring.publics != tuple(public for public, _ in pairs):
        raise ValueError("a private key is not that of its public one")
    return ring


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
