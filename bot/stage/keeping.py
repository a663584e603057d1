"""Keeps the files of messages in a folder, for whoever looks at a play when its stage is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.stage.discord.files import Attachment

FOLDER = "attachments"


def kept_in(folder: Path) -> Callable[[Attachment], None]:
    """Put each file there under its id: its name is its sender's, and may be anything."""

    def keep(file: Attachment) -> None:
        folder.mkdir(exist_ok=True)
        (folder / file.id).write_bytes(file.data)

    return keep
