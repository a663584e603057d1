"""What the program says of a file, and where the page says something else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.proof import check_proof
from bot.domain.public_lines import text_of
from tests.small_log import verify
from tests.verifying.checker import Checker

BATCH = 500
# Nearly all files with little changed ask for the same signatures.
quick_verify = cache(verify)


def program_refuses(raw: bytes) -> tuple[bool, int | None]:
    """Whether the program refuses the file, and the entry that it names."""
    check = check_proof if raw.startswith(b"microdrops p") else check_bundle
    try:
        check(text_of(raw), quick_verify)
    except BundleRefused as refused:
        return True, refused.entry
    return False, None


def disagreements(page: Checker, files: Sequence[bytes]) -> list[str]:
    """Where the page says something else than the program."""
    found = []
    for begin in range(0, len(files), BATCH):
        batch = files[begin : begin + BATCH]
        for raw, answer in zip(batch, page.answers(batch), strict=True):
            refused, entry = program_refuses(raw)
            if (answer["verdict"] == "refused", answer["entry"]) != (refused, entry):
                found.append(f"{answer['verdict']} {answer['reason']!r}, the program names {entry}: {raw!r}")
    return found
