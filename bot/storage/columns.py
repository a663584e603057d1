"""What every table is made of: where they are known, and the columns that are more than a type."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def big() -> TypeEngine[int]:
    """64 bits on both databases; SQLite's strict tables know only INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def instant(name: str, *, nullable: bool = False) -> Column[int]:
    """A column of microseconds UTC, or of a span in microseconds."""
    return Column(name, big(), nullable=nullable)
