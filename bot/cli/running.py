"""`run`, and what a streamer looks at before: the configuration's mistakes, the plan, the version."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import (
    ConfigOption,
    JsonOption,
    app,
    config_app,
    console,
    count,
    load,
    print_json,
    say_wrong,
    time_now,
)
from bot.exits import FINE, FOUND_WRONG, USED_WRONG

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.config import Config
    from bot.domain.drops import Drop
    from bot.domain.moved import Window


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


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

        loaded = load(config)
        loaded.check_platforms()
        try:
            configure_logging(log_level.upper(), secrets=loaded.secrets, json=json_logs, file=log_file)
        except OSError as error:
            say_wrong(f"The log file {log_file} cannot be written: {error.strerror}.")
            raise typer.Exit(USED_WRONG) from None
        from bot.wiring import run_bot
    raise typer.Exit(run_bot(loaded))


@config_app.command("check")
def check(config: ConfigOption = Path("config.toml"), as_json: JsonOption = False) -> None:
    """Say what is wrong in the configuration, and which secrets are still to be set."""
    loaded = load(config, secrets="optional", as_json=as_json)
    from bot.views.coming import coming_notes

    now = time_now()
    notes = (*loaded.notes_at(now), *coming_notes(loaded, now))
    if as_json:
        print_json(
            {
                "mistakes": [],
                "missing_secrets": [mistake.as_public() for mistake in loaded.missing_secrets],
                "notes": list(notes),
            }
        )
        return
    typer.echo(f"{config}: no mistakes, {count(len(loaded.drops), 'drop')}.")
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
    from bot.domain.plan import Moving
    from bot.views.coming import coming_notes
    from bot.views.plan import plans_as_public, print_plans, view_plans

    loaded = load(config, secrets="optional", as_json=as_json)
    now, standing = time_now(), _standing(loaded)
    moving = Moving(loaded.moved, {} if standing is None else _overtaken(loaded))
    code_sets = frozenset[str]() if standing is None else _code_sets(loaded)
    notes = (*loaded.notes, *coming_notes(loaded, now, standing, code_sets))
    view = view_plans(loaded.plans(now), standing, loaded.zone, now, notes, loaded.series, moving)
    if as_json:
        print_json(plans_as_public(view))
    else:
        print_plans(view, console())
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
def version(as_json: JsonOption = False) -> None:
    """Say which version this is."""
    from importlib.metadata import version as installed_version

    number = installed_version("microdrops")
    if as_json:
        print_json({"version": number})
    else:
        typer.echo(f"microdrops {number}")


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
        say_wrong(Redactor(config.secrets).redact(f"The ledger at {where} cannot be read: {reason}."))
        raise typer.Exit(FOUND_WRONG) from None


def _code_sets(config: Config) -> frozenset[str]:
    """The sets of codes of a ledger that can be read."""
    from bot.storage.code_sets import read_code_sets

    return read_code_sets(config.ledger.url)


def _overtaken(config: Config) -> Mapping[str, Collection[Window]]:
    """From where moderators have moved drops away, of a ledger that can be read."""
    from bot.storage.moves import read_overtaken

    return read_overtaken(config.ledger.url)


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
