"""Evenings that end in a file for strangers: one in which much happens, and one with many claims."""

from __future__ import annotations

from bot.domain.bundle_check import check_bundle
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.domain.transparency import KeyChange
from tests.conftest import NOON
from tests.small_log import SmallLog, proof_of, verify


def long_evening() -> SmallLog:
    """Hidden plans, another drop, a pause, gifts, a repair, two new keys, and a drop that closes twice."""
    log = SmallLog()
    log.plan("secret")
    log.open("mug", supply=8, held_back=2)
    log.claim(1)
    log.plan("other-secret")
    log.open("cap", supply=3)
    log.claim(1, key="cap")
    log.claim(2)
    log.tell("drop.paused", why="moderator")
    log.new_key(KeyChange.ROTATED)
    closes_at = log.at + 20 * MINUTE
    log.tell("drop.resumed", closes_at=closes_at, added=5 * MINUTE)
    log.claim(3, how="hand")
    log.tell("unit.voided", number=3, how="hand", why="undone")
    log.claim(3)
    log.tell("drop.frozen", why="restored", since=log.at)
    log.tell("unit.lost", number=4, why="restored")
    log.tell("drop.thawed", lost=[[4, 4]], last_public=4, added=0, closes_at=closes_at)
    log.claim(5)
    log.claim(6)
    log.tell("drop.extended", closes_at=closes_at + MINUTE, minutes=1)
    log.new_key(KeyChange.LOST)
    log.close()
    log.tell("drop.reopened", closes_at=closes_at + MINUTE)
    log.close()
    return log


def mug_evening() -> SmallLog:
    """What a drop is like when all goes well: 48 mugs, one of them given by hand, beside a secret."""
    log = SmallLog()
    log.at = NOON - HOUR
    log.announce(supply=48, held_back=1)
    log.plan("secret")
    log.at = NOON
    log.tell("drop.opened", closes_at=NOON + 15 * MINUTE, late=False, after=0)
    for number in range(1, 48):
        log.claim(number, after=SECOND + number * 13_000)
    log.claim(48, how="hand", after=40 * SECOND)
    log.tell("drop.closed", why="moderator", late=False, after=20 * SECOND)
    return log


def sold_out_evening(claims: int) -> SmallLog:
    """A mug whose every unit is claimed within a few seconds."""
    log = SmallLog()
    log.open(supply=claims)
    for number in range(1, claims + 1):
        log.claim(number, after=1_000)
    log.close()
    return log


def last_proof(log: SmallLog, grant: int) -> str:
    """The proof of the grant with this entry number, against the last checkpoint."""
    return proof_of(log, grant, max(log.notes))


def seen_at(log: SmallLog, size: int) -> str:
    """What ended the line of chat at this checkpoint."""
    (found,) = (each for each in check_bundle(log.bundle(), verify).checkpoints if each.size == size)
    return f"{size} {found.fingerprint}"
