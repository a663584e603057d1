"""Holds the local Twitch's answers, its clients' requests and its events against the platform's own files."""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from bot.stage.server import Stage
from bot.stage.twitch.layouts import own_path
from bot.stage.twitch.model import NotImitated, Problem

FOLDER = Path(__file__).parents[3].parent / "shared" / "api"
needs_files = pytest.mark.skipif(
    not (FOLDER / "twitch-helix-openapi.json").exists(),
    reason=f"the platform's API files are not at {FOLDER}",
)

# Younger than the files: sent by the platform and read by clients, in no example.
_YOUNGER_EVENT_KEYS = {"channel_points_animation_id", "is_source_only", "watch_streak"}
# Documented as null at times, though no example shows it.
_NULL_AT_TIMES = {
    "is_source_only",
    "streak_months",
    "ends_at",
    "image",
    "cooldown_expires_at",
    "redemptions_redeemed_current_stream",
}
_YOUNGER_BODY_KEYS = {"pin"}
# Documented as an object, and null for every reward without a picture of its own.
_NULL_IN_ANSWERS = {"image"}
# Answers that the document leaves out: a channel that is too small has neither polls nor rewards.
_UNDOCUMENTED = {("/polls", 403), ("/chat/announcements", 403)}
Json = Any


def attach(stage: Stage, *, requests: bool = True) -> list[str]:
    """A list that fills with whatever does not fit; call it before the stage starts.

    Answers that a planned fault gives are not looked at, and requests only when they are ours to judge.
    """
    violations: list[str] = []

    @web.middleware
    async def check(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        whole, method = own_path(request.path), request.method.lower()
        if not whole.startswith("/helix/"):
            return await handler(request)
        path = whole.removeprefix("/helix")
        if requests:
            body = await request.json() if request.content_type == "application/json" else None
            violations.extend(request_violations(method, path, request.query, body))
        try:
            response = await handler(request)
        except NotImitated:
            raise
        except Problem as problem:
            violations.extend(answer_violations(method, path, problem.status, problem.body()))
            raise
        answer = response.text if isinstance(response, web.Response) else None
        violations.extend(answer_violations(method, path, response.status, json.loads(answer) if answer else None))
        return response

    stage.app.middlewares.append(check)
    stage.twitch.frame_listeners.append(lambda frame: violations.extend(frame_violations(frame)))
    return violations


def describes(method: str, path: str) -> bool:
    """Whether the platform's document has an endpoint; `path` without /helix."""
    return method.lower() in _document()["paths"].get(path, {})


def request_violations(method: str, path: str, query: Mapping[str, str], body: Json) -> Iterator[str]:
    """What in a Helix request the platform does not know or misses; `path` without /helix."""
    operation = _document()["paths"].get(path, {}).get(method)
    if operation is None:
        yield f"{method} {path}: no such endpoint"
        return
    parameters = {each["name"]: each for each in operation.get("parameters", [])}
    for name in query.keys() - parameters.keys():
        yield f"{method} {path}: unknown parameter {name}"
    for name, parameter in parameters.items():
        if parameter.get("required") and name not in query:
            yield f"{method} {path}: missing parameter {name}"
    wanted = operation.get("requestBody")
    if wanted is not None:
        known = {key: value for key, value in (body or {}).items() if key not in _YOUNGER_BODY_KEYS}
        schema = wanted["content"]["application/json"]["schema"]
        yield from _mismatches(f"{method} {path} body", schema, known)
    elif body is not None:
        yield f"{method} {path}: a body where none belongs"


def answer_violations(method: str, path: str, status: int, body: Json) -> Iterator[str]:
    """What in a Helix answer does not fit; errors have to have Twitch's three keys."""
    where = f"{method} {path} -> {status}"
    responses = _document()["paths"].get(path, {}).get(method, {}).get("responses", {})
    if str(status) not in responses and (path, status) not in _UNDOCUMENTED:
        yield f"{where}: a status that is not documented"
        return
    if status >= 400:
        if not isinstance(body, dict) or set(body) != {"error", "status", "message"}:
            yield f"{where}: not Twitch's error form: {body}"
        return
    content = responses[str(status)].get("content", {}).get("application/json")
    if content is None:
        if body is not None:
            yield f"{where}: a body where none belongs"
        return
    yield from _mismatches(where, content["schema"], _without_conduits(body))


def _without_conduits(body: Json) -> Json:
    """The document knows a conduit as a transport in requests, and forgot it in answers."""
    listed = body.get("data") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return body
    shown = []
    for each in listed:
        transport = each.get("transport") if isinstance(each, dict) else None
        if isinstance(transport, dict) and set(transport) == {"method", "conduit_id"}:
            each = {**each, "transport": {"method": "websocket"}}
        shown.append(each)
    return {**body, "data": shown}


def frame_violations(frame: Mapping[str, Json]) -> Iterator[str]:
    """What in an EventSub WebSocket message differs from the examples of its type."""
    metadata, payload = frame["metadata"], frame["payload"]
    kind = metadata["message_type"]
    if kind in ("notification", "revocation"):
        name, version = metadata["subscription_type"], metadata["subscription_version"]
        envelope = _frame_shape("notification")
        subscription = envelope.keys["payload"].keys["subscription"].without("condition")
        left_out = {"condition"}
        if payload["subscription"]["transport"]["method"] == "conduit":
            subscription, left_out = subscription.without("transport"), {"condition", "transport"}
        told = {key: value for key, value in payload["subscription"].items() if key not in left_out}
        yield from _differences(f"{kind} metadata", envelope.keys["metadata"], metadata)
        yield from _differences(f"{kind} subscription", subscription, told)
        if kind == "notification":
            shape = _event_shapes().get((name, version))
            if shape is None:
                yield f"no example of {name} version {version}"
            else:
                yield from _differences(f"{name} event", shape, payload["event"])
        return
    yield from _differences(kind, _frame_shape(kind), frame)


class _Shape:
    """What examples show of one value: its JSON types, the keys each time and some time, its items."""

    def __init__(self) -> None:
        self.types: set[str] = set()
        self.keys: dict[str, _Shape] = {}
        self.always: set[str] | None = None
        self.items: _Shape | None = None

    def learn(self, value: Json) -> _Shape:
        self.types.add(_type(value))
        if isinstance(value, dict):
            self.always = set(value) if self.always is None else self.always & set(value)
            for key, inner in value.items():
                self.keys.setdefault(key, _Shape()).learn(inner)
        elif isinstance(value, list):
            self.items = self.items or _Shape()
            for inner in value:
                self.items.learn(inner)
        return self

    def without(self, key: str) -> _Shape:
        shape = _Shape()
        shape.types, shape.items = self.types, self.items
        shape.keys = {name: inner for name, inner in self.keys.items() if name != key}
        shape.always = (self.always or set()) - {key}
        return shape


def _type(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "number", float: "number", dict: "object", list: "array"}.get(type(value), "null")


def _differences(where: str, shape: _Shape, value: Json) -> Iterator[str]:
    if shape.types <= {"null"}:
        return  # The examples show nothing but null: no telling what else it may be.
    if _type(value) not in shape.types:
        yield f"{where}: {_type(value)}, not {' or '.join(sorted(shape.types))}"
    elif isinstance(value, dict):
        for key in (shape.always or set()) - value.keys():
            yield f"{where}: {key} is missing"
        for key in value.keys() - shape.keys.keys() - _YOUNGER_EVENT_KEYS:
            yield f"{where}: {key} is in no example"
        for key in value.keys() & shape.keys.keys():
            if value[key] is not None or key not in _NULL_AT_TIMES:
                yield from _differences(f"{where}.{key}", shape.keys[key], value[key])
    elif isinstance(value, list) and shape.items is not None and shape.items.types:
        for index, inner in enumerate(value):
            yield from _differences(f"{where}[{index}]", shape.items, inner)


def _examples() -> Iterator[tuple[str, str | None, Json]]:
    with (FOLDER / "eventsub-examples.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            example = json.loads(line)
            yield example["type"], example["version"], example["body"]


@functools.cache
def _event_shapes() -> dict[tuple[str, str], _Shape]:
    shapes: dict[tuple[str, str], _Shape] = {}
    for name, version, body in _examples():
        if version is not None and "event" in body:
            shapes.setdefault((name, version), _Shape()).learn(body["event"])
    return shapes


@functools.cache
def _frame_shape(kind: str) -> _Shape:
    shape = _Shape()
    for _, _, body in _examples():
        if body.get("metadata", {}).get("message_type") == kind:
            shape.learn(body)
    return shape


@functools.cache
def _document() -> dict[str, Any]:
    with (FOLDER / "twitch-helix-openapi.json").open(encoding="utf-8") as file:
        document: dict[str, Any] = _as_json_schema(json.load(file))
    return document


def _as_json_schema(node: Json) -> Json:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type, and objects are closed to keys not described."""
    if isinstance(node, list):
        return [_as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: _as_json_schema(value) for key, value in node.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if made.get("type") == "object" and isinstance(made.get("properties"), dict):
        made.setdefault("additionalProperties", False)
    return made


def _mismatches(where: str, schema: Mapping[str, Json], value: Json) -> Iterator[str]:
    for error in _validator(json.dumps(schema)).iter_errors(value):
        if error.instance is None and error.path and error.path[-1] in _NULL_IN_ANSWERS:
            continue
        yield f"{where}: {error.json_path}: {error.message}"


@functools.cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": _document()["components"]})
