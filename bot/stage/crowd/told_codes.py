"""The codes that people are shown in private on Discord, to be typed on Twitch."""

from __future__ import annotations

import re

from bot.stage.record import Record, Seen

# Six letters that nobody mistakes for each other: no I, L, O and U.
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{6}(?![0-9A-Za-z])")


class ToldCodes:
    """Follows the record: a code is known to the one member who saw the answer, and a newer one counts."""

    def __init__(self, record: Record) -> None:
        self._newest: dict[str, str] = {}
        for seen in record.seen:
            self._look(seen)
        record.listen(self._look)

    def shown_to(self, member_id: str) -> str:
        """The newest code, "" where there was none."""
        return self._newest.get(member_id, "")

    def _look(self, seen: Seen) -> None:
        if seen.platform == "discord" and seen.kind == "answer" and seen.visible_to:
            codes = _CODE.findall(seen.text)
            if codes:
                self._newest[seen.visible_to] = codes[-1]
