"""What the platforms tell of people, asked over real sockets: there, not there, and gone in mid-window."""

from __future__ import annotations

import sqlite3

import orjson

from bot.domain.time import DAY
from tests.journeys.rig import Evening, drop, evening, local, until

GATES = {
    "tier": "subscriber >= 2",
    "own": "subscriber and not gift",
    "gifted": "gift",
    "sub": "subscriber",
    "founder": "founder",
    "still": "founder and subscriber",
    "vip": "vip",
    "mod": "moderator",
    "old": "follower_days >= 90",
    "follow": "follower",
    "patron": "role:patron",
    "boost": "booster",
    "member": "member_days >= 30",
}
# Who is let in early where, and where not.
TWITCH = {
    "tess": (["tier", "own", "sub"], ["gifted", "founder"]),
    "tom": (["own"], ["tier", "mod"]),
    "gil": (["gifted"], ["own"]),
    "fay": (["founder", "still"], ["vip"]),
    "flo": (["founder"], ["still"]),
    "vic": (["vip"], ["mod"]),
    "mia": (["mod"], ["vip"]),
    "otto": (["old", "follow"], ["sub"]),
    "neo": (["follow"], ["old"]),
    "ned": ([], ["follow", "patron"]),
}
DISCORD = {"pat": (["patron"], ["boost"]), "bea": (["boost"], ["member"]), "meg": (["member"], ["patron"])}
IN, OUT, CHECKING = "claim.granted", "not-entitled", "claim.checking"


def furnish(tonight: Evening) -> None:
    """Make everybody what they are, before the bot is there to be told of it."""
    twitch, discord = tonight.stage.twitch, tonight.stage.discord
    for name, tier, is_gift in (("tess", "2000", False), ("tom", "1000", False), ("gil", "1000", True)):
        twitch.subscribe(tonight.viewer(name), tier, is_gift)
    twitch.subscribe(tonight.viewer("fay"))
    for name in ("fay", "flo"):
        # The badge stays with those who do not subscribe any more.
        tonight.viewer(name).badges.add("founder")
    twitch.subscribe(tonight.viewer("gus"), is_gift=True)
    for name in ("vic", "val"):
        twitch.grant_badge(tonight.viewer(name), "vip")
    twitch.followers[tonight.viewer("otto")] = twitch.clock() - 100 * DAY
    twitch.followers[tonight.viewer("neo")] = twitch.clock() - 3 * DAY
    for name in (*DISCORD, "pia"):
        discord.add_member(name)
    for name in ("pat", "pia"):
        discord.give_role(discord.member(name), discord.roles.named("Patron"))
    discord.boost(discord.member("bea"))
    discord.member("meg").joined_at -= 60 * DAY


def decided(tonight: Evening) -> dict[tuple[str, str], str]:
    """By name and drop: granted, or why not; nothing while somebody is still being checked."""
    with sqlite3.connect(tonight.ledger) as ledger:
        rows = ledger.execute(
            "SELECT name, drop_key, kind, decision FROM outcome WHERE kind LIKE 'claim.%'"
        ).fetchall()
    return {
        (name.casefold(), key): kind if kind == IN else orjson.loads(decision).get("because", kind)
        for name, key, kind, decision in rows
    }


def all_open(tonight: Evening) -> bool:
    with sqlite3.connect(tonight.ledger) as ledger:
        return ledger.execute('SELECT count(*) FROM "drop" WHERE early_open').fetchone() == (len(GATES),)


async def test_every_source_tells_who_is_let_in_and_who_is_not_and_takes_it_back(tmp_path):
    drops = "\n".join(
        drop(
            key,
            title=f"Thing {key}",
            early=gate,
            early_for="9m",
            early_share=40,
            opens=local(545),
            announce=local(-60),
        )
        for key, gate in GATES.items()
    )
    async with evening(tmp_path, drops, start=False) as tonight:
        twitch, discord = tonight.stage.twitch, tonight.stage.discord
        furnish(tonight)
        await tonight.start()
        await until(lambda: all_open(tonight), "all are open")
        wanted: dict[tuple[str, str], str] = {}
        for name, (let_in, not_let_in) in TWITCH.items():
            wanted |= {(name, key): IN for key in let_in} | {(name, key): OUT for key in not_let_in}
            for key in (*let_in, *not_let_in):
                tonight.say(name, f"!claim {key}")
        for name, (let_in, not_let_in) in DISCORD.items():
            wanted |= {(name, key): IN for key in let_in} | {(name, key): OUT for key in not_let_in}
            for key in (*let_in, *not_let_in):
                discord.slash(discord.member(name), "claim", {"drop": key})
        names = {viewer.name.casefold(): name for name, viewer in tonight.viewers.items()}

        def found() -> dict[tuple[str, str], str]:
            return {(names.get(name, name), key): what for (name, key), what in decided(tonight).items()}

        await until(
            lambda: len(found()) == len(wanted) and "claim.checking" not in found().values(), "all are decided"
        )
        assert found() == wanted

        # True when the window opened, and not any more when they ask: a gift that ended, a VIP, a role.
        twitch.end_subscription(tonight.viewer("gus"))
        twitch.remove_badge(tonight.viewer("val"), "vip")
        discord.take_role(discord.member("pia"), discord.roles.named("Patron"))
        tonight.say("gus", "!claim gifted")
        tonight.say("val", "!claim vip")
        discord.slash(discord.member("pia"), "claim", {"drop": "patron"})
        gone = {("gus", "gifted"): OUT, ("val", "vip"): OUT, ("pia", "patron"): OUT}
        await until(lambda: found() == wanted | gone, "who lost it is not let in")
