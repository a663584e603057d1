"""The tables. `entry` is the truth; unit, lost_unit, drop, edition, occurrence, poll, ballot, pass, night,
night_guest, action, tile and channel.log_key project it, and `checkpoint` is what was signed."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import big, instant, metadata
from bot.storage.poll_tables import ballot, held_vote, night, night_guest, pass_, poll

__all__ = [
    "action",
    "ballot",
    "calendar_event",
    "channel",
    "checkpoint",
    "claim_code",
    "drop",
    "edition",
    "entry",
    "held_vote",
    "hold",
    "identity",
    "link",
    "lost_unit",
    "metadata",
    "night",
    "night_guest",
    "occurrence",
    "outbox",
    "outcome",
    "pass_",
    "person",
    "poll",
    "tile",
    "unit",
    "verified",
]

channel = Table(
    "channel",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("stream_watched", Integer, nullable=False),
    Column("stream_live", Integer),  # NULL: nobody could tell yet
    instant("stream_changed_at"),
    Column("command_digest", Text, nullable=False, server_default=""),
    Column("log_key", Text, nullable=False, server_default=""),  # who signs the log; "" until there is an entry
    sqlite_strict=True,
)

person = Table(
    "person",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary),  # NULL after erasure: the pseudonyms lead nowhere then
    instant("created_at"),
    sqlite_strict=True,
)

identity = Table(
    "identity",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("person_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    ForeignKeyConstraint(["channel_id", "person_id"], ["person.channel_id", "person.id"]),
    Index(None, "channel_id", "person_id"),
    sqlite_strict=True,
)

drop = Table(
    "drop",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("supply", Integer, nullable=False),
    Column("held_back", Integer, nullable=False),
    Column("per_person", Integer, nullable=False),
    Column("opening", Text, nullable=False),
    Column("while_offline", Text, nullable=False),
    Column("zone", Text, nullable=False),
    instant("announce_at"),
    instant("planned_opens_at", nullable=True),
    instant("window"),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    instant("opens_at", nullable=True),
    instant("closes_at", nullable=True),
    instant("announced_at", nullable=True),
    instant("opened_at", nullable=True),
    instant("closed_at", nullable=True),
    Column("closed_why", Text, nullable=False),
    instant("paused_at", nullable=True),
    Column("paused_why", Text, nullable=False),
    instant("resume_at", nullable=True),
    Column("postponed_why", Text, nullable=False),
    Column("soon_said", Integer, nullable=False),
    Column("on_cue", Integer, nullable=False),
    Column("claimed", Integer, nullable=False),
    Column("given", Integer, nullable=False),
    # Added later, so these checks stand at their columns: SQLite adds no other to a table that exists.
    Column(
        "lost",
        Integer,
        CheckConstraint("lost >= 0 AND claimed + given + lost <= supply", name="lost_counts"),
        nullable=False,
        server_default="0",
    ),
    Column("last_number", Integer, nullable=False, server_default="0"),
    instant("frozen_at", nullable=True),
    Column("series", Text, nullable=False, server_default=""),
    Column("early", Text, nullable=False, server_default=""),
    Column("early_for", big(), nullable=False, server_default="0"),
    Column("early_units", Integer, nullable=False, server_default="0"),
    instant("public_at", nullable=True),
    Column("early_open", Integer, nullable=False, server_default="0"),
    Column(
        "early_claimed",
        Integer,
        CheckConstraint("early_claimed >= 0 AND early_claimed <= early_units", name="early_share_kept"),
        nullable=False,
        server_default="0",
    ),
    Column("passes", Text, nullable=False, server_default="[]"),
    # The backstop of the promise: whatever the program believes, the database takes no unit above supply.
    CheckConstraint("claimed >= 0 AND given >= 0 AND claimed + given <= supply", name="never_oversold"),
    sqlite_strict=True,
)

edition = Table(
    "edition",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("drop_key", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("supply", Integer, nullable=False),
    ForeignKeyConstraint(["channel_id", "drop_key"], ["drop.channel_id", "drop.key"]),
    sqlite_strict=True,
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("drop_key", Text, primary_key=True),
    Column("local_date", Text, primary_key=True),  # "" for a drop on cue
    Column("zone", Text, nullable=False),
    instant("announce_at"),
    instant("opens_at", nullable=True),
    instant("closes_at", nullable=True),
    ForeignKeyConstraint(["channel_id", "drop_key"], ["drop.channel_id", "drop.key"]),
    sqlite_strict=True,
)

unit = Table(
    "unit",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("drop_key", Text, primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person_id", Integer, nullable=False),
    Column("nth", Integer, nullable=False),  # the person's first, second ... unit of this drop
    Column("how", Text, nullable=False),  # "claim" or "hand"
    instant("granted_at"),
    Column("entry_number", Integer, nullable=False),
    UniqueConstraint("channel_id", "person_id", "drop_key", "nth"),
    ForeignKeyConstraint(
        ["channel_id", "drop_key", "edition"], ["edition.channel_id", "edition.drop_key", "edition.number"]
    ),
    ForeignKeyConstraint(["channel_id", "person_id"], ["person.channel_id", "person.id"]),
    CheckConstraint("number >= 1", name="counts_from_one"),
    sqlite_strict=True,
)

lost_unit = Table(
    "lost_unit",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("drop_key", Text, primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    instant("lost_at"),
    Column("entry_number", Integer, nullable=False),
    ForeignKeyConstraint(
        ["channel_id", "drop_key", "edition"], ["edition.channel_id", "edition.drop_key", "edition.number"]
    ),
    CheckConstraint("number >= 1", name="counts_from_one"),
    sqlite_strict=True,
)

hold = Table(
    "hold",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("drop_key", Text, nullable=False),
    Column("person_id", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    instant("asked_at"),
    ForeignKeyConstraint(["channel_id", "drop_key"], ["drop.channel_id", "drop.key"]),
    ForeignKeyConstraint(["channel_id", "person_id"], ["person.channel_id", "person.id"]),
    sqlite_strict=True,
)

link = Table(
    "link",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the entry that made it
    Column("twitch_person", Integer, nullable=False),
    Column("discord_person", Integer, nullable=False),
    instant("linked_at"),
    instant("unlinked_at", nullable=True),
    ForeignKeyConstraint(["channel_id", "twitch_person"], ["person.channel_id", "person.id"]),
    ForeignKeyConstraint(["channel_id", "discord_person"], ["person.channel_id", "person.id"]),
    sqlite_strict=True,
)

claim_code = Table(
    "claim_code",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),  # the code itself is nowhere in the ledger
    Column("code_set", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reissue", Integer, nullable=False),
    Column("audience", Text, nullable=False),
    instant("expires_at", nullable=True),
    instant("burned_at", nullable=True),
    Column("used_by", Integer),
    instant("used_at", nullable=True),
    UniqueConstraint("channel_id", "code_set", "number", "reissue"),
    ForeignKeyConstraint(["channel_id", "used_by"], ["person.channel_id", "person.id"]),
    sqlite_strict=True,
)

calendar_event = Table(
    "calendar_event",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("drop_key", Text, primary_key=True),
    Column("event_id", Text, nullable=False),  # Discord's id of it
    Column("digest", Text, nullable=False),  # of what Discord was last told
    ForeignKeyConstraint(["channel_id", "drop_key"], ["drop.channel_id", "drop.key"]),
    sqlite_strict=True,
)

entry = Table(
    "entry",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    instant("at"),
    Column("kind", Text, nullable=False),
    Column("drop_key", Text, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("private", LargeBinary),  # NULL, like the salt, once the person was erased
    Column("salt", LargeBinary),
    Column("person_id", Integer),
    sqlite_strict=True,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("size", Integer, primary_key=True),  # it is signed over the first so many entries
    Column("note", Text, nullable=False),
    sqlite_strict=True,
)

tile = Table(
    "tile",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),  # from 0; see bot.domain.transparency.TILE_LEAVES
    Column("root", LargeBinary, nullable=False),
    sqlite_strict=True,
)

verified = Table(
    "verified",
    metadata,
    Column("channel_id", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    instant("at"),
    sqlite_strict=True,
)

# The migration says so to PostgreSQL as well. Here it would load the dialects of all its drivers, also for a file.
_NEVER_TOLD = text("told_at IS NULL")
_NOT_DONE = text("done_at IS NULL")

outcome = Table(
    "outcome",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("drop_key", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("decision", LargeBinary, nullable=False),
    instant("at"),
    instant("told_at", nullable=True),
    # Whom to tell after a crash: only the few rows that nobody was told of.
    Index("ix_outcome_untold", "channel_id", "at", sqlite_where=_NEVER_TOLD),
    sqlite_strict=True,
)

action = Table(
    "action",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("entry_number", Integer, primary_key=True),
    Column("person_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("drop_key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    instant("at"),
    Column("undone", Integer, nullable=False),
    Index(None, "channel_id", "person_id", "entry_number"),
    sqlite_strict=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("place", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("drop_key", Text, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("priority", Integer, nullable=False),
    instant("created_at"),
    instant("expires_at", nullable=True),
    instant("attempted_at", nullable=True),
    instant("done_at", nullable=True),
    Column("result", Text, nullable=False),  # "" pending, "sent", "skipped", "refused: ..."
    Column("reference", Text, nullable=False),  # the platform's message id
    Index("ix_outbox_pending", "channel_id", "place", sqlite_where=_NOT_DONE),
    Index(None, "channel_id", "drop_key", "kind"),
    sqlite_strict=True,
)
