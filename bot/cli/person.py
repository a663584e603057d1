"""`person`: everything the ledger holds about somebody, and forgetting them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import ConfigOption, JsonOption, app, load_for_ledger

person_app = typer.Typer(help="Show all that is kept about a person, or forget them.", no_args_is_help=True)
app.add_typer(person_app, name="person")

WhoArgument = Annotated[str, typer.Argument(help="twitch:ID, discord:ID, or a name as it was last seen.")]


@person_app.command()
def export(
    who: WhoArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, for your eyes alone, and print nothing.")
    ] = None,
    config: ConfigOption = Path("config.toml"),
) -> None:
    """Print all that is kept about a person as JSON, also while the bot runs."""
    from bot.views.person import run_export

    raise typer.Exit(run_export(load_for_ledger(config, as_json=False), who, out))


@person_app.command()
def erase(
    who: WhoArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = Path("config.toml"),
    as_json: JsonOption = False,
) -> None:
    """Forget a person, after explaining what that means; with the bot stopped."""
    from bot.logs import configure_logging
    from bot.views.person import run_erase

    loaded = load_for_ledger(config, as_json=as_json)
    configure_logging("ERROR", secrets=loaded.secrets)
    raise typer.Exit(run_erase(loaded, who, yes=yes, as_json=as_json))
