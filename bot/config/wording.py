"""[wording] of config.toml: overridden sentences may only use placeholders the bot can fill."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from bot.config.mistakes import KeyPath, Mistake, nearest, place
from bot.config.values import Finding
from bot.wording.catalogue import TEMPLATE_CHARACTERS_MAX

# Every sentence's key, and the placeholders its template may hold.
Placeholders = Mapping[str, frozenset[str]]


def check_wording(overrides: Mapping[str, str], known: Placeholders) -> list[Mistake]:
    """What is wrong with overridden sentences, without file lines; `load_config` adds those itself."""
    return [
        Mistake("config.toml", None, place(path, {}), finding.what, finding.cure)
        for path, finding in wording_findings(overrides, known)
    ]


def wording_findings(overrides: object, known: Placeholders) -> Iterator[tuple[KeyPath, Finding]]:
    """The same with key paths; anything but texts is left to the check of types."""
    for key, template in overrides.items() if isinstance(overrides, dict) else ():
        if key not in known:
            yield ("wording", key), Finding("there is no sentence of that name", nearest(key, known))
        elif isinstance(template, str):
            for finding in _template_findings(template, known[key]):
                yield ("wording", key), finding


def _template_findings(template: str, placeholders: frozenset[str]) -> Iterator[Finding]:
    allowed = ", ".join(f"{{{name}}}" for name in sorted(placeholders)) or "none"
    if not template.strip():
        yield Finding("the sentence is empty", "Write the words you want, or remove the key.")
    if len(template) > TEMPLATE_CHARACTERS_MAX:
        yield Finding(f"the sentence is longer than {TEMPLATE_CHARACTERS_MAX} characters", "Shorten it.")
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        yield Finding("a brace is opened or closed without its partner", "Write {{ or }} for a brace itself.")
        return
    for _, name, form, conversion in parts:
        if name is None:
            continue
        # "{title.attribute}" or "{title!r}" would reach into the program.
        if name not in placeholders or form or conversion:
            suggestion = nearest(name, placeholders) if name not in placeholders else ""
            cure = f"{suggestion} This sentence can use: {allowed}.".strip()
            yield Finding(f'"{{{name[:40]}}}" is nothing this sentence can fill in', cure)
