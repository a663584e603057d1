"""What the judge has to go by: who was there, what they asked for, and what each of them was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from bot.rehearsal.claims import claims_on_discord, steers_on_discord, typed_claim
from bot.rehearsal.hearing import Heard, listen, listen_for, same, typed, visible
from bot.rehearsal.ledger import LedgerFile, OutcomeRow
from bot.rehearsal.linked import Link, links_of, together
from bot.rehearsal.moments import SECOND
from bot.rehearsal.polls import JudgedPoll, polls_of
from bot.rehearsal.standing import Standings
from bot.rehearsal.trouble import Trouble, troubles_of, unread_spans
from bot.stage.record import SeenLine

Who = tuple[str, str]
"""A platform and a user id."""


@dataclass(frozen=True, slots=True)
class JudgedDrop:
    """What a drop promised. Instants in microseconds UTC; `opens_at` and `early_at` are None for a drop on cue.
    `early` is the gate of its early window as it was written, "" where there is none: from `early_at` on it lets
    in, for at most `early_units`, and everybody is let in at `opens_at`."""

    key: str
    title: str
    supply: int
    held_back: int
    per_person: int
    opens_at: int | None
    early: str = ""
    early_at: int | None = None
    early_units: int = 0

    @property
    def begins_at(self) -> int | None:
        """When the first people are let in."""
        return self.early_at if self.early else self.opens_at


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asked for a unit. `request` is the request's name in the ledger; `drop` is what was meant, ""
    where that is not certain; `plain` is False for letters that a bot need not understand, `heard` is False
    when it reached nobody: lost on its way, or sent to a bot that was just ending."""

    request: str
    who: Who
    drop: str
    at: int
    text: str
    plain: bool = True
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told something; `request` is known only where the answer was private. `line` is that of the
    record, counted from 1."""

    who: Who
    drop: str
    numbers: tuple[int, ...]
    at: int
    text: str
    request: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Waited:
    """A claim whose person was answered before anything was decided, which was `decided_at` (on the stage's clock):
    they were told to wait."""

    ask: Ask
    told: Told
    decided_at: int


@dataclass(frozen=True)
class Case:
    """Everything that is laid before the judge. `secrets` may stand in none of the `written` files;
    `bot_moderates` as the stage seats the bot. `claim_words` are what people type to claim, `link_words` to link
    two accounts, `vote_words` to vote, `spend_words` to spend a pass on it, and `mine_word` to see what they hold;
    with `bare_votes` a number alone is a vote while a poll is on. `signed` tells whether the bot signs the ledger,
    `fingerprints` whether chat is told of it; `attachments` is the folder with the files of messages by id, None
    where the bot attaches none."""

    drops: tuple[JudgedDrop, ...]
    record: tuple[SeenLine, ...]
    ledger: LedgerFile
    claim_words: tuple[str, ...] = ("!claim", "!md claim")
    link_words: tuple[str, ...] = ("!link", "!yes")
    vote_words: tuple[str, ...] = ("!vote", "!md vote")
    spend_words: tuple[str, ...] = ("!pass", "!md pass")
    mine_word: str = "!mine"
    bare_votes: bool = True
    answer_gap: int = 30_000_000
    twitch: bool = True
    discord: bool = True
    reminder_role: str = ""
    bot_moderates: bool = True
    secrets: tuple[str, ...] = field(default=(), repr=False)
    written: tuple[Path, ...] = ()
    log_level: str = "debug"
    signed: bool = False
    fingerprints: bool = True
    attachments: Path | None = None

    @cached_property
    def titles(self) -> dict[str, str]:
        return {visible(drop.title): drop.key for drop in self.drops}

    @cached_property
    def names(self) -> dict[Who, str]:
        """Shown names of everybody who did anything."""
        acted = ("joined", "chat", "refused", "slash", "press")
        found: dict[Who, str] = {}
        for seen in self.record:
            if seen["kind"] in acted and not seen["data"].get("bot"):
                found[platform_of(seen), seen["author"]] = seen["name"]
        return found

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """In the order in which the stage delivered them; what was lost on purpose was never asked."""
        lost = {request for request, why in self.undelivered.items() if why == "lost"}
        found = (self._ask(seen) for seen in self.record)
        return tuple(ask for ask in found if ask is not None and ask.request not in lost)

    @cached_property
    def still_standing(self) -> tuple[Told, ...]:
        """What Twitch would not show once more, because the very same words stood in the chat already."""
        bots = {seen["author"] for seen in self.bot_lines()}
        return tuple(
            told
            for seen in self.record
            if seen["kind"] == "refused"
            and seen["data"].get("reason") == "msg_duplicate"
            and seen["author"] in bots
            for told in self.told_in_chat(seen)
        )

    @cached_property
    def undelivered(self) -> dict[str, str]:
        """By request: why no program was told of a line that stands in the chat."""
        return {
            f"twitch:{seen['data'].get('message_id')}": str(seen["data"].get("why", ""))
            for seen in self.record
            if seen["kind"] == "undelivered"
        }

    @cached_property
    def troubles(self) -> tuple[Trouble, ...]:
        """What was to go wrong on purpose, in order."""
        return troubles_of(self.record)

    @cached_property
    def struck(self) -> tuple[Trouble, ...]:
        """What did go wrong: some faults cannot strike everywhere."""
        return tuple(trouble for trouble in self.troubles if not trouble.skipped)

    def on_stage(self, at: int) -> int:
        """An instant of the ledger on the stage's clock: the bot's own may have been set meanwhile. Set back, the
        ledger's moments stand still until it has caught up, and what comes after comes later."""
        for trouble in self.troubles:
            ahead = round(trouble.by * SECOND)
            passed = at - trouble.begins_at
            if (ahead > 0 and passed >= ahead) or (ahead < 0 and passed > 0):
                at -= ahead
        return at

    def in_trouble(self, ask: Ask) -> bool:
        """Whether a fault leaves it open what became of this claim."""
        return any(
            trouble.strikes(ask.who[0])
            # A clock that was moved stays wrong.
            and (trouble.disturbs(ask.at) or (trouble.name == "clock-moved" and ask.at > trouble.ends_at))
            for trouble in self.struck
        )

    def in_disk_trouble(self, ask: Ask) -> bool:
        """Whether the ledger may have taken nothing when this was asked."""
        return any(trouble.where == "disk" and trouble.disturbs(ask.at) for trouble in self.struck)

    def cut_off(self, request: str, at: int) -> bool:
        """Whether what was sent to the bot just before its end, or into a dead connection, was never read."""
        return request not in self.outcomes and any(begin <= at <= end for begin, end in self._unread)

    @cached_property
    def _unread(self) -> tuple[tuple[int, int], ...]:
        return unread_spans(self.struck, self.record, self.outcomes)

    def restarted_between(self, begin: int, end: int) -> bool:
        """Whether the bot lost what it had in mind in this time: it may then say once more what it had said."""
        restarts = (trouble for trouble in self.struck if trouble.is_restart)
        return any(begin <= trouble.ends_at and trouble.begins_at <= end for trouble in restarts)

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """In the order in which it was seen."""
        return tuple(
            replace(told, line=line) for line, seen in enumerate(self.record, 1) for told in self._told(seen)
        )

    @cached_property
    def outcomes(self) -> dict[str, OutcomeRow]:
        return {outcome.request: outcome for outcome in self.ledger.outcomes}

    @cached_property
    def granted(self) -> dict[str, list[tuple[int, Who]]]:
        """By drop: every number the entries give away and do not take back, and to whom."""
        found: defaultdict[str, list[tuple[int, Who]]] = defaultdict(list)
        for entry in self.ledger.entries:
            if entry.kind == "unit.granted":
                secret = entry.secret
                who = (str(secret.get("platform", "")), str(secret.get("user", "")))
                found[entry.drop].append((int(entry.public.get("number", 0)), who))
            elif entry.kind == "unit.voided":
                left = [(number, who) for number, who in found[entry.drop] if number != entry.public.get("number")]
                found[entry.drop] = left
        return dict(found)

    @cached_property
    def polls(self) -> tuple[JudgedPoll, ...]:
        """In the order in which they were opened."""
        return polls_of(self.ledger.entries)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Which accounts count as one person, in the order in which they were linked."""
        return links_of(self.ledger.entries)

    def person(self, who: Who) -> frozenset[Who]:
        """All accounts that were ever one person with this one, itself among them."""
        return self._persons.get(who) or frozenset((who,))

    @cached_property
    def _persons(self) -> dict[Who, frozenset[Who]]:
        linked = {who for link in self.links for who in link.accounts}
        return {who: together(self.links, who, since=0) for who in linked}

    @cached_property
    def linking(self) -> dict[Who, list[int]]:
        """When somebody typed in chat what links two accounts."""
        found: defaultdict[Who, list[int]] = defaultdict(list)
        for seen in self.record:
            if seen["kind"] == "chat" and typed(seen["text"]).split(" ")[0] in self.link_words:
                found[_who(seen)].append(seen["at"])
        return dict(found)

    @cached_property
    def standings(self) -> Standings:
        """What the platforms knew of everybody."""
        return Standings(self.record)

    @cached_property
    def kept_waiting(self) -> tuple[Waited, ...]:
        """Claims that were answered for the first time before they were decided."""
        if not any(drop.early for drop in self.drops):
            return ()
        by_person: defaultdict[Who, list[Told]] = defaultdict(list)
        for told in self.told:
            by_person[told.who].append(told)
        found = []
        for ask in self.asks:
            outcome = self.outcomes.get(ask.request)
            if outcome is None or outcome.kind not in ("claim.granted", "claim.refused"):
                continue
            decided_at = self.on_stage(outcome.at)
            first = next((told for told in by_person[ask.who] if _is_about(told, ask)), None)
            if first is not None and first.at < decided_at:
                found.append(Waited(ask, first, decided_at))
        return tuple(found)

    @cached_property
    def posted(self) -> dict[str, SeenLine]:
        """Lines of chat and messages by their id, as the record has them."""
        return {
            str(seen["data"]["message_id"]): seen
            for seen in self.record
            if seen["kind"] in ("chat", "message") and seen["data"].get("message_id")
        }

    def bot_lines(self) -> Iterable[SeenLine]:
        return (seen for seen in self.record if seen["kind"] == "chat" and seen["data"].get("bot"))

    def name(self, who: Who) -> str:
        return f"{self.names.get(who, who[1])} ({who[0]})"

    def drop(self, key: str) -> JudgedDrop | None:
        return next((drop for drop in self.drops if drop.key == key), None)

    @cached_property
    def _twitch_people(self) -> dict[str, Who]:
        people: dict[str, Who] = {}
        for seen in self.record:
            if platform_of(seen) == "twitch" and seen["kind"] in ("joined", "chat") and not seen["data"].get("bot"):
                who = ("twitch", seen["author"])
                people[same(seen["name"])] = people[same(seen["data"].get("login", seen["name"]))] = who
        return people

    def _ask(self, seen: SeenLine) -> Ask | None:
        kind, data, text = seen["kind"], seen["data"], seen["text"]
        if kind == "chat" and not data.get("bot") and not data.get("shared_from"):  # a guest's chat is not ours
            if (named := typed_claim(text, self.claim_words)) is None:
                return None
            plain = visible(text).strip().isascii() or visible(text).startswith("!")
            request = f"twitch:{data['message_id']}"
            heard = request not in self.undelivered and not self.cut_off(request, seen["at"])
            return Ask(request, _who(seen), self._meant(named), seen["at"], text, plain, heard)
        if claims_on_discord(seen):
            if kind == "press":
                drop = str(data["custom_id"]).rpartition(":")[2]
            else:
                drop = self._meant(typed(str(data.get("options", {}).get("drop", ""))))
            return Ask(f"discord:{data['interaction_id']}", _who(seen), drop, seen["at"], text)
        return None

    def _meant(self, words: str) -> str:
        """The drop that was named without a doubt; without a name, the only one there is."""
        if not words:
            return self.drops[0].key if len(self.drops) == 1 else ""
        exact = [drop.key for drop in self.drops if words in (drop.key, typed(drop.title))]
        return exact[0] if len(exact) == 1 else ""

    def _told(self, seen: SeenLine) -> Iterable[Told]:
        if seen["kind"] == "chat" and seen["data"].get("bot"):
            yield from self.told_in_chat(seen)
        elif seen["kind"] == "answer" and seen["visible_to"]:
            if seen["data"].get("interaction_id") in self._steering:
                return
            request = f"discord:{seen['data'].get('interaction_id', '')}"
            for heard in _together(listen(seen["text"], self.titles, private=True)):
                who = ("discord", seen["visible_to"])
                yield Told(who, heard.drop, heard.numbers, seen["at"], seen["text"], request)
        elif seen["kind"] == "message" and seen["data"].get("message_id") not in self._news_cards:
            yield from self._told_on_board(seen)

    def told_in_chat(self, seen: SeenLine) -> Iterable[Told]:
        """Who is named by a line of chat, whether it stands there or Twitch refused it."""
        for heard in _together(listen(seen["text"], self.titles)):
            who = self._twitch_people.get(heard.name, ("twitch", f"@{heard.name}"))
            yield Told(who, heard.drop, heard.numbers, seen["at"], seen["text"])

    def _told_on_board(self, seen: SeenLine) -> Iterable[Told]:
        """Winners whose private answer was lost are named on the board, without a mention."""
        for heard in listen_for(self._discord_people, seen["text"], self.titles):
            namesakes = self._discord_people[heard.name]
            for number in heard.numbers:
                # Several members may go by one name: a number that one of them holds was told to that one.
                holders = (who for held, who in self.granted.get(heard.drop, []) if held == number)
                who = next((who for who in holders if who in namesakes), namesakes[-1])
                yield Told(who, heard.drop, (number,), seen["at"], seen["text"])

    @cached_property
    def _steering(self) -> set[str]:
        """The acts of moderators on Discord; nobody is told a number of their own in answer to these."""
        return {seen["data"]["interaction_id"] for seen in self.record if steers_on_discord(seen)}

    @cached_property
    def _news_cards(self) -> set[str]:
        return {row.reference for row in self.ledger.news}

    @cached_property
    def _discord_people(self) -> dict[str, tuple[Who, ...]]:
        people: defaultdict[str, tuple[Who, ...]] = defaultdict(tuple)
        for who, name in self.names.items():
            if who[0] == "discord":
                people[same(name)] += (who,)
        return dict(people)


def _is_about(told: Told, ask: Ask) -> bool:
    if told.request:
        return told.request == ask.request
    return told.at >= ask.at and (not told.drop or not ask.drop or told.drop == ask.drop)


def _together(heard: list[Heard]) -> list[Heard]:
    """One per name: with its numbers where there are any."""
    with_numbers = [each for each in heard if each.numbers]
    named = {each.name for each in with_numbers}
    rest = dict.fromkeys(each for each in heard if not each.numbers and each.name not in named)
    return [*with_numbers, *rest]


def platform_of(seen: SeenLine) -> str:
    return str(seen["data"].get("platform", seen["platform"]))


def _who(seen: SeenLine) -> Who:
    return platform_of(seen), str(seen["author"])
