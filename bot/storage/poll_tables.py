"""The tables of polls, passes and game nights. All but `held_vote` project the entries."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text

from bot.storage.columns import instant, metadata

poll = Table(
    "poll",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("plan", Text, nullable=False),  # the rules as its first entry tells them, in JSON
    Column("ties", Text, nullable=False),
    Column("seed", LargeBinary, nullable=False),  # nobody's to see before the close
    Column("state", Text, nullable=False),
    instant("opened_at"),
    instant("closes_at"),
    instant("closed_at", nullable=True),
    Column("closed_why", Text, nullable=False),
    instant("paused_at", nullable=True),
    instant("resume_at", nullable=True),
    Column("last_call_said", Integer, nullable=False),
    Column("goes_on", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("result", Text),
    Column("native", Text),  # how the poll on Twitch beside it has ended, in JSON
    sqlite_strict=True,
)

# The ballots that stand: kept for ever, a recount goes by them.
ballot = Table(
    "ballot",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("poll_key", Text, primary_key=True),
    Column("person_id", Integer, primary_key=True),
    Column("entry_number", Integer, nullable=False),
    Column("voter", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("pass_number", Integer, nullable=False),  # 0 for none
    ForeignKeyConstraint(["channel_id", "poll_key"], ["poll.channel_id", "poll.key"]),
    ForeignKeyConstraint(["channel_id", "person_id"], ["person.channel_id", "person.id"]),
    sqlite_strict=True,
)

held_vote = Table(
    "held_vote",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("poll_key", Text, nullable=False),
    Column("person_id", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("with_pass", Integer, nullable=False),
    Column("steers", Integer, nullable=False),  # whether the very event told that they are a moderator
    instant("asked_at"),
    ForeignKeyConstraint(["channel_id", "poll_key"], ["poll.channel_id", "poll.key"]),
    ForeignKeyConstraint(["channel_id", "person_id"], ["person.channel_id", "person.id"]),
    sqlite_strict=True,
)

pass_ = Table(
    "pass",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("uses", Integer, nullable=False),
    instant("expires_at", nullable=True),
    Column("transferable", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("owner", Integer),  # NULL once nobody may know any more whose it is
    Column("drop_key", Text, nullable=False),  # with the unit that it came with; "" and 0 for none
    Column("unit", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("spent_on", Text, nullable=False),
    Column("voided_why", Text, nullable=False),
    Column("expired", Integer, nullable=False),
    ForeignKeyConstraint(["channel_id", "owner"], ["person.channel_id", "person.id"]),
    CheckConstraint("used >= 0 AND used <= uses", name="never_spent_twice"),
    Index(None, "channel_id", "owner"),
    sqlite_strict=True,
)

night = Table(
    "night",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("plan", Text, nullable=False),  # as its first entry tells it, in JSON
    Column("state", Text, nullable=False),
    sqlite_strict=True,
)

night_guest = Table(
    "night_guest",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("night_key", Text, primary_key=True),
    Column("guest", Text, primary_key=True),  # their pseudonym in this night
    Column("person_id", Integer),  # NULL once nobody may know any more who it is
    Column("place", Text, nullable=False),
    instant("since"),
    Column("joined", Integer, nullable=False),  # their place in the order in which they came
    Column("pass_number", Integer, nullable=False),  # 0 for none
    ForeignKeyConstraint(["channel_id", "night_key"], ["night.channel_id", "night.key"]),
    ForeignKeyConstraint(["channel_id", "person_id"], ["person.channel_id", "person.id"]),
    sqlite_strict=True,
)
