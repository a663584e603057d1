"""`rehearse` and `stage`: the local Twitch and Discord, with a play on it or alone."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import JsonOption, app, default_config, say_wrong, tell_mistakes
from bot.exits import INTERRUPTED, USED_WRONG

if TYPE_CHECKING:
    from bot.rehearsal.call import Call


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
        options = options_for(call, default_config())
    except ConfigError as error:
        tell_mistakes(error, as_json=as_json)
        raise typer.Exit(USED_WRONG) from None
    code = run_rehearsal(options)
    if code == INTERRUPTED:
        # Somebody may be pressing still. While Python ends, the signal would kill it, and the exit code with it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise typer.Exit(code)


def _rehearse_on_page(call: Call, host: str, port: int) -> int:
    from bot.config import ConfigError
    from bot.rehearsal.main import UnfitForRehearsal
    from bot.rehearsal.page.main import rehearse_on_page

    try:
        return rehearse_on_page(call, default_config(), host=host, port=port, say=typer.echo)
    except ConfigError as error:
        tell_mistakes(error, as_json=call.json)
    except UnfitForRehearsal as error:
        say_wrong(str(error))
    except OSError as error:
        say_wrong(f"The page cannot be served on {host} port {port}: {error.strerror or error}.")
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
        say_wrong(f"The stage cannot listen on {host} port {port}: {error.strerror or error}.")
        raise typer.Exit(USED_WRONG) from None
