"""For whom a drop opens, and when: early windows, claims that wait for evidence, linked accounts, claim codes, and
the events that Discord's calendar has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _add_early_windows()
    _add_holds()
    _add_links()
    _add_codes()
    op.create_table(
        "calendar_event",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "drop_key"],
            ["drop.channel_id", "drop.key"],
            name=op.f("fk_calendar_event_channel_id_drop_key"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "drop_key", name=op.f("pk_calendar_event")),
        sqlite_strict=True,
    )


def _add_early_windows() -> None:
    op.add_column("drop", sa.Column("series", sa.Text(), nullable=False, server_default=""))
    op.add_column("drop", sa.Column("early", sa.Text(), nullable=False, server_default=""))
    op.add_column("drop", sa.Column("early_for", BIG, nullable=False, server_default="0"))
    op.add_column("drop", sa.Column("early_units", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("drop", sa.Column("public_at", BIG, nullable=True))
    op.add_column("drop", sa.Column("early_open", sa.Integer(), nullable=False, server_default="0"))
    kept = sa.CheckConstraint(
        "early_claimed >= 0 AND early_claimed <= early_units", name=op.f("ck_drop_early_share_kept")
    )
    op.add_column("drop", sa.Column("early_claimed", sa.Integer(), kept, nullable=False, server_default="0"))


def _add_holds() -> None:
    op.create_table(
        "hold",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "drop_key"], ["drop.channel_id", "drop.key"], name=op.f("fk_hold_channel_id_drop_key")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "person_id"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_hold_channel_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "request_id", name=op.f("pk_hold")),
        sqlite_strict=True,
    )


def _add_links() -> None:
    op.create_table(
        "link",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("twitch_person", sa.Integer(), nullable=False),
        sa.Column("discord_person", sa.Integer(), nullable=False),
        sa.Column("linked_at", BIG, nullable=False),
        sa.Column("unlinked_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id", "twitch_person"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_link_channel_id_twitch_person"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "discord_person"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_link_channel_id_discord_person"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "number", name=op.f("pk_link")),
        sqlite_strict=True,
    )


def _add_codes() -> None:
    op.create_table(
        "claim_code",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("code_set", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reissue", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("burned_at", BIG, nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("used_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id", "used_by"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_claim_code_channel_id_used_by"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "digest", name=op.f("pk_claim_code")),
        sa.UniqueConstraint(
            "channel_id",
            "code_set",
            "number",
            "reissue",
            name=op.f("uq_claim_code_channel_id_code_set_number_reissue"),
        ),
        sqlite_strict=True,
    )
