"""Reads a rehearsal script: one that is shipped, by its name, or any TOML file; all mistakes come at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from bot.config import ConfigError, Mistake
from bot.config.explain import explain, explain_syntax
from bot.config.mistakes import KeyPath, nearest
from bot.config.positions import find_lines, line_of
from bot.config.values import Finding, Surroundings
from bot.rehearsal.script import Expectation, PlannedFault, PlannedPoll, Script, StageCue
from bot.rehearsal.script_doubts import doubts, no_such_drop
from bot.rehearsal.script_parts import File

SHIPPED = Path(__file__).with_name("scripts")
# The channel in which a script with drops of its own is played.
SKELETON = Path(__file__).with_name("skeleton.toml")
_FILE_BYTES_MAX = 200_000
_LISTS = ("drops", "polls", "cues", "faults", "expects")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def shipped_scripts() -> tuple[str, ...]:
    """The names of the scripts that come with the program."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def load_script(path_or_name: str | Path) -> Script:
    """Read and check a script. Raises ConfigError with all mistakes."""
    path = _find(path_or_name)
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([explain_syntax(path.name, error)]) from None
    if "channel" in document and "title" not in document:
        cure = f"Play its drops with: microdrops rehearse --config {path}"
        raise ConfigError([Mistake(path.name, None, "", "this is a configuration, not a script", cure)])
    lines = find_lines(text)

    def mistake(at: KeyPath, finding: Finding) -> Mistake:
        at = (*at, finding.key) if finding.key else at
        return Mistake(path.name, line_of(at, lines), _place(at), finding.what, finding.cure)

    found = list(doubts(document))
    try:
        file = File.model_validate(document, context=Surroundings({}, path.parent, "optional", ZoneInfo("UTC")))
    except ValidationError as error:
        found += [each for details in error.errors(include_url=False) for each in _explained(details)]
    if found:
        raise ConfigError(sorted((mistake(*each) for each in found), key=lambda each: each.line or 0))
    return _script(path.stem if path.parent == SHIPPED else str(path), file, document.get("drops", ()))


def _find(path_or_name: str | Path) -> Path:
    shipped = SHIPPED / f"{path_or_name}.toml"
    if isinstance(path_or_name, str) and _NAME.fullmatch(path_or_name) and shipped.is_file():
        return shipped
    path = Path(path_or_name)
    if path.is_file():
        return path
    known = shipped_scripts()
    cure = nearest(str(path_or_name), known) or f"There are {', '.join(known)}; or name a file."
    raise ConfigError([Mistake(str(path_or_name), None, "", "there is no such script", cure)])


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _FILE_BYTES_MAX:
            what = "the file is far too large"
            raise ConfigError([Mistake(str(path), None, "", what, "Name a rehearsal script.")])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeError:
        what, cure = "this is no text in UTF-8", "Save the file with the encoding UTF-8."
    except OSError as error:
        what, cure = f"the file cannot be read ({error.strerror or type(error).__name__})", "Check its permissions."
    raise ConfigError([Mistake(str(path), None, "", what, cure)])


def _explained(details: Any) -> Iterator[tuple[KeyPath, Finding]]:
    """A configuration's words, but for what is a list here."""
    path = details["loc"]
    header = f"[[{path[0]}]]" if path and path[0] in _LISTS else f"[{path[0]}]"
    match details["type"]:
        case "list_type":
            yield (
                path,
                Finding("this has to be a list", f"Begin each one with a line {header}, in double brackets."),
            )
        case "model_type" | "dict_type":
            yield path, Finding("this has to be a section", f"Begin it with a line {header}.")
        case "float_type":
            yield path, Finding("this has to be a number, without quotes")
        case _:
            yield from explain(details, File)


def _place(path: KeyPath) -> str:
    """ "[crowd] viewers", "[[faults]] number 3, name", "title"."""
    match path:
        case (str(section), int(number), *rest):
            inner = ".".join(str(part) for part in rest if isinstance(part, str))
            return f"[[{section}]] number {number + 1}" + (f", {inner}" if inner else "")
        case (str(section), *rest) if rest:
            return f"[{section}] {'.'.join(map(str, rest))}"
        case (str(key),):
            return key
    return ""


def strangers(script: Script, keys: Sequence[str]) -> list[str]:
    """Drops that a script names and a configuration, whose drops are `keys`, does not have: a sentence for each."""
    keys = [*keys, *(poll.name for poll in script.polls)]
    moments = [poll.at for poll in script.polls] + [cue.at for cue in script.cues]
    moments += [fault.at for fault in script.faults if fault.at is not None]
    named = dict.fromkeys([moment.drop for moment in moments] + [expected.drop for expected in script.expects])
    return [
        f"The script {script.name} speaks of a drop {key!r}, which the configuration does not have. "
        + no_such_drop(key, keys).cure
        for key in named
        if key and key not in keys
    ]


def _script(name: str, file: File, drops: Sequence[Mapping[str, Any]]) -> Script:
    return Script(
        name=name,
        title=file.title,
        about=file.about,
        viewers=file.crowd.viewers,
        discord_viewers=file.crowd.discord_viewers,
        shares=dict(file.crowd.shares),
        moderator_mistakes=file.crowd.moderator_mistakes,
        tempo=file.tempo.as_tempo(),
        live_at_first=file.stream.live_at_first,
        drops=tuple(dict(drop) for drop in drops),
        polls=tuple(
            PlannedPoll(poll.name, poll.question, tuple(poll.options), poll.at, poll.lasts, poll.kind == "mod-vote")
            for poll in file.polls
        ),
        cues=tuple(StageCue(cue.at, cue.who, cue.does) for cue in file.cues),
        faults=tuple(
            PlannedFault(fault.name, fault.at, fault.seconds, fault.chance, fault.options) for fault in file.faults
        ),
        expects=tuple(
            Expectation(expected.that, expected.drop, expected.at_least, expected.at_most)
            for expected in file.expects
        ),
    )
