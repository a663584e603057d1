"""The state of the broadcast in the lane."""

from __future__ import annotations

from sqlalchemy import update

from bot.domain.stream import ReportStream, Stream, Wake
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch


def handle_report(batch: Batch, command: ReportStream, moment: Micros) -> None:
    """Note a change; what it makes due follows at once. The same report twice changes nothing."""
    book = batch.book(command.channel_id)
    if book.stream.live is command.live:
        return
    book.stream = Stream(book.stream.watched, command.live, moment)
    channel = tables.channel
    batch.connection.execute(
        update(channel).where(channel.c.id == command.channel_id),
        {"stream_live": int(command.live), "stream_changed_at": moment},
    )
    book.wake_at = 0
    batch.advance(command.channel_id, moment)


def handle_wake(batch: Batch, command: Wake, moment: Micros) -> None:
    """Nothing of its own: the lane has applied what was due."""
