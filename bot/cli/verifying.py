"""`verify` and `export`: whether a ledger, or what a stranger was given of it, holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import (
    ConfigOption,
    JsonOption,
    app,
    count,
    leave_undone,
    load_for_ledger,
    print_json,
    say_wrong,
)
from bot.exits import FINE, USED_WRONG

if TYPE_CHECKING:
    from bot.views.seen import Receipt, Seen

STANDARD_STREAM = "-"


@app.command()
def verify(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="A published bundle or proof; - reads one. Without it, your ledger."),
    ] = None,
    config: ConfigOption = Path("config.toml"),
    seen: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help='What chat said, like "57 k3j2l4m5n6". Can be repeated.'),
    ] = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help='What a winner was told, like "57 6fe1c02b9d". Can be repeated.'),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the whole ledger, also while the bot runs; or a file that somebody published, which needs neither a
    configuration nor a network."""
    wanted, receipts = _read_all_seen(seen or []), _read_all_receipts(receipt or [])
    if wanted is None or receipts is None:
        raise typer.Exit(USED_WRONG)
    if file is not None:
        raise typer.Exit(_verify_file(file, wanted, receipts, as_json=as_json))
    from bot.views.verify import run_verify

    raise typer.Exit(run_verify(load_for_ledger(config, as_json=as_json), wanted, receipts, as_json=as_json))


def _read_all_seen(texts: list[str]) -> list[Seen] | None:
    """What was typed after each --seen; None when one of them is nothing that chat would have said."""
    from bot.views.seen import read_seen

    wanted = []
    for text in texts:
        read = read_seen(text)
        if read is None:
            say_wrong(f'--seen {text}: write a size and what stood behind it, like "57 k3j2l4m5n6".')
            return None
        wanted.append(read)
    return wanted


def _read_all_receipts(texts: list[str]) -> list[Receipt] | None:
    """What was typed after each --receipt; None when one of them is nothing that a winner was told."""
    from bot.views.seen import read_receipt

    receipts = []
    for text in texts:
        read = read_receipt(text)
        if read is None:
            say_wrong(
                f'--receipt {text}: write an entry and its leaf hash, or ten characters of it: "57 6fe1c02b9d".'
            )
            return None
        receipts.append(read)
    return receipts


def _verify_file(name: str, seen: list[Seen], receipts: list[Receipt], *, as_json: bool) -> int:
    from bot.storage.signing import verify_signature
    from bot.views.bundle import verify_file

    try:
        raw = sys.stdin.buffer.read() if name == STANDARD_STREAM else Path(name).read_bytes()
    except OSError as error:
        say_wrong(f"{name} cannot be read: {error.strerror}.")
        return USED_WRONG
    verdict = verify_file(raw, seen, verify_signature, receipts)
    if as_json:
        print_json(verdict.public)
    elif verdict.code == FINE or verdict.public["holds"]:
        typer.echo(verdict.text)
    else:
        say_wrong(verdict.text)
    return verdict.code


@app.command()
def export(
    public: Annotated[str, typer.Option(metavar="DROP", help="The drop whose bundle strangers are to get.")],
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where to write it (- prints it); by default DROP.microdrops.txt here."),
    ] = None,
    config: ConfigOption = Path("config.toml"),
    as_json: JsonOption = False,
) -> None:
    """Write what anybody needs to check a drop, without anything about its people; also while the bot runs."""
    from bot.storage.export import NotExported
    from bot.views.export import export_public, write_out

    try:
        text, report = export_public(load_for_ledger(config, as_json=as_json), public)
        if out == STANDARD_STREAM:
            sys.stdout.buffer.write(text.encode())
            return
        path = write_out(text, public, None if out is None else Path(out))
    except NotExported as error:
        sentence = f"Nothing was exported: {error}{'' if str(error).endswith('?') else '.'}"
        leave_undone(sentence, as_json=as_json)
    if as_json:
        ends = {"first": report.first, "size": report.size, "hidden": report.hidden}
        print_json({"path": str(path), "bytes": len(text.encode()), **ends, "units": len(report.units)})
    else:
        typer.echo(f"Written to {path}: {count(len(report.units), 'unit')} out, up to checkpoint {report.size}.")
        if report.drop.open:
            typer.echo("The drop is open: what came after is in the bundle once the next checkpoint is signed.")
        typer.echo(f"Anybody can check it: microdrops verify {path}")
