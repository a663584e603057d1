"""The state of the broadcast in the lane."""

from __future__ import annotations

from sqlalchemy import update

from bot.domain.stream import ReportStream, Stream, Wake
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch


def handle_report(batch: Batch, command: ReportStream, moment: Micros) -> None:
    """Note a change; what it makes due follows at once. The same report twice changes nothing, and one that only
    confirms what an earlier process knew keeps the moment of the change."""
    book = batch.book
    if book.stream.live is command.live:
        return
    batch.told_of_stream = True
    changed_at = book.stream_before.changed_at if book.stream_before.live is command.live else moment
    book.stream = book.stream_before = Stream(book.stream.watched, command.live, changed_at)
    channel = tables.channel
    batch.connection.execute(
        update(channel).where(channel.c.id == command.channel_id),
        {"stream_live": int(command.live), "stream_changed_at": changed_at},
    )
    book.wake_at = 0
    batch.advance(moment)


def handle_wake(batch: Batch, command: Wake, moment: Micros) -> None:
    """Nothing of its own: the lane has applied what was due."""
