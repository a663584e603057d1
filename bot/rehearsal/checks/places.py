"""Announcements, pings and the tone in chat: what everybody saw."""

from __future__ import annotations

from collections import Counter

from bot.rehearsal.evidence import Case, JudgedDrop, Told, Who
from bot.rehearsal.figures.budget import TWITCH_LINES, TWITCH_LINES_AS_MODERATOR, TWITCH_SECONDS, peak
from bot.rehearsal.ledger import NewsRow
from bot.rehearsal.moments import SECOND
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.rehearsal.trouble import never_calm
from bot.stage.record import SeenLine

_KINDS = ("announced", "opened", "closed")
_CHAT, _CARDS = "twitch:chat", "discord:announcements"
_JITTER = 500_000
_TALK = 5 * SECOND


def announced(case: Case) -> Promise:
    """The ledger says which message carried which news; the record says whether it was there."""
    broken = []
    for place, there, messages in (
        (_CHAT, case.twitch, _lines(case)),
        (_CARDS, case.discord, _cards(case)),
    ):
        for drop in case.drops if there else ():
            for kind in _kinds(case, drop):
                told = (place, kind, drop.key)
                rows = [row for row in case.ledger.news if (row.place, row.kind, row.drop) == told]
                sent = [row for row in rows if row.result == "sent" and row.reference in messages]
                if not sent and not any(_had_no_moment(case, row) for row in rows):
                    broken.append(f"{drop.title}: that it is {kind} never reached {place}.")
                # What a moderator took back, an opening or a close, may come once more.
                if place == _CARDS and len(sent) > max(1, _times(case, drop, kind)):
                    broken.append(f"{drop.title}: that it is {kind} was posted {len(sent)} times.")
    broken += _unaccounted(case)
    sentence = "Every announcement reaches each place; on Discord exactly once."
    return judged("announced", sentence, broken, f"{len(_cards(case))} cards, {len(_lines(case))} lines of chat")


def _had_no_moment(case: Case, row: NewsRow) -> bool:
    """Whether this was left out because the drop was over before the place, and the bot, had come to rest: nobody
    is told to claim what is closed."""
    closed = (
        case.on_stage(entry.at)
        for entry in case.ledger.entries
        if entry.drop == row.drop and entry.kind == "drop.closed" and entry.at >= row.created_at
    )
    over_at = next(closed, None)
    if over_at is None or row.result != "skipped" or row.kind not in ("opened", "public"):
        return False
    return never_calm(case.struck, row.place.partition(":")[0], case.on_stage(row.created_at), over_at)


def _times(case: Case, drop: JudgedDrop, kind: str) -> int:
    return sum(entry.drop == drop.key and entry.kind == f"drop.{kind}" for entry in case.ledger.entries)


def _kinds(case: Case, drop: JudgedDrop) -> tuple[str, ...]:
    """What is to be told of a drop; one that nobody opened, or that waited in vain for its stream, never opens."""
    entered = {entry.kind for entry in case.ledger.entries if entry.drop == drop.key}
    waits_for_somebody = drop.opens_at is None or "drop.postponed" in entered or "drop.cancelled" in entered
    never = waits_for_somebody and "drop.opened" not in entered
    left_out = {"opened", "closed"} if never else {"closed"} if "drop.cancelled" in entered else set()
    # Everybody is told that they may claim now; an early window that sells out, or is closed, ends without it.
    to_everybody = ("public",) if "drop.public" in entered else ()
    return tuple(kind for kind in (*_KINDS, *to_everybody) if kind not in left_out)


def _unaccounted(case: Case) -> list[str]:
    """Cards that the ledger knows nothing of, or that say the same again."""
    known = {row.reference for row in case.ledger.news}
    cards = _cards(case)
    # A winner whose private answer was lost is named on a card of their own.
    late_answers = {told.text for told in case.told if told.who[0] == "discord" and not told.request}
    strange = [
        f"A card that the ledger does not know: “{_first(card)}”"
        for key, card in cards.items()
        if key not in known and card["text"] not in late_answers
    ]
    repeats = Counter(card["text"] for card in cards.values())
    return strange + [f"A card came {count} times: “{text[:60]}”" for text, count in repeats.items() if count > 1]


def _first(card: SeenLine) -> str:
    return str(card["text"])[:60].replace("\n", " / ")


def _lines(case: Case) -> dict[str, SeenLine]:
    return {str(seen["data"]["message_id"]): seen for seen in case.bot_lines()}


