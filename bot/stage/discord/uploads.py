"""Reads a request that is a form: its JSON, and the files beside it."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import BodyPartReader, MultipartReader

from bot.stage.discord.errors import ApiError
from bot.stage.discord.files import FILE_BYTES_MAX, Upload

_FIELD = re.compile(r"files\[(\d+)\]")


async def read_form(form: MultipartReader) -> tuple[Any, tuple[Upload, ...]]:
    """The JSON of a form and its files. Raises 50109 for broken JSON, 40005 for what is too large."""
    body: Any = {}
    uploads: list[Upload] = []
    async for part in form:
        if not isinstance(part, BodyPartReader):
            continue
        data = await _whole(part)
        if part.name == "payload_json":
            try:
                body = json.loads(data)
            except ValueError:
                raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
        elif found := _FIELD.fullmatch(part.name or ""):
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(found[1], part.filename or "unknown", kind, data))
    if any(len(upload.data) > FILE_BYTES_MAX for upload in uploads):
        raise ApiError(413, 40005, "Request entity too large")
    return body, tuple(uploads)


async def _whole(part: BodyPartReader) -> bytes:
    """All of it, however long: what is beyond the limit is read, so that the client hears why it is refused."""
    data = bytearray()
    while chunk := await part.read_chunk():
        if len(data) <= FILE_BYTES_MAX:
            data += chunk
    return bytes(data)
