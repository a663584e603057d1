"""Checks what passes between client and stage against the platform's OpenAPI file, if that is at hand."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parents[4] / "shared" / "api" / "discord-openapi.json"
ABSENT = f"the platform's OpenAPI file is not at ../shared/api/{FILE.name}"

_PREFIX = "/api/v10"
_URI = "urn:discord"
# (method and path, what is checked, part of the complaint): reason.
TOLERATED: dict[tuple[str, str, str], str] = {
    (".*", "answer 400", r"_errors'\]\[\d+\]\.code: '[A-Z_0-9]+' is not of type 'integer'"): (
        "the file calls the code of a field's error a number; the platform answers, and its reference shows, names"
    ),
    (".*", "request", r"allowed_mentions\.(roles|users)\[\d+\]: \d+ is not valid"): (
        "discord.py sends these ids as numbers, which the platform reads like strings"
    ),
    ("POST /users/@me/channels", "request", r"recipient_id: \d+ is not valid"): (
        "discord.py sends this id as a number, which the platform reads like a string"
    ),
    ("(POST|PATCH) /guilds/.*/roles.*", "request", r"permissions: '\d+' is not of type 'integer'"): (
        "the file calls permissions a number; the platform's reference and discord.py have text"
    ),
}


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Patterns of all paths, those with fewer placeholders first, as `@me` must win over `{user_id}`."""
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in paths]


@cache
def _validator(pointer: str) -> Validator:
    contents = Resource.from_contents(_document(), DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_URI, contents)
    return Draft202012Validator({"$ref": f"{_URI}#{pointer}"}, registry=registry)


def operations() -> set[tuple[str, str]]:
    """Method and path of everything the platform answers."""
    verbs = ("get", "put", "post", "patch", "delete")
    paths: dict[str, Any] = _document()["paths"]
    return {(verb.upper(), path) for path, found in paths.items() for verb in verbs if verb in found}


class Checker:
    """An aiohttp middleware that collects what does not fit; it changes nothing that passes."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.checked = 0

    @classmethod
    def if_available(cls) -> Checker | None:
        return cls() if FILE.exists() else None

    @property
    def middleware(self) -> Any:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            ours = request.path.startswith(_PREFIX)
            # The file speaks of the JSON inside a form too, but a form can be read only once.
            sent = await request.read() if ours and request.content_type == "application/json" else b""
            response = await handler(request)
            if isinstance(response, web.Response) and ours:
                body = response.body
                self.check(
                    request.method, request.path, sent, response.status, body if isinstance(body, bytes) else b""
                )
            return response

        return check

    def check(self, method: str, path: str, sent: bytes, status: int, answered: bytes) -> None:
        """Judge one exchange; a request the stage refuses is not held against the client."""
        template = next((each for pattern, each in _paths() if pattern.fullmatch(path.removeprefix(_PREFIX))), None)
        operation = _document()["paths"].get(template, {}).get(method.lower())
        name = f"{method} {template or path}"
        if operation is None:
            if status not in (501, 503):
                self._complain(name, "path", "is not in the file")
            return
        here = f"/paths/{_escaped(template or '')}/{method.lower()}"
        if status < 300 and sent:
            self._judge(name, "request", f"{here}/requestBody/content/application~1json/schema", sent)
        if status >= 500:
            return
        responses = operation["responses"]
        key = next((each for each in (str(status), f"{status // 100}XX") if each in responses), None)
        if key is None:
            self._complain(name, "answer", f"status {status} is not one of {sorted(responses)}")
            return
        pointer = responses[key].get("$ref", "#" + f"{here}/responses/{key}").removeprefix("#")
        if "content" in _at(pointer):
            self._judge(name, f"answer {status}", f"{pointer}/content/application~1json/schema", answered)
        elif answered:
            self._complain(name, f"answer {status}", "should have no body")

    def _judge(self, name: str, what: str, pointer: str, body: bytes) -> None:
        self.checked += 1
        error = best_match(_validator(pointer).iter_errors(json.loads(body or b"null")))
        if error is not None:
            self._complain(name, what, _told(error))

    def _complain(self, name: str, what: str, complaint: str) -> None:
        for call, part, words in TOLERATED:
            if re.fullmatch(call, name) and what.startswith(part) and re.search(words, complaint):
                return
        self.violations.append(f"{name} {what}: {complaint}")


def _told(error: ValidationError) -> str:
    return f"{error.json_path}: {error.message[:300]}"


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _at(pointer: str) -> Any:
    node: Any = _document()
    for step in pointer.removeprefix("/").split("/"):
        node = node[step.replace("%7B", "{").replace("%7D", "}").replace("~1", "/").replace("~0", "~")]
    return node