def _cards(case: Case) -> dict[str, SeenLine]:
    return {
        str(seen["data"]["message_id"]): seen
        for seen in case.record
        if seen["kind"] == "message" and seen["place"] == "discord:#announcements"
    }


def pings(case: Case) -> Promise:
    sentence = "Nobody is pinged but those who asked for the reminder role."
    if not case.discord:
        return unchecked("pings", sentence, "There is no Discord in this configuration.")
    broken, allowed = [], 0
    for seen in case.record:
        if seen["kind"] == "ping":
            data = seen["data"]
            others = [role for role in data["roles"] if role != case.reminder_role]
            if others or data["users"] or data["everyone"]:
                broken.append(f"In {seen['place']}: {seen['text']}")
            allowed += 1
    return judged("pings", sentence, broken, f"{allowed} pings, all of the reminder role")


def seldom(case: Case) -> Promise:
    """At most one answer per person and gap, unless it brings a number they had not been told before. Linking two
    accounts is a talk of its own: a code is used up by being typed, so its typist must hear what came of it."""
    sentence = f"Nobody is answered more than once in {case.answer_gap // SECOND} s in chat, unless they win."
    last: dict[Who, int] = {}
    heard: dict[tuple[Who, str, int], int] = {}
    broken = []
    for told in case.told:
        if told.who[0] != "twitch" or (not told.drop and _was_linking(case, told)):
            continue
        keys = [(told.who, told.drop, number) for number in told.numbers]
        # A restart forgets whom it has answered: better twice than never.
        said_at = [heard[key] for key in keys if key in heard]
        excused = (
            len(said_at) < len(keys)
            or _waited_for_it(case, told)
            or any(case.restarted_between(at, told.at) for at in said_at)
        )
        heard |= dict.fromkeys(keys, told.at)
        before = last.get(told.who)
        soon = before is not None and told.at != before and told.at - before < case.answer_gap - _JITTER
        if before is not None and soon and not excused and not case.restarted_between(before, told.at):
            seconds = (told.at - before) / SECOND
            broken.append(f"{case.name(told.who)} was answered twice in {seconds:.1f} s (line {told.line}).")
        last[told.who] = told.at
    return judged("seldom", sentence, broken, f"{len(last)} people answered in chat")


def _was_linking(case: Case, told: Told) -> bool:
    return any(told.at - _TALK <= at <= told.at for at in case.linking.get(told.who, ()))


def _waited_for_it(case: Case, told: Told) -> bool:
    """Whether this tells how it ended to somebody who was told to wait."""
    return any(
        each.ask.who == told.who and each.told.at < each.decided_at <= told.at <= each.decided_at + case.answer_gap
        for each in case.kept_waiting
    )


def budget(case: Case) -> Promise:
    """What Twitch would have refused, and how close the bot came to it."""
    sentence = "The bot stays within Twitch's send budget."
    if not case.twitch:
        return unchecked("budget", sentence, "There is no Twitch in this configuration.")
    bots = {seen["author"] for seen in case.bot_lines()}
    refused = [
        seen
        for seen in case.record
        if seen["platform"] == "twitch" and seen["kind"] == "refused" and seen["author"] in bots
    ]
    broken = [
        f"Twitch refused a line ({seen['data'].get('reason')}): “{seen['text'][:60]}”"
        for seen in refused
        if not _said_before_the_fault(case, seen)
    ]
    most, _ = peak((seen["at"] for seen in case.bot_lines()), TWITCH_SECONDS)
    if most > TWITCH_LINES_AS_MODERATOR:
        broken.append(f"{most} lines in 30 s.")
    counted = (
        f"at most {most} lines in 30 s; {TWITCH_LINES} are allowed, {TWITCH_LINES_AS_MODERATOR} to a moderator"
    )
    return judged("budget", sentence, broken, counted)


def _said_before_the_fault(case: Case, refused: SeenLine) -> bool:
    """Whether the bot could not know that the same words stand there: it had been killed, or had got no answer."""
    since = refused["at"] - TWITCH_SECONDS * SECOND
    return refused["data"].get("reason") == "msg_duplicate" and any(
        trouble.begins_at <= refused["at"] and trouble.ends_at >= since
        for trouble in case.struck
        if trouble.is_restart or (trouble.is_outage and trouble.where == "twitch")
    )


def imitated(case: Case) -> Promise:
    asked = Counter(seen["text"] for seen in case.record if seen["kind"] == "not-imitated")
    broken = [
        f"The bot asked for what the stage does not play: {what} ({count} times)" for what, count in asked.items()
    ]
    sentence = "The stage could play everything that the bot asked of it."
    return judged("imitated", sentence, broken, "no unknown request")
