"""`codes`: claim codes to hand out, made and shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import ConfigOption, JsonOption, app, load_for_ledger

codes_app = typer.Typer(help="Make claim codes to hand out, or show them again.", no_args_is_help=True)
app.add_typer(codes_app, name="codes")


@codes_app.command()
def make(
    code_set: Annotated[
        str, typer.Argument(metavar="SET", help="As the gate names it: code:EARLY is the set EARLY.")
    ],
    count: Annotated[int, typer.Option("--count", "-n", help="How many.")] = 1,
    expires: Annotated[str, typer.Option(metavar="SPAN", help="After how long they end, like 7d.")] = "",
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them there, for your eyes alone, and print none.")
    ] = None,
    config: ConfigOption = Path("config.toml"),
    as_json: JsonOption = False,
) -> None:
    """Make codes for one person each; with the bot stopped. While it runs, /drop codes on Discord does it."""
    from bot.logs import configure_logging
    from bot.views.codes import run_make

    loaded = load_for_ledger(config, as_json=as_json)
    configure_logging("ERROR", secrets=loaded.secrets)
    raise typer.Exit(run_make(loaded, code_set, count, expires, file, as_json=as_json))


@codes_app.command("list")
def show(
    code_set: Annotated[str, typer.Argument(metavar="[SET]", help="Which; without one, the sets are listed.")] = "",
    config: ConfigOption = Path("config.toml"),
    as_json: JsonOption = False,
) -> None:
    """Show the codes of a set and what became of each, also while the bot runs."""
    from bot.views.codes import run_list

    raise typer.Exit(run_list(load_for_ledger(config, as_json=as_json), code_set, as_json=as_json))
