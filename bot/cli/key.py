"""`key`: who signs the ledger's public log, and a new key in the old one's place."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.shared import ConfigOption, JsonOption, app, load_for_ledger

key_app = typer.Typer(
    help="Show who signs the ledger's public log, or have a new key sign it.", no_args_is_help=False
)
app.add_typer(key_app, name="key")


@key_app.callback(invoke_without_command=True)
def show(context: typer.Context, config: ConfigOption = Path("config.toml"), as_json: JsonOption = False) -> None:
    """Show the public key that signs the log, and those before it; also while the bot runs."""
    if context.invoked_subcommand is not None:
        return
    from bot.views.key import run_show

    raise typer.Exit(run_show(load_for_ledger(config, as_json=as_json), as_json=as_json))


@key_app.command()
def rotate(config: ConfigOption = Path("config.toml"), as_json: JsonOption = False) -> None:
    """Make a new key, which the old one signs in; with the bot stopped."""
    from bot.logs import configure_logging
    from bot.views.key import run_rotate

    loaded = load_for_ledger(config, as_json=as_json)
    configure_logging("ERROR", secrets=loaded.secrets)
    raise typer.Exit(run_rotate(loaded, as_json=as_json))
