"""What the crowd notices: a drop was announced, it is open, units are left, somebody got a number, a poll is on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from bot.stage.crowd.acts import Anchor
from bot.stage.crowd.cards import is_claim_button, is_vote_button, plain_words
from bot.stage.crowd.scene import Scene, Staged, StagedDrop
from bot.stage.record import SECOND, Record, Seen

# A number that follows a name in a line of chat: "@ann #17" and "@ann Teal Mug #17 of 48".
_NAMED = re.compile(r"@(\S+?)[:,]?(?=\s|$)([^@#]*)#(\d+)")
_NUMBER = re.compile(r"#(\d+)")
_EARLY = SECOND // 5
# A line that says that everybody is let in comes so much sooner after the one for the early ones, at most: that one
# may have been seen late.
_LATE = round(0.8 * SECOND)
Noticed = Callable[[Staged, Anchor], None]


class Watching:
    """Listens to the record with a viewer's eyes: lines in chat, cards and their buttons, and own answers."""

    def __init__(self, record: Record, scene: Scene, noticed: Noticed) -> None:
        self._scene = scene
        self._noticed = noticed
        self._seen: set[tuple[str, Anchor]] = set()
        self._early_seen_at: dict[str, int] = {}
        self._winners: set[tuple[str, str, str]] = set()
        self._stop = record.listen(self._look)

    def stop(self) -> None:
        self._stop()

    def saw_number(self, platform: str, person: str, drop: StagedDrop) -> None:
        """Somebody (by shown name on Twitch, by id on Discord) was told a number of theirs."""
        self._winners.add((platform, plain(person), drop.key))

    def has_won(self, platform: str, person: str, drop: StagedDrop) -> bool:
        """Whether somebody (by shown name on Twitch, by id on Discord) has seen a number of theirs."""
        return (platform, plain(person), drop.key) in self._winners

    def _look(self, seen: Seen) -> None:
        if seen.platform == "twitch" and seen.kind == "chat" and seen.data.get("bot"):
            self._look_at_line(seen)
        elif seen.platform == "discord" and seen.kind in ("message", "edit"):
            self._look_at_card(seen)
        elif seen.platform == "discord" and seen.kind == "answer" and seen.visible_to:
            for drop in self._named_in(seen.text):
                if _NUMBER.search(seen.text.replace(drop.title, "")):
                    self.saw_number("discord", seen.visible_to, drop)

    def _look_at_line(self, seen: Seen) -> None:
        for poll in self._scene.polls:
            # The first line with all there is to choose from puts the question; the result comes later.
            if all(words in seen.text for words in (poll.question, *poll.options)):
                self.notice(poll, Anchor.OPENED)
        for drop in self._named_in(seen.text):
            rest = seen.text.replace(drop.title, "")
            for name, _, _ in _NAMED.findall(rest):
                self.saw_number("twitch", name, drop)
            if "@" in rest:
                continue
            self.notice(drop, Anchor.ANNOUNCED)
            # After the advertised time, a line that says what to type says it because one can.
            invites = f"{self._scene.words.claim} {drop.key}" in seen.text
            if invites and seen.at >= drop.begins_at - _EARLY:
                self._invited(drop, seen.at)

    def _look_at_card(self, seen: Seen) -> None:
        for poll in self._scene.polls:
            live = any(is_vote_button(custom_id) and not off for _, custom_id, off in seen.data["buttons"])
            if live and poll.question in plain_words(seen.text):
                self.notice(poll, Anchor.OPENED)
        for drop in self._named_in(plain_words(seen.text)):
            self.notice(drop, Anchor.ANNOUNCED)
            if any(is_claim_button(custom_id, drop.key) and not off for _, custom_id, off in seen.data["buttons"]):
                # A card is drawn anew with every few claims; only another card reminds anybody.
                self._invited(drop, seen.at, again=seen.kind == "message")

    def _invited(self, drop: StagedDrop, at: int, *, again: bool = True) -> None:
        """The first time it says that one can claim, people see that it is open, or open to some; later it reminds
        them."""
        if drop.early_at is not None:
            self._early_seen_at.setdefault(drop.key, at)
            self.notice(drop, Anchor.EARLY)
            if not self._is_public(drop, at):
                return
        if (drop.key, Anchor.OPENED) not in self._seen:
            self.notice(drop, Anchor.OPENED)
        elif again:
            self.notice(drop, Anchor.REMINDED)

    def _is_public(self, drop: StagedDrop, at: int) -> bool:
        """Whether the early window must be over: one that opened late is as long as it was to be."""
        ends_at = self._early_seen_at[drop.key] + drop.opens_at - drop.begins_at
        return at >= max(drop.opens_at - _EARLY, ends_at - _LATE)

    def _named_in(self, text: str) -> Iterator[StagedDrop]:
        return (drop for drop in self._scene.drops if drop.title in text)

    def notice(self, drop: Staged, anchor: Anchor) -> None:
        """Tell of a cue, the first time it comes."""
        if (drop.key, anchor) not in self._seen:
            self._seen.add((drop.key, anchor))
            self._noticed(drop, anchor)


def plain(name: str) -> str:
    """A name as two people would say it is the same: no invisible characters, no case, no @."""
    visible = "".join(each for each in unicodedata.normalize("NFC", name) if unicodedata.category(each) != "Cf")
    return visible.lstrip("@").casefold()
