"""What is done to the ledger from outside: copies of it, and putting one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import ConfigOption, JsonOption, app, load_for_ledger


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
    from bot.views.backup import run_backup, run_check, run_list

    loaded = load_for_ledger(config, as_json=as_json)
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
    from bot.views.restore import RestoreOptions, run_restore

    loaded = load_for_ledger(config, as_json=as_json)
    configure_logging("ERROR", secrets=loaded.secrets)
    options = RestoreOptions(which, tuple(last_public or ()), others_unchanged, freeze, channel, yes, as_json)
    raise typer.Exit(run_restore(loaded, options))
