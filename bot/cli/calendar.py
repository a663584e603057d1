"""`calendar`: the windows of the drops as an .ics file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import (
    ConfigOption,
    JsonOption,
    app,
    count,
    leave_undone,
    load_for_ledger,
    print_json,
    time_now,
)

STANDARD_STREAM = "-"


@app.command()
def calendar(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to write it (- prints it).")] = (
        "microdrops.ics"
    ),
    planned: Annotated[
        bool, typer.Option("--planned", help="Also what is not announced yet: for your own eyes.")
    ] = False,
    config: ConfigOption = Path("config.toml"),
    as_json: JsonOption = False,
) -> None:
    """Write the announced windows as a calendar (.ics), also while the bot runs."""
    from bot.views.calendar import NotWritten, read_calendar, write_calendar

    try:
        content, windows = read_calendar(load_for_ledger(config, as_json=as_json), time_now(), planned=planned)
        if file == STANDARD_STREAM:
            sys.stdout.buffer.write(content)
            return
        write_calendar(content, Path(file))
    except NotWritten as error:
        sentence = f"No calendar was written: {error}."
        leave_undone(sentence, as_json=as_json)
    if as_json:
        print_json({"path": file, "windows": windows, "bytes": len(content)})
    else:
        typer.echo(f"Written to {file}: {count(windows, 'window')}.")
