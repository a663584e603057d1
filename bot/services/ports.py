"""What the services need from outside, as protocols: a clock, the places, the platform's evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.announcing import Priority
from bot.domain.answers import Answer
from bot.domain.calendar_step import CalendarEvent, Change, SeenEvent
from bot.domain.entitlements import Found, Question, Source
from bot.domain.native_polls import NativeAsk, NativePoll
from bot.domain.people import Account, Actor
from bot.domain.time import Micros
from bot.wording.cards import Card, CardFile


class PlaceDown(Exception):
    """The place cannot be reached now; what was to be said or asked is kept and tried again, after
    `retry_after_seconds` where the platform has said how long."""

    def __init__(self, reason: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class SendRefused(Exception):
    """The platform has refused this very text. `retry_after_seconds` None means it will never take it; `repeats`
    that the same text stands there already."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None, *, repeats: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
        self.repeats = repeats


class NotAllowed(SendRefused):
    """The platform says that this is not ours to do, until somebody gives us the right."""


class Clock(Protocol):
    def now(self) -> Micros:
        """The instant now, in microseconds UTC."""


class LedgerLane(Protocol):
    async def submit(self, command: Any) -> Answer[Any]:
        """Decide a command durably. Raises TryAgain when the ledger cannot take it now."""


class ChatSender(Protocol):
    """Twitch chat: one line at a time, within the account's send budget."""

    @property
    def lines_ready(self) -> int:
        """How many lines could be sent at once, without waiting for the budget."""

    async def say(self, text: str, *, priority: Priority = Priority.ANSWER) -> str:
        """Send one line of at most 500 characters and return the platform's message id.

        Raises SendRefused or PlaceDown; waits while the budget is used up."""


class BoardSender(Protocol):
    """Discord channels: cards that are posted once and edited in place."""

    async def post(self, place: str, card: Card, *, nonce: str) -> str:
        """Post a card and its files to a place ("discord:announcements", "discord:moderators") and return the
        message's id.

        The same nonce within a few minutes posts nothing new. Raises SendRefused or PlaceDown."""

    async def find(self, place: str, card: Card, *, since: Micros) -> tuple[str, ...]:
        """The message ids of this very card as the bot has posted it since then, oldest first: other news may say
        the same, or look like it by now. Raises like `post`."""

    async def edit(self, place: str, message_id: str, card: Card) -> None:
        """Replace a card. Raises SendRefused (also when the message is gone) or PlaceDown."""


class CalendarSender(Protocol):
    """Discord's calendar of events. Each of these raises PlaceDown, NotAllowed, or another SendRefused."""

    async def marked(self) -> Mapping[str, SeenEvent]:
        """Our own events that are to come or on, by the drop that their description names."""

    async def look(self, event_id: str) -> SeenEvent | None:
        """The event as it stands now; None when it is not there any more."""

    async def create(self, event: CalendarEvent) -> str:
        """Make an event that is still to start, and return Discord's id of it."""

    async def change(self, change: Change) -> None:
        """Change an event that `look` has just shown."""


class NativePolls(Protocol):
    """Twitch's own polls of the channel. Each that asks raises PlaceDown, NotAllowed, or another SendRefused."""

    def listen(self) -> None:
        """From now on hear how polls end."""

    async def newest(self) -> Sequence[NativePoll]:
        """The last twenty, the newest first, whoever has opened them and whether or not they run."""

    async def open(self, ask: NativeAsk) -> NativePoll:
        """Put a poll. After PlaceDown it may have been put. SendRefused also while another one runs."""

    async def end(self, poll_id: str, *, hide: bool = False) -> NativePoll:
        """End a poll that runs, and with `hide` take it off the screen; as it ended. SendRefused for one that is
        over."""


class ResultsFiles(Protocol):
    async def __call__(self, drop: str) -> tuple[CardFile, ...]:
        """The files with which everybody can check a drop that has closed, the results first. May raise anything:
        the final card then goes out without them."""


class NameLookup(Protocol):
    async def find(self, name: str) -> Actor | None:
        """Who carries this name on the platform now; None when nobody does. Raises PlaceDown."""


class EvidenceSource(Protocol):
    """Who can tell something about the people of one platform. docs/evidence.md says how to write another."""

    @property
    def source(self) -> Source:
        """Which questions it answers: those whose kind names this source."""

    @property
    def platform(self) -> str:
        """ "twitch" or "discord": whose user ids it takes."""

    @property
    def users_max(self) -> int:
        """About how many people one call can ask; 1 for a source that has to be asked singly."""

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """What holds from the start of this call on, by user id and question; what nobody can tell is left out.

        Raises PlaceDown (ask again later) or SendRefused: it is not allowed to us, until somebody mends that."""


class EvidenceEar(Protocol):
    """Who wants to hear what the platforms tell of people by themselves. None of these waits for anything."""

    def seen(self, account: Account) -> None:
        """Somebody is about: they spoke, pressed or typed a command."""

    def note(self, account: Account, found: Mapping[Question, Found]) -> None:
        """This has just been proved."""

    def void(self, account: Account, questions: Collection[Question]) -> None:
        """What was known of this may not be true any more, and has to be asked for."""

    def questions(self, source: Source) -> Sequence[Question]:
        """What the gates that are announced or open ask of this source: nothing else is of interest."""


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """One of a person's units, as `!mine` lists them; `entry` of the ledger granted it. An unlock token
    `runs_until` then, anything else for good."""

    drop: str
    title: str
    number: int
    supply: int
    entry: int
    runs_until: Micros | None = None
