"""What a restored backup needs: drops that are frozen, numbers that are written off."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    lost_counts = sa.CheckConstraint(
        "lost >= 0 AND claimed + given + lost <= supply", name=op.f("ck_drop_lost_counts")
    )
    # At its column the check comes with it; SQLite would have to copy the whole table for one beside the columns.
    op.add_column("drop", sa.Column("lost", sa.Integer(), lost_counts, nullable=False, server_default="0"))
    op.add_column("drop", sa.Column("last_number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("drop", sa.Column("frozen_at", BIG, nullable=True))
    op.create_table(
        "lost_unit",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lost_at", BIG, nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_lost_unit_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["channel_id", "drop_key", "edition"],
            ["edition.channel_id", "edition.drop_key", "edition.number"],
            name=op.f("fk_lost_unit_channel_id_drop_key_edition"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "drop_key", "edition", "number", name=op.f("pk_lost_unit")),
        sqlite_strict=True,
    )
    _fill_in_last_numbers(op.get_bind())


def _fill_in_last_numbers(connection: sa.Connection) -> None:
    """From the entries, since a number that was taken back has no unit any more."""
    entry = sa.table("entry", *map(sa.column, ("channel_id", "drop_key", "kind", "canonical")))
    drop = sa.table("drop", *map(sa.column, ("channel_id", "key", "last_number")))
    highest: dict[tuple[int, str], int] = {}
    granted = sa.select(entry.c.channel_id, entry.c.drop_key, entry.c.canonical).where(
        entry.c.kind == "unit.granted"
    )
    for channel_id, key, canonical in connection.execute(granted):
        number = json.loads(bytes(canonical))["public"]["number"]
        highest[channel_id, key] = max(number, highest.get((channel_id, key), 0))
    for (channel_id, key), number in highest.items():
        where = (drop.c.channel_id == channel_id) & (drop.c.key == key)
        connection.execute(sa.update(drop).where(where).values(last_number=number))
