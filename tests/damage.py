"""A file with a little changed, in every place: what no reader of bundles and proofs may take."""

from __future__ import annotations

from collections.abc import Iterator


def changed_bytes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each byte replaced by several others; with its place."""
    for at, byte in enumerate(raw):
        for other in {byte ^ 1, byte ^ 0x20, byte ^ 0x80, 0, 0x0A, 0x20, ord("0"), ord("1"), ord("A")} - {byte}:
            yield at, raw[:at] + bytes([other]) + raw[at + 1 :]


def changed_lengths(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each byte removed, each doubled, and others put before each and behind the last; with the place."""
    for at in range(len(raw)):
        yield at, raw[:at] + raw[at + 1 :]
        yield at, raw[: at + 1] + raw[at:]
        for other in b"\n \r0A\x00":
            if other != raw[at]:
                yield at, raw[:at] + bytes([other]) + raw[at:]
    for other in b"\n \r0A\x00":
        yield len(raw) - 1, raw + bytes([other])


def changed_lines(raw: bytes) -> Iterator[bytes]:
    """Each line removed, doubled, swapped with the next, and swapped with any other."""
    lines = raw.splitlines(keepends=True)
    for at in range(len(lines)):
        yield b"".join(lines[:at] + lines[at + 1 :])
        yield b"".join(lines[: at + 1] + lines[at:])
        for other in range(at + 1, len(lines)):
            swapped = list(lines)
            swapped[at], swapped[other] = swapped[other], swapped[at]
            if lines[at] != lines[other]:
                yield b"".join(swapped)
