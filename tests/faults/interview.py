"""A lean life that only does what it is told: one ledger, one process, and a test that asks it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.lean_child import Orders
from tests.faults.lean_deeds import Deed
from tests.faults.lean_parent import Child
from tests.faults.witness import Witness

DROP = "mug-0"
OPENING = (Deed("plan", "plan", drop=DROP), Deed("open", "open", drop=DROP))
FINAL = ("answered", "gave-up", "failed", "too-fast")
TRY_AGAIN = "try again"
PATIENCE_SECONDS = 60.0


def claims(*names: str) -> tuple[Deed, ...]:
    """Each of these viewers asks for a mug, by one and the same request however often."""
    return tuple(Deed(f"claim:{name}", "claim", name, DROP) for name in names)


class Interview:
    """Asks, and remembers every answer in `witness`."""

    def __init__(self, ledger: Path, child: Child) -> None:
        self.ledger = ledger
        self.witness = Witness()
        self._child = child
        self._heard: deque[dict[str, Any]] = deque()

    def ask(self, *deeds: Deed) -> list[int | str]:
        """All at the same moment. For each the number that was granted, TRY_AGAIN, or the name of the answer."""
        self.begin(*deeds)
        return self.answers(*deeds)

    def begin(self, *deeds: Deed) -> None:
        """Ask and do not wait."""
        self._child.cue(ask=[vars(deed) for deed in deeds])

    def answers(self, *deeds: Deed) -> list[int | str]:
        """Wait for the answers to what was begun."""
        found: dict[str, int | str] = {}
        wanted = {deed.request for deed in deeds}
        for word in self._words():
            if word["word"] in FINAL and word["request"] in wanted:
                found[word["request"]] = _plainly(word)
                if found.keys() == wanted:
                    break
        return [found[deed.request] for deed in deeds]

    def wait_for(self, name: str) -> dict[str, Any]:
        """The next word of that name."""
        return next(word for word in self._words() if word["word"] == name)

    def limit_files(self, bytes_max: int) -> None:
        """None of its files may grow beyond this; -1 ends the limit."""
        self._child.cue(file_bytes_max=bytes_max)
        self.wait_for("limited")

    def go_on(self) -> None:
        """Have it try once more what it has given up."""
        self._child.cue()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._child.kill()
        self._child.buried()

    def end(self) -> None:
        """Let it close the ledger."""
        self._child.cue(end=True)
        self.wait_for("closed")
        assert self._child.buried() == 0

    def nothing_is_wrong(self) -> None:
        """What it has answered is what is in the file."""
        faults = self.witness.check(self.ledger)
        assert not faults, "\n".join(faults)

    def _words(self) -> Iterator[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            # Whoever stops listening leaves what was said meanwhile to the next one.
            self._heard += self._child.hear(0.0 if self._heard else deadline - time.monotonic())
            while self._heard:
                word = self._heard.popleft()
                self.witness.hear(word)
                yield word
        raise TimeoutError(f"nothing came for {PATIENCE_SECONDS:.0f} seconds:\n{self._child.log.read_text()}")


def _plainly(word: dict[str, Any]) -> int | str:
    if word["word"] == "answered":
        number: int = word["decision"].get("number", 0)
        return number if word["kind"] == "claim.granted" else word["kind"]
    return TRY_AGAIN if word["word"] == "gave-up" else word["word"]


@contextmanager
def interview(ledger: Path, log: Path, *, born: bool = True, **orders: Any) -> Iterator[Interview]:
    """Bring the life forth, and with `born` wait for it; whatever happens, it ends with the test."""
    child = Child.spawned(Orders(str(ledger), silent=True, **orders), log)
    try:
        asked = Interview(ledger, child)
        if born:
            asked.wait_for("born")
        yield asked
    finally:
        child.kill()
        child.buried()
