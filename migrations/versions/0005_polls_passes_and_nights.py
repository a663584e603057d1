"""Polls and their ballots, passes, and game nights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("drop", sa.Column("passes", sa.Text(), nullable=False, server_default="[]"))
    _add_poll()
    _add_ballot()
    _add_held_vote()
    _add_pass()
    _add_night()
    _add_night_guest()


def _add_poll() -> None:
    op.create_table(
        "poll",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("ties", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("closes_at", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=False),
        sa.Column("paused_at", BIG, nullable=True),
        sa.Column("resume_at", BIG, nullable=True),
        sa.Column("last_call_said", sa.Integer(), nullable=False),
        sa.Column("goes_on", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("native", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "key", name=op.f("pk_poll")),
        sqlite_strict=True,
    )


def _add_ballot() -> None:
    op.create_table(
        "ballot",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("poll_key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "person_id"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_ballot_channel_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "poll_key"], ["poll.channel_id", "poll.key"], name=op.f("fk_ballot_channel_id_poll_key")
        ),
        sa.PrimaryKeyConstraint("channel_id", "poll_key", "person_id", name=op.f("pk_ballot")),
        sqlite_strict=True,
    )


def _add_held_vote() -> None:
    op.create_table(
        "held_vote",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("poll_key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("with_pass", sa.Integer(), nullable=False),
        sa.Column("steers", sa.Integer(), nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "person_id"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_held_vote_channel_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "poll_key"],
            ["poll.channel_id", "poll.key"],
            name=op.f("fk_held_vote_channel_id_poll_key"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "request_id", name=op.f("pk_held_vote")),
        sqlite_strict=True,
    )


def _add_pass() -> None:
    op.create_table(
        "pass",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("transferable", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=True),
        sa.Column("drop_key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("spent_on", sa.Text(), nullable=False),
        sa.Column("voided_why", sa.Text(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "owner"], ["person.channel_id", "person.id"], name=op.f("fk_pass_channel_id_owner")
        ),
        sa.CheckConstraint("used >= 0 AND used <= uses", name=op.f("ck_pass_never_spent_twice")),
        sa.PrimaryKeyConstraint("channel_id", "number", name=op.f("pk_pass")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_pass_channel_id_owner"), "pass", ["channel_id", "owner"])


def _add_night() -> None:
    op.create_table(
        "night",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "key", name=op.f("pk_night")),
        sqlite_strict=True,
    )


def _add_night_guest() -> None:
    op.create_table(
        "night_guest",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("night_key", sa.Text(), nullable=False),
        sa.Column("guest", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "night_key"],
            ["night.channel_id", "night.key"],
            name=op.f("fk_night_guest_channel_id_night_key"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id", "person_id"],
            ["person.channel_id", "person.id"],
            name=op.f("fk_night_guest_channel_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "night_key", "guest", name=op.f("pk_night_guest")),
        sqlite_strict=True,
    )
