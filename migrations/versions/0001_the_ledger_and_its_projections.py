"""The ledger and its projections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "action",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "entry_number", name=op.f("pk_action")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_action_channel_id_person_id_entry_number"),
        "action",
        ["channel_id", "person_id", "entry_number"],
        unique=False,
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stream_watched", sa.Integer(), nullable=False),
        sa.Column("stream_live", sa.Integer(), nullable=True),
        sa.Column("stream_changed_at", BIG, nullable=False),
        sa.Column("command_digest", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sqlite_strict=True,
    )
    op.create_table(
        "drop",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("supply", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("per_person", sa.Integer(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("while_offline", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("announce_at", BIG, nullable=False),
        sa.Column("planned_opens_at", BIG, nullable=True),
        sa.Column("window", BIG, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opens_at", BIG, nullable=True),
        sa.Column("closes_at", BIG, nullable=True),
        sa.Column("announced_at", BIG, nullable=True),
        sa.Column("opened_at", BIG, nullable=True),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=False),
        sa.Column("paused_at", BIG, nullable=True),
        sa.Column("paused_why", sa.Text(), nullable=False),
        sa.Column("resume_at", BIG, nullable=True),
        sa.Column("postponed_why", sa.Text(), nullable=False),
        sa.Column("soon_said", sa.Integer(), nullable=False),
        sa.Column("on_cue", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "claimed >= 0 AND given >= 0 AND claimed + given <= supply", name=op.f("ck_drop_never_oversold")
        ),
        sa.PrimaryKeyConstraint("channel_id", "key", name=op.f("pk_drop")),
        sqlite_strict=True,
    )
    op.create_table(
        "entry",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "number", name=op.f("pk_entry")),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("attempted_at", BIG, nullable=True),
        sa.Column("done_at", BIG, nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "id", name=op.f("pk_outbox")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_outbox_channel_id_drop_key_kind"), "outbox", ["channel_id", "drop_key", "kind"], unique=False
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["channel_id", "place"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "outcome",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("told_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "request_id", name=op.f("pk_outcome")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_outcome_untold",
        "outcome",
        ["channel_id", "at"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "person",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "id", name=op.f("pk_person")),
        sqlite_strict=True,
    )
    op.create_table(
        "edition",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("supply", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "drop_key"], ["drop.channel_id", "drop.key"], name=op.f("fk_edition_channel_id_drop_key")
        ),
        sa.PrimaryKeyConstraint("channel_id", "drop_key", "number", name=op.f("pk_edition")),
        sqlite_strict=True,
    )
    op.create_table(
        "identity",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "person_id"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_identity_channel_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "platform", "user_id", name=op.f("pk_identity")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_identity_channel_id_person_id"), "identity", ["channel_id", "person_id"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("announce_at", BIG, nullable=False),
        sa.Column("opens_at", BIG, nullable=True),
        sa.Column("closes_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id", "drop_key"],
            ["drop.channel_id", "drop.key"],
            name=op.f("fk_occurrence_channel_id_drop_key"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "drop_key", "local_date", name=op.f("pk_occurrence")),
        sqlite_strict=True,
    )
    op.create_table(
        "unit",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("granted_at", BIG, nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_unit_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["channel_id", "drop_key", "edition"],
            ["edition.channel_id", "edition.drop_key", "edition.number"],
            name=op.f("fk_unit_channel_id_drop_key_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "person_id"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_unit_channel_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "drop_key", "edition", "number", name=op.f("pk_unit")),
        sa.UniqueConstraint(
            "channel_id", "person_id", "drop_key", "nth", name=op.f("uq_unit_channel_id_person_id_drop_key_nth")
        ),
        sqlite_strict=True,
    )
