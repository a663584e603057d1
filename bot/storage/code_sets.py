"""Which sets of claim codes there are, read beside a running bot."""

from __future__ import annotations

from sqlalchemy import select

from bot.storage import tables
from bot.storage.database import ledger_url, snapshot_engine


def read_code_sets(url: str) -> frozenset[str]:
    """Every set of which a code was ever made. Raises OperationalError where there is no ledger yet."""
    engine = snapshot_engine(ledger_url(url))
    try:
        with engine.connect() as connection:
            return frozenset(connection.scalars(select(tables.claim_code.c.code_set).distinct()))
    finally:
        engine.dispose()
