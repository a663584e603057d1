"""Files that come with a message: kept, described, and referred to by `attachment://`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

FILES_MAX, FILE_BYTES_MAX = 10, 10 * 1024 * 1024
_REFERENCE = "attachment://"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; `key` is the number by which the body speaks of it."""

    key: str
    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A file of a message; `url` is where anybody may read it."""

    id: str
    filename: str
    content_type: str
    data: bytes
    url: str
    description: str | None = None


def described(body: Json, upload: Upload) -> str | None:
    """What the body says of an upload, for those who cannot see it."""
    about = (each for each in body.get("attachments") or [] if str(each.get("id")) == upload.key)
    return next((each.get("description") for each in about), None)


def kept(attachments: Iterable[Attachment], body: Json) -> list[Attachment]:
    """Those a change leaves: all, unless the body lists which."""
    if body.get("attachments") is None:
        return list(attachments)
    listed = {str(each.get("id")) for each in body["attachments"]}
    return [each for each in attachments if each.id in listed]


def resolved(value: Any, attachments: Iterable[Attachment]) -> Any:
    """A copy in which references to the message's own files are their addresses."""
    places = {_REFERENCE + each.filename: each.url for each in attachments}
    return _resolved(value, places) if places else value


def _resolved(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(inner, places) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, places) for inner in value]
    return places.get(value, value) if isinstance(value, str) else value
