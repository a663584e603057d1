"""Turns what the parser and the validator say into sentences a streamer can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.config.mistakes import KeyPath, Mistake, nearest
from bot.config.values import Finding

_SYNTAX_CURES = {
    "Invalid value": 'Text has to stand in "quotes", on one line.',
    "Invalid initial character": "Write one key = value per line, and begin a remark with #.",
    "Expected '='": "Write one key = value per line, and begin a remark with #.",
    "Expected newline": "Write one key = value per line; text has to stand in quotes.",
    "Cannot overwrite": "The same key stands there twice: remove one.",
    "Cannot declare": "The same section stands there twice: put their keys together, or write [[drops]] for drops.",
    "Cannot mutate": "The same section stands there twice: put their keys together.",
    "Unescaped": "Write paths of Windows in 'single quotes'.",
    "Invalid hex": "Write paths of Windows in 'single quotes'.",
    "Illegal character": 'A text ends on the line it begins: check that its closing " is there.',
    "Unterminated": "Something that was opened with a quote or a bracket is not closed.",
    "Unclosed": "Something that was opened with a bracket is not closed.",
}
_TYPES = {
    "string_type": "this has to be text in quotes",
    "int_type": "this has to be a whole number, without quotes",
    "bool_type": "this has to be true or false",
    "string_too_short": "this is empty",
}


def explain_syntax(file: str, error: Exception) -> Mistake:
    """A text that is not TOML. The parser stops at the first such place."""
    message = str(error)
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    what = re.sub(r"\s*\(at .*\)$", "", message).rstrip(".") or "the file cannot be understood"
    cure = next((cure for start, cure in _SYNTAX_CURES.items() if what.startswith(start)), "")
    what = "the file ends too early" if message.endswith("(at end of document)") else f"I cannot read this ({what})"
    return Mistake(file, int(found[1]) if found else None, "", what, cure)


def explain(details: ErrorDetails, root: type[BaseModel]) -> Iterator[tuple[KeyPath, Finding]]:
    """One of pydantic's errors in our words: the key's path and what is wrong with it."""
    path = details["loc"]
    context = details.get("ctx", {})
    match details["type"]:
        case "findings":
            for finding in context["findings"]:
                yield path, finding
        case "extra_forbidden":
            yield path, Finding("not a key I know", _cure_unknown(path, root))
        case "missing":
            yield path, Finding("missing", _description(path, root))
        case "model_type" | "dict_type":
            section = f"[[{path[0]}]]" if path[0] == "drops" else f"[{path[0]}]"
            yield path, Finding("this has to be a section", f"Begin it with a line {section}.")
        case "list_type":
            yield (
                path,
                Finding("this has to be a list", "Begin each drop with a line [[drops]], in double brackets."),
            )
        case "literal_error":
            known = re.findall(r"'([^']*)'", str(context["expected"]))
            given = details["input"]
            suggestion = nearest(given, known) if isinstance(given, str) else ""
            yield (
                path,
                Finding("this is none of the choices", f"{suggestion} Choose from: {', '.join(known)}.".strip()),
            )
        case "greater_than_equal":
            yield path, Finding(f"it has to be at least {context['ge']}", _description(path, root))
        case "less_than_equal":
            yield path, Finding(f"it has to be at most {context['le']}", _description(path, root))
        case kind:
            # Never pydantic's own text for the rest: it may repeat the value.
            yield path, Finding(_TYPES.get(kind, "this value cannot be used"), _description(path, root))


def _cure_unknown(path: KeyPath, root: type[BaseModel]) -> str:
    key = str(path[-1])
    model = _model_at(path[:-1], root)
    suggestion = nearest(key, model.model_fields) if model else ""
    if suggestion:
        return suggestion
    for section, field in root.model_fields.items():
        other = _model_in(field.annotation)
        if other is not None and other is not model and key in other.model_fields:
            # A key below the wrong header is TOML's commonest trap.
            return f"It belongs under [{section}]." if section != "drops" else "It belongs under [[drops]]."
    return f"Remove it, or choose from: {', '.join(model.model_fields)}." if model else "Remove it."


def _description(path: KeyPath, root: type[BaseModel]) -> str:
    model = _model_at(path[:-1], root)
    field = model.model_fields.get(str(path[-1])) if model else None
    return (field.description if field else None) or ""


def _model_at(path: KeyPath, root: type[BaseModel]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = root
    for part in path:
        if isinstance(part, str) and model is not None:
            field = model.model_fields.get(part)
            model = _model_in(field.annotation) if field else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in "Model", "Model | None" or "list[Model]"."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
