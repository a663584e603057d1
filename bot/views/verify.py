"""`microdrops verify` without a file: the ledger itself checked in full, told in sentences or in JSON."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import typer

from bot.config import Config
from bot.domain.checkpoint import Checkpoint
from bot.exits import FINE, FOUND_WRONG
from bot.redaction import Redactor
from bot.storage.database import ledger_url
from bot.storage.leaves import read_leaves
from bot.storage.verified import NotVerified
from bot.storage.verify import Verified, VerifiedChannel, verify_ledger
from bot.views.backup import failed, moment_text, print_json
from bot.views.seen import Receipt, Seen, compare_receipt

MORE_IN_JSON = 100
_FINGERPRINTS_SHOWN = 3

Tick = Callable[[int, int], object]


def run_verify(
    config: Config, seen: Sequence[Seen], receipts: Sequence[Receipt] = (), *, as_json: bool = False
) -> int:
    """Check the ledger in full, and what was seen of it elsewhere against it; returns the exit code."""
    path = config.ledger.path
    if path is not None and not path.exists():
        return failed(f"There is no ledger at {path} yet: `microdrops run` makes one.", as_json=as_json)
    began = perf_counter()
    try:
        with _unhindered(), _progress(shown=sys.stdout.isatty() and not as_json) as tick:
            verified = verify_ledger(ledger_url(config.ledger.url), progress=tick)
            # Entries never change, and those verified are these.
            leaves = read_leaves(ledger_url(config.ledger.url), [each.entry for each in receipts])
    except NotVerified as why:
        where = path or "its address"
        sentence = f"The ledger at {where} was not verified: {why}."
        return failed(Redactor(config.secrets).redact(sentence), as_json=as_json)
    took = perf_counter() - began
    compared = [compare_seen(each, verified) for each in seen]
    held = [
        compare_receipt(each, leaves.get(each.entry, []), f"This ledger has no entry {each.entry}.")
        for each in receipts
    ]
    if as_json:
        print_json(_as_public(verified, compared, took) | {"receipts": held})
    else:
        for line in _lines(config, verified, [*compared, *held], took):
            typer.echo(line, err=not verified.holds)
    return FINE if verified.holds and all(each["same"] for each in (*compared, *held)) else FOUND_WRONG


def _lines(config: Config, verified: Verified, compared: list[dict[str, Any]], took: float) -> Iterator[str]:
    if not verified.holds:
        first, more = verified.faults[0], verified.fault_count - 1
        yield f"The ledger does not hold: {first.words}."
        if more:
            yield f"{more:,} more {'thing does' if more == 1 else 'things do'} not hold either; --json lists them."
        yield "Keep it as it is and look at the copies: docs/ledger.md says how to find out what happened."
        return
    entries = sum(channel.entries for channel in verified.channels)
    if not entries:
        yield "Fine: the ledger has no entries yet."
    for channel in verified.channels:
        if channel.entries:
            yield from _figures(config, channel)
    if entries:
        yield f"Verified in {took:.1f} s, {entries / max(took, 0.001):,.0f} entries a second."
    yield from (each["words"] for each in compared)


def _figures(config: Config, channel: VerifiedChannel) -> Iterator[str]:
    checkpoints = channel.checkpoints
    counted = ", ".join(
        (
            _count(channel.entries, "entry", "entries"),
            _count(channel.units, "unit"),
            _count(channel.tiles, "tile"),
            _count(len(checkpoints), "checkpoint"),
        )
    )
    last = moment_text(channel.last_at, config.zone)
    yield f"Fine: {channel.name}, {counted}, the last entry of {last}."
    if not checkpoints:
        yield "Nothing is signed yet: the next start of the bot makes a key and signs."
        return
    yield f"Signed by {channel.key}."
    for each in checkpoints[-_FINGERPRINTS_SHOWN:]:
        yield f"Checkpoint {each.size}: {each.fingerprint}"


def compare_seen(seen: Seen, verified: Verified) -> dict[str, Any]:
    """What somebody saw in chat or on a card, against the checkpoint of that size."""
    every = [each for channel in verified.channels for each in channel.checkpoints]
    same_size = [each for each in every if each.size == seen.size]
    origins = {each.origin for each in every}
    if seen.origin and origins and seen.origin not in origins:
        same, words = (
            False,
            f"What was seen is of the log {seen.origin}, and this is {' and '.join(sorted(origins))}.",
        )
    elif not same_size:
        same, words = False, f"This ledger has no checkpoint {seen.size}{_nearest(seen.size, every)}."
    elif any(seen.shown in (each.fingerprint, _root(each)) for each in same_size):
        same, words = True, f"Checkpoint {seen.size} is the one that was seen."
    else:
        here = _root(same_size[0]) if seen.whole else same_size[0].fingerprint
        words = f"Checkpoint {seen.size} is {here} here, and {seen.shown} was seen: these are two histories."
        same = False
    return {"size": seen.size, "shown": seen.shown, "same": same, "words": words}


def _nearest(size: int, every: Sequence[Checkpoint]) -> str:
    sizes = sorted((each.size for each in every), key=lambda other: abs(other - size))[:2]
    return f"; the nearest are {' and '.join(str(each) for each in sorted(sizes))}" if sizes else ""


def _root(checkpoint: Checkpoint) -> str:
    """The whole root, as the note on Discord has it."""
    return checkpoint.text.split("\n")[2]


def _as_public(verified: Verified, compared: list[dict[str, Any]], took: float) -> dict[str, Any]:
    return {
        "holds": verified.holds,
        "fault_count": verified.fault_count,
        "faults": [{"entry": each.entry or None, "words": each.words} for each in verified.faults[:MORE_IN_JSON]],
        "channels": [
            {
                "name": channel.name,
                "entries": channel.entries,
                "units": channel.units,
                "tiles": channel.tiles,
                "root": None if channel.root is None else channel.root.hex(),
                "key": channel.key,
                "checkpoints": [
                    {"size": each.size, "fingerprint": each.fingerprint} for each in channel.checkpoints
                ],
            }
            for channel in verified.channels
        ],
        "seconds": round(took, 3),
        "seen": compared,
    }


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@contextmanager
def _unhindered() -> Iterator[None]:
    """Nothing here goes round in circles, and the collector would look through millions of rows for it in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _progress(*, shown: bool) -> Iterator[Tick]:
    """A bar on a terminal; a pipe gets the result alone."""
    if not shown:
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Verifying"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
