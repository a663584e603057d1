"""The page with which anybody checks a drop's published results in a browser, without this program."""

from __future__ import annotations

from importlib.resources import files


def verify_page() -> bytes:
    """The whole page, as it is attached to the results or put on a web server."""
    return files(__name__).joinpath("verify.html").read_bytes()
