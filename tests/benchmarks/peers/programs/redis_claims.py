"""A claim as a script inside Redis, asked for by fifty clients; `appendfsync always` makes every answer durable."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import redis
from clients import CLIENTS, CLOSED_DROP, OPEN_DROP, all_at_once, check_rules
from redis.asyncio import Redis
from rounds import Played, serve

CLAIM = Path(__file__).with_name("claim.lua").read_text("utf-8")
HOUR = 3_600_000_000


async def main(port: int) -> None:
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(Redis(host="127.0.0.1", port=port, single_connection_client=True))
            for _ in range(CLIENTS)
        ]
        first = clients[0]
        claim = first.register_script(CLAIM)
        version = (await first.info("server"))["redis_version"]
        settings = await first.config_get("append*")
        if settings["appendonly"] != "yes" or settings["appendfsync"] != "always":
            raise RuntimeError("this Redis would answer before the claim is on the disk")
        # Each connection made and the script known to the server before any clock runs.
        await asyncio.gather(*(client.ping() for client in clients))
        await first.script_load(CLAIM)

        async def plan(drop: int, supply: int, closes_in: int = HOUR) -> None:
            now = time.time_ns() // 1_000
            facts = {"opens_at": now - HOUR, "closes_at": now + closes_in, "supply": supply, "claimed": 0}
            await first.hset(f"drop:{drop}", mapping=facts)

        async def ask(client: Redis, drop: int, person: str) -> int:
            return int(await client.evalsha(claim.sha, 2, f"drop:{drop}", f"holders:{drop}", person))

        async def play(turn: int, people: list[str]) -> Played:
            await plan(turn, len(people))
            seconds, answered = await all_at_once(clients, people, lambda client, each: ask(client, turn, each))
            holders = await first.hgetall(f"holders:{turn}")
            return Played(seconds, answered, [(name.decode(), int(number)) for name, number in holders.items()])

        await plan(OPEN_DROP, 2)
        await plan(CLOSED_DROP, 2, closes_in=0)
        await check_rules(lambda drop, person: ask(first, drop, person))
        await serve(f"Redis {version}, redis-py {redis.__version__}", play)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
