"""The command line. It reads options, loads the configuration and hands over; what is heavy loads on first use."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.exits import FINE, FOUND_WRONG, USED_WRONG

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config import Config, ConfigError, SecretsMode
    from bot.domain.drops import Drop
    from bot.rehearsal.call import Call

_PIPED_WIDTH = 200

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


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The configuration to use.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for a machine.")]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code: 0 fine, 1 found something wrong, 2 the call or the
    configuration is wrong, 78 do not restart me."""
    if isinstance(sys.stdout, TextIOWrapper):
        # Names come in every alphabet; where a pipe takes few letters (LC_ALL=C, Windows) the others become "?".
        sys.stdout.reconfigure(errors="replace")
    try:
        app(arguments)
    except Exception as error:
        # Not before it is needed: it comes with all that checks a configuration.
        from bot.config import ConfigError

        if not isinstance(error, ConfigError):
            raise
        _tell_mistakes(error, as_json=False)
        sys.exit(USED_WRONG)
    sys.exit(FINE)


@app.command()
def rehearse(
    script: Annotated[
        str | None,
        typer.Argument(
            metavar="[SCRIPT]",
            help="What is to happen: the name of a script (see --list), or a file of your own. Without one, your "
            "drops are played, and nothing goes wrong.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            help="The configuration whose drops are played; by default config.toml, "
            "or the example when there is none.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed plays the same crowd.")] = 1,
    viewers: Annotated[
        int | None,
        typer.Option(min=0, max=5000, help="How many viewers there are on Twitch; by default as the script says."),
    ] = None,
    discord_viewers: Annotated[
        int | None,
        typer.Option(min=0, max=1000, help="How many fans there are on Discord; by default as the script says."),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List the scripts there are.")] = False,
    as_json: JsonOption = False,
    keep: Annotated[Path | None, typer.Option(help="Leave the ledger in this folder.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show the report alone, not the chats.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the report into this file, as a page.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="In virtual time, so over in seconds.")] = False,
    dated: Annotated[bool, typer.Option("--dated", help="Like --fast, with each drop on its own date.")] = False,
    web: Annotated[
        bool, typer.Option("--web", help="Serve a page to walk on stage: both chats, faults, the stock.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --web: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --web: the port; 0 takes a free one.")] = 0,
) -> None:
    """Play your drops against a local Twitch and Discord, with a crowd, before anyone sees them."""
    from bot.config import ConfigError
    from bot.rehearsal.call import Call, list_scripts, options_for
    from bot.rehearsal.main import rehearse as run_rehearsal

    if list_all:
        for line in list_scripts(as_json=as_json):
            typer.echo(line)
        return
    call = Call(script, config, seed, viewers, discord_viewers, as_json, keep, quiet, report, fast, dated)
    if web:
        raise typer.Exit(_rehearse_on_page(call, host, port))
    try:
        options = options_for(call, _default_config())
    except ConfigError as error:
        _tell_mistakes(error, as_json=as_json)
        raise typer.Exit(USED_WRONG) from None
    raise typer.Exit(run_rehearsal(options))


def _rehearse_on_page(call: Call, host: str, port: int) -> int:
    from bot.config import ConfigError
    from bot.rehearsal.main import UnfitForRehearsal
    from bot.rehearsal.page.main import rehearse_on_page

    try:
        return rehearse_on_page(call, _default_config(), host=host, port=port, say=typer.echo)
    except ConfigError as error:
        _tell_mistakes(error, as_json=call.json)
    except UnfitForRehearsal as error:
        _say_wrong(str(error))
    except OSError as error:
        _say_wrong(f"The page cannot be served on {host} port {port}: {error.strerror or error}.")
    return USED_WRONG


@app.command()
def stage(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = 0,
) -> None:
    """Start the local Twitch and Discord alone, for any client to join."""
    from bot.stage.alone import main as run_stage

    try:
        run_stage(host, port)
    except OSError as error:
        _say_wrong(f"The stage cannot listen on {host} port {port}: {error.strerror or error}.")
        raise typer.Exit(USED_WRONG) from None


@app.command()
def run(
    config: ConfigOption = Path("config.toml"),
    log_level: Annotated[LogLevel, typer.Option(case_sensitive=False, help="How much to log.")] = LogLevel.INFO,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log in JSON, a line per record.")] = False,
    log_file: Annotated[Path | None, typer.Option(help="Log into this file as well.")] = None,
) -> None:
    """Start the bot."""
    from bot.loading import loading_for_good

    with loading_for_good():
        from bot.logs import configure_logging

        loaded = _load(config)
        loaded.check_platforms()
        try:
            configure_logging(log_level.upper(), secrets=loaded.secrets, json=json_logs, file=log_file)
        except OSError as error:
            _say_wrong(f"The log file {log_file} cannot be written: {error.strerror}.")
            raise typer.Exit(USED_WRONG) from None
        from bot.wiring import run_bot
    raise typer.Exit(run_bot(loaded))


@config_app.command("check")
def check(config: ConfigOption = Path("config.toml"), as_json: JsonOption = False) -> None:
    """Say what is wrong in the configuration, and which secrets are still to be set."""
    loaded = _load(config, secrets="optional", as_json=as_json)
    notes = loaded.notes_at(_now())
    if as_json:
        _print_json(
            {
                "mistakes": [],
                "missing_secrets": [mistake.as_public() for mistake in loaded.missing_secrets],
                "notes": list(notes),
            }
        )
        return
    typer.echo(f"{config}: no mistakes, {_count(len(loaded.drops), 'drop')}.")
    for note in notes:
        typer.echo(f"Note: {note}")
    if loaded.missing_secrets:
        typer.echo("A rehearsal needs nothing more. Before `microdrops run`, these secrets are still to be set:")
        for mistake in loaded.missing_secrets:
            typer.echo(f"  line {mistake.line}, {mistake.where}: {mistake.what}.")


@app.command()
def plan(
    config: ConfigOption = Path("config.toml"),
    apply: Annotated[bool, typer.Option("--apply", help="Do it: the ledger follows the file.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what will happen and when, and what differs from the ledger."""
    from bot.plan_view import plans_as_public, print_plans, view_plans

    loaded = _load(config, secrets="optional", as_json=as_json)
    now = _now()
    view = view_plans(loaded.plans(now), _standing(loaded), loaded.zone, now, loaded.notes)
    if as_json:
        _print_json(plans_as_public(view))
    else:
        print_plans(view, _console())
    if view.refused:
        raise typer.Exit(FOUND_WRONG)
    if apply:
        from bot.logs import configure_logging
        from bot.wiring import apply_plan

        configure_logging("WARNING", secrets=loaded.secrets)
        code = apply_plan(loaded)
        if code == FINE and not as_json:
            typer.echo("Applied.")
        raise typer.Exit(code)


@app.command()
def backup(
    config: ConfigOption = Path("config.toml"),
    list_all: Annotated[bool, typer.Option("--list", help="List the copies there are, newest first.")] = False,
    check_copy: Annotated[
        str | None, typer.Option("--check", metavar="FILE|latest", help="Say whether a copy is good.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the ledger and check the copy, also while the bot runs."""
    from bot.backup_view import run_backup, run_check, run_list

    loaded = _load_for_ledger(config, as_json=as_json)
    if check_copy is not None:
        raise typer.Exit(run_check(loaded, check_copy, as_json=as_json))
    raise typer.Exit((run_list if list_all else run_backup)(loaded, as_json=as_json))


@app.command()
def restore(
    which: Annotated[
        str | None,
        typer.Argument(metavar="[FILE|latest]", help="The copy to restore; without one, only frozen drops go on."),
    ] = None,
    config: ConfigOption = Path("config.toml"),
    last_public: Annotated[
        list[str] | None,
        typer.Option(metavar="DROP=N", help="The last number of a frozen drop that anybody was told."),
    ] = None,
    others_unchanged: Annotated[
        bool, typer.Option("--others-unchanged", help="All other frozen drops handed out nothing since the copy.")
    ] = False,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="You have put the ledger back by other means: freeze its drops.")
    ] = False,
    channel: Annotated[str | None, typer.Option(help="The channel's name in the copy, if it had another.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a copy in the ledger's place, and let its frozen drops go on; with the bot stopped."""
    from bot.logs import configure_logging
    from bot.restore_view import RestoreOptions, run_restore

    loaded = _load_for_ledger(config, as_json=as_json)
    configure_logging("ERROR", secrets=loaded.secrets)
    options = RestoreOptions(which, tuple(last_public or ()), others_unchanged, freeze, channel, yes, as_json)
    raise typer.Exit(run_restore(loaded, options))


@app.command()
def version(as_json: JsonOption = False) -> None:
    """Say which version this is."""
    from importlib.metadata import version as installed_version

    number = installed_version("microdrops")
    if as_json:
        _print_json({"version": number})
    else:
        typer.echo(f"microdrops {number}")


def _load(path: Path, *, secrets: SecretsMode = "required", as_json: bool = False) -> Config:
    from bot.config import ConfigError, load_config

    try:
        return load_config(path, os.environ, secrets=secrets)
    except ConfigError as error:
        _tell_mistakes(error, as_json=as_json)
        raise typer.Exit(USED_WRONG) from None


def _load_for_ledger(path: Path, *, as_json: bool) -> Config:
    """A configuration whose ledger is known; other secrets may be missing."""
    from bot.config import ConfigError

    loaded = _load(path, secrets="optional", as_json=as_json)
    if not loaded.ledger.url:
        raise ConfigError(mistake for mistake in loaded.missing_secrets if mistake.where.startswith("[ledger]"))
    return loaded


def _default_config() -> Path:
    """The streamer's own file, or else the example that comes with the project."""
    example = Path("config.example.toml")
    beside_the_code = Path(__file__).parent.parent / example
    installed = Path(sys.prefix) / "share" / "microdrops" / example
    candidates = (Path("config.toml"), example, beside_the_code, installed)
    return next((path for path in candidates if path.is_file()), candidates[0])


def _standing(config: Config) -> dict[str, Drop] | None:
    """What the ledger holds; None when there is none yet. Leaves with 1 when there is one that cannot be read."""
    from bot.config import ConfigError

    if not config.ledger.url:
        # Another ledger than the one that was meant would show, and apply, the wrong differences.
        raise ConfigError(mistake for mistake in config.missing_secrets if mistake.where.startswith("[ledger]"))
    if config.ledger.path is not None and not config.ledger.path.exists():
        return None
    from sqlalchemy.exc import SQLAlchemyError

    from bot.redaction import Redactor
    from bot.storage.drops import read_plans

    try:
        return read_plans(config.ledger.url)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        if _is_older(config.ledger.url):
            reason = "it is of an older version, and `microdrops run` brings it up to date"
        where = config.ledger.path or "its address"
        _say_wrong(Redactor(config.secrets).redact(f"The ledger at {where} cannot be read: {reason}."))
        raise typer.Exit(FOUND_WRONG) from None


def _is_older(url: str) -> bool:
    """Whether the ledger waits for a migration, which only a process that has it for itself makes."""
    from sqlalchemy.exc import SQLAlchemyError

    import migrations
    from bot.storage.database import ledger_url
    from bot.storage.upgrade import stored_revision

    try:
        stored = stored_revision(ledger_url(url))
    except SQLAlchemyError:
        return False
    return stored is not None and stored < migrations.HEAD


def _now() -> int:
    return time.time_ns() // 1000


def _tell_mistakes(error: ConfigError, *, as_json: bool) -> None:
    if as_json:
        _print_json({"mistakes": [mistake.as_public() for mistake in error.mistakes]})
        return
    for mistake in error.mistakes:
        _say_wrong(str(mistake))
    if len(error.mistakes) > 1:
        _say_wrong(f"{_count(len(error.mistakes), 'mistake')} to repair; nothing was started.")


def _say_wrong(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _print_json(answer: object) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _console() -> Console:
    # Only what prints tables needs it: not the bot itself.
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH, no_color=True)
