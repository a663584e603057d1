"""What is wrong with a config.toml, in sentences a streamer can act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]

_SIMILARITY_MIN = 60


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to repair: where it is, what is wrong, and the cure. `line` is None without one; `pointed` shows
    the value with a caret below the character that is wrong, in two lines, where a character is."""

    file: str
    line: int | None
    where: str
    what: str
    cure: str = ""
    pointed: str = ""

    def __str__(self) -> str:
        at = self.file if self.line is None else f"{self.file} line {self.line}"
        place = f"{at}, {self.where}" if self.where else at
        return " ".join(part for part in (f"{place}: {self.what}.", self.cure) if part)

    def as_public(self) -> dict[str, str | int | None]:
        """The same for a machine."""
        return {
            "file": self.file,
            "line": self.line,
            "where": self.where,
            "what": self.what,
            "cure": self.cure,
            **({"pointed": self.pointed} if self.pointed else {}),
        }


class ConfigError(Exception):
    """The configuration cannot be used. Carries every mistake that was found, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: list[Mistake] = sorted(mistakes, key=lambda mistake: mistake.line or 0)
        super().__init__("\n".join(map(str, self.mistakes)))


def nearest(word: str, known: Iterable[str]) -> str:
    """'Did you mean "channel"?' when something known is close, else an empty string."""
    # Imported for whoever has mistyped: a bot that starts has not.
    from rapidfuzz import fuzz, process

    found = process.extractOne(word.casefold(), list(known), scorer=fuzz.ratio, score_cutoff=_SIMILARITY_MIN)
    return f'Did you mean "{found[0]}"?' if found else ""


def place(path: KeyPath, document: Mapping[str, object]) -> str:
    """The key as the streamer sees it: "[twitch] channel", "[[drops]] mug, supply"."""
    match path:
        case ():
            return ""
        case ("drops", int(number), *rest):
            table = f"[[drops]] {_drop_name(document.get('drops'), number)}"
            return f"{table}, {_dotted(rest)}" if rest else table
        case (str(section),):
            return f"[[{section}]]" if section == "drops" else f"[{section}]"
        case (section, *rest):
            return f"[{section}] {_dotted(rest)}"
    raise AssertionError(path)


def _dotted(rest: Sequence[str | int]) -> str:
    # A position inside a list says nothing to a reader who has the line.
    return ".".join(str(part) for part in rest if isinstance(part, str))


def _drop_name(drops: object, number: int) -> str:
    if isinstance(drops, list) and number < len(drops) and isinstance(drops[number], dict):
        name = drops[number].get("name")
        if isinstance(name, str) and name:
            return name[:40]
    return f"number {number + 1}"
