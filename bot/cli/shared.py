"""What the commands share: the application, its options, the configuration, and how they speak."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.exits import FOUND_WRONG, USED_WRONG

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config import Config, ConfigError, SecretsMode

# Wider than any line of a table, also with the longest gate: what is piped must not be cut.
_PIPED_WIDTH = 2_500

app = typer.Typer(
    name="microdrops",
    help="Live drops on Twitch and Discord: numbered, never oversold, rehearsed before the stream.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show secrets.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
config_app = typer.Typer(help="Look after config.toml.", no_args_is_help=True)
app.add_typer(config_app, name="config")

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The configuration to use.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for a machine.")]


def load(path: Path, *, secrets: SecretsMode = "required", as_json: bool = False) -> Config:
    from bot.config import ConfigError, load_config

    try:
        return load_config(path, os.environ, secrets=secrets)
    except ConfigError as error:
        tell_mistakes(error, as_json=as_json)
        raise typer.Exit(USED_WRONG) from None


def load_for_ledger(path: Path, *, as_json: bool) -> Config:
    """A configuration whose ledger is known; other secrets may be missing."""
    from bot.config import ConfigError

    loaded = load(path, secrets="optional", as_json=as_json)
    if not loaded.ledger.url:
        raise ConfigError(mistake for mistake in loaded.missing_secrets if mistake.where.startswith("[ledger]"))
    return loaded


def default_config() -> Path:
    """The streamer's own file, or else the example that comes with the project."""
    example = Path("config.example.toml")
    beside_the_code = Path(__file__).parent.parent.parent / example
    installed = Path(sys.prefix) / "share" / "microdrops" / example
    candidates = (Path("config.toml"), example, beside_the_code, installed)
    return next((path for path in candidates if path.is_file()), candidates[0])


def time_now() -> int:
    """In microseconds."""
    return time.time_ns() // 1000


def tell_mistakes(error: ConfigError, *, as_json: bool) -> None:
    if as_json:
        print_json({"mistakes": [mistake.as_public() for mistake in error.mistakes]})
        return
    for mistake in error.mistakes:
        say_wrong(str(mistake))
        for line in mistake.pointed.splitlines():
            say_wrong(f"    {line}")
    if len(error.mistakes) > 1:
        say_wrong(f"{count(len(error.mistakes), 'mistake')} to repair; nothing was started.")


def say_wrong(sentence: str) -> None:
    typer.echo(sentence, err=True)


def print_json(answer: object) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def leave_undone(sentence: str, *, as_json: bool) -> NoReturn:
    """End the command because something stands in its way, for a person or for a machine that reads."""
    if as_json:
        print_json({"failed": sentence})
    else:
        say_wrong(sentence)
    raise typer.Exit(FOUND_WRONG) from None


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def console() -> Console:
    # Only what prints tables needs it: not the bot itself.
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH, no_color=True)
