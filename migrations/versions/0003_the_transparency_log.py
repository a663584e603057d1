"""The transparency log: checkpoints that were signed, the tree's finished tiles, and how far it was verified."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # The tiles over the entries that are there already are made at the first start, which can also go on with them.
    op.add_column("channel", sa.Column("log_key", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "checkpoint",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "size", name=op.f("pk_checkpoint")),
        sqlite_strict=True,
    )
    op.create_table(
        "tile",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "number", name=op.f("pk_tile")),
        sqlite_strict=True,
    )
    op.create_table(
        "verified",
        sa.Column("channel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_verified")),
        sqlite_strict=True,
    )
