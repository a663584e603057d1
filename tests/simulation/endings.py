"""What must hold at the end of an evening, and already whenever the bot has started anew."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimChecking, ClaimDrop, ClaimGranted
from bot.domain.voting import VoteChecking
from bot.rehearsal.hearing import listen, visible
from bot.storage.outcomes import from_bytes
from bot.storage.rebuild import differences
from tests.simulation.life import CHANNEL_ID
from tests.simulation.platforms import CLOCKS_APART_MAX
from tests.simulation.polls.endings import polls_hold
from tests.simulation.polls.story import TITLES
from tests.simulation.seen import Heard
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.evening import Evening

_EVERYWHERE = ("twitch:chat", "discord:announcements")
_ON_THE_BOARD = re.compile(r"([a-z0-9_.]+) #(\d+)")


def answers_stand(evening: Evening) -> None:
    """Every answer that anybody was given is in the ledger, word for word. Raises Violation."""
    rows = evening.watcher.query("SELECT request_id, kind, decision FROM outcome")
    stored = {request: (kind, raw) for request, kind, raw in rows}
    seen = evening.people.seen
    for asked in (*seen.claims.values(), *seen.deeds.values(), *seen.votes.values(), *seen.polls.values()):
        if asked.answer is None or isinstance(asked.answer, ClaimChecking | VoteChecking):
            # That somebody is being looked up is no answer, and need not be kept.
            continue
        kept = stored.get(asked.request)
        if kept is None:
            raise Violation(
                "an answer given is kept", f"{asked.request} was told {asked.answer}, the ledger has none"
            )
        if from_bytes(*kept) != asked.answer:
            raise Violation("an answer given is kept", f"{asked.request} was told {asked.answer}, kept is {kept}")
    if seen.contradictions:
        raise Violation("the same request, the same answer", seen.contradictions[0])


async def requests_again(evening: Evening) -> None:
    """Ask some of what was answered once more: every answer is the same. Raises Violation."""
    assert evening.life is not None
    answered = [asked for asked in evening.people.seen.claims.values() if asked.answer is not None]
    dice = evening.chance.dice("asked again at the end")
    for asked in dice.sample(answered, min(15, len(answered))):
        who = next(each for each in evening.everybody() if evening.people.key(each) == asked.who)
        try:
            again = await evening.life.lane.submit(ClaimDrop(CHANNEL_ID, asked.request, who, asked.wanted))
        except TryAgain:
            raise Violation("the ledger works again", "a healed ledger refuses a request") from None
        evening.people.seen.told(asked, again.decision, evening.loop.now)


def still_waiting(evening: Evening) -> str:
    """What somebody waits for, in words; "" when everybody has heard everything."""
    if evening.life is None or not evening.life.ready:
        return "the bot is not running"
    news = evening.watcher.query("SELECT place, kind, drop_key FROM outbox WHERE done_at IS NULL LIMIT 1")
    if news:
        return f"news that nobody was told: {news[0]}"
    unsaid = evening.world.refused_lines
    for request, platform, user, kind, key in evening.watcher.query(
        "SELECT request_id, platform, user_id, kind, drop_key FROM outcome "
        "WHERE told_at IS NULL AND kind LIKE 'claim.%'"
    ):
        if kind == "claim.checking" and _stands_still(evening, key):
            continue  # it is judged when the drop goes on, or is over
        if platform == "discord" and kind != "claim.granted":
            continue  # nothing can be said to one person there once a press has expired; it is pressed again
        names = [name for name, who in evening.names.items() if who.user_id == user]
        if any(f"@{name}" in line for line in unsaid for name in names):
            continue  # chat will not have it; the moderators' card names them
        return f"{request} ({names[0]}) was never answered: {kind}"
    return ""


def _stands_still(evening: Evening, key: str) -> bool:
    drop = evening.watcher.drops[key]
    return drop.frozen or drop.state == "paused"


def everything_holds(evening: Evening) -> None:
    """All that can be judged only at the end. Raises Violation."""
    answers_stand(evening)
    query = evening.watcher.query
    with evening.bench.reading.connect() as connection:
        for fault in differences(connection, CHANNEL_ID):
            raise Violation("tables are what the entries say", fault)
    if query("PRAGMA integrity_check") != [("ok",)] or query("PRAGMA foreign_key_check"):
        raise Violation("the file is sound", str(query("PRAGMA integrity_check")))
    _nothing_unsaid(evening)
    _said_is_said(evening)
    _in_order(evening)
    _winners_heard(evening)
    _what_was_heard(evening)
    polls_hold(evening)


def _nothing_unsaid(evening: Evening) -> None:
    """Whatever everybody should hear had its row for each place, and no row came from nowhere."""
    due = Counter((kind, key, at, place) for kind, key, at in evening.watcher.news_due for place in _EVERYWHERE)
    rows = evening.watcher.query(
        "SELECT kind, drop_key, created_at, place FROM outbox "
        "WHERE kind != 'nearly-gone' AND place != 'discord:moderators'"
    )
    found = Counter(rows)
    if due != found:
        raise Violation("no news is lost", f"missing {dict(due - found)}, too many {dict(found - due)}")


def _said_is_said(evening: Evening) -> None:
    """What the outbox calls sent stands in its place; what it skipped had a reason."""
    lines = {line.id for line in evening.world.lines}
    posts = {post.id: post for post in evening.world.posts}
    rows = evening.watcher.query(
        "SELECT id, place, kind, result, reference, priority, expires_at, done_at FROM outbox ORDER BY id"
    )
    for news, place, kind, result, reference, priority, expires_at, done_at in rows:
        if result == "skipped":
            if priority != 2 and (expires_at is None or done_at < expires_at - 5_000_000):
                raise Violation("no news is lost", f"news {news} ({kind}, {place}) was skipped for no reason")
        elif result == "sent" and reference and reference not in (lines if place == "twitch:chat" else posts):
            raise Violation("what is noted as sent was sent", f"news {news} ({kind}, {place}): {reference}")
        elif result == "sent" and not reference and place != "twitch:chat":
            raise Violation("what is noted as sent was sent", f"news {news} ({kind}, {place}): nothing")
        elif result not in ("sent", "skipped") and not result.startswith("refused"):
            raise Violation("no news is lost", f"news {news} ({kind}, {place}) came to {result!r}")
        evening.counts[f"news: {kind} {result.partition(':')[0]}"] += 1
    # Who is still without an answer changes by the minute: a repair's second card is another card.
    repairs = {reference for _, _, kind, _, reference, *_ in rows if kind == "repair"}
    changing = {posts[reference].nonce for reference in repairs if reference in posts}
    twice = Counter(post.nonce for post in posts.values() if post.nonce.startswith("md-"))
    for nonce, times in twice.items():
        # Discord is searched by our clock: one that was more than a minute ahead may have missed a card.
        if times > 1 and nonce not in changing and evening.clock.most_ahead <= CLOCKS_APART_MAX:
            raise Violation("exactly once where the platform allows it", f"{nonce} was posted {times} times")


def _in_order(evening: Evening) -> None:
    """What changes a window is told in the order in which it happened."""
    posts = {post.id: post.at for post in evening.world.posts}
    at = {line.id: line.at for line in evening.world.lines} | posts
    rows = evening.watcher.query(
        "SELECT id, place, reference FROM outbox WHERE result = 'sent' AND reference != '' AND priority = 0 "
        "AND kind != 'repair' ORDER BY place, id"
    )
    last: dict[str, tuple[int, int]] = {}
    for news, place, reference in rows:
        before = last.get(place)
        if before is not None and before[1] > at[reference]:
            raise Violation("news in order", f"{place}: news {before[0]} was said after news {news}")
        last[place] = (news, at[reference])


def _winners_heard(evening: Evening) -> None:
    """Whoever the ledger calls told of a unit has really been told of it, by name and number."""
    heard = {(each.who, each.drop, each.number) for each in listened(evening)}
    rows: list[Any] = evening.watcher.query(
        "SELECT request_id, platform, user_id, decision FROM outcome "
        "WHERE kind = 'claim.granted' AND told_at IS NOT NULL"
    )
    for request, platform, user, raw in rows:
        granted: ClaimGranted = from_bytes("claim.granted", raw)
        if platform == "discord" and request in evening.people.told_privately:
            continue
        if (f"{platform}:{user}", granted.drop, granted.number) not in heard:
            number = f"{granted.drop} #{granted.number}"
            raise Violation("told means told", f"{request}: nobody has told {user} of {number}")


def _what_was_heard(evening: Evening) -> None:
    evening.people.seen.heard += listened(evening)


def listened(evening: Evening) -> list[Heard]:
    """Everybody's numbers as they were said in public."""
    titles = {_title(key): key for key in evening.people.seen.rules}
    found = []
    for line in evening.world.lines:
        for each in listen(line.text, titles):
            who = evening.names.get(each.name)
            if who is not None:
                found += [Heard(line.at, evening.people.key(who), each.drop, number) for number in each.numbers]
    for post in evening.world.posts:
        if post.nonce.startswith("late-"):
            drop = next(key for title, key in titles.items() if title in post.first.text)
            for name, number in _ON_THE_BOARD.findall(visible(post.first.text)):
                who = evening.names[name]
                found.append(Heard(post.at, evening.people.key(who), drop, int(number)))
    return found


def _title(key: str) -> str:
    """What a drop of the evening is called."""
    return TITLES.get(key) or f"Teal {key.removeprefix('teal-').capitalize()}"
