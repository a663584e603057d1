"""`microdrops export --public`: a drop's bundle, written for strangers and checked before it is given away."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.config import Config
from bot.domain.bundle import BundleRefused, BundleReport, check_bundle
from bot.opening import CHANNEL_ID
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.export import NotExported, read_bundle
from bot.storage.signing import verify_signature

FILE_NAME = "{drop}.microdrops.txt"


def export_public(config: Config, drop: str) -> tuple[str, BundleReport]:
    """The bundle of a drop, and what it proves. Raises NotExported, in whose words every failure is told."""
    path = config.ledger.path
    if path is not None and not path.exists():
        raise NotExported(f"there is no ledger at {path} yet")
    engine = snapshot_engine(ledger_url(config.ledger.url))
    try:
        with engine.connect() as connection:
            text = read_bundle(connection, CHANNEL_ID, drop)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        older = ", which `microdrops run` brings up to date" if "no such table" in reason else ""
        raise NotExported(f"the ledger cannot be read ({reason}){older}") from None
    finally:
        engine.dispose()
    try:
        # Nobody is given what does not hold: the fault is in the ledger then, and that has a check of its own.
        return text, check_bundle(text, verify_signature)
    except BundleRefused as refused:
        raise NotExported(f"the ledger does not hold ({refused}); ask `microdrops verify`") from None


def write_out(text: str, drop: str, out: Path | None) -> Path:
    """Write the bundle, as it is on every system; returns where. Raises NotExported."""
    path = out or Path(FILE_NAME.format(drop=drop))
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise NotExported(f"{path} cannot be written ({error.strerror})") from None
    return path
