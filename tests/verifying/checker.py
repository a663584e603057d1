"""Somebody who checks results with the page in a browser."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from tests.rehearsal.page.browser import Visitor

# Gives each file to the function behind the page, and hands back what it came to.
_CHECK = """
const [inputs, seen, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
(async () => {
  const answers = [];
  for (const input of inputs) {
    const a = await microdrops.check(bytes(input), { seen }), { story } = a;
    answers.push({ verdict: a.verdict, entry: a.entry, reason: a.reason, against: a.against, why: a.why ?? "",
      hidden: a.hidden, before: a.before, signed_late: a.signedLate, told: a.told,
      units: story && [...story.units].map(([number, u]) => [number, u.how, u.holder, u.at, u.entry]),
      lost: story && [...story.gone], left: story?.plan && story.left, state: story?.state,
      notes: a.notes?.map((note) => [note.size, note.root, note.short]),
      keys: a.keys?.map((key) => [key.number, key.key.text, key.why]) });
  }
  done(answers);
})();
"""

Answer = dict[str, Any]


class Checker(Visitor):
    """A visitor of verify.html."""

    def load(self) -> None:
        """Open the page anew, from the disk."""
        with as_file(files("bot.verifying") / "verify.html") as page:
            self.chrome.get(page.as_uri())

    @contextmanager
    def loaded_after(self, script: str) -> Iterator[None]:
        """The page in a browser that is made different before the page's own script runs."""
        added = self.chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        try:
            self.load()
            yield
        finally:
            self.chrome.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    def answers(self, inputs: Sequence[bytes], seen: str = "") -> list[Answer]:
        """What the page finds of each of these files, without showing it."""
        encoded = [base64.b64encode(each).decode() for each in inputs]
        return list(self.chrome.execute_async_script(_CHECK, encoded, seen))

    def answer(self, text: str, seen: str = "") -> Answer:
        return self.answers([text.encode()], seen)[0]

    def choose(self, path: Path) -> None:
        """Give the page a file, as a person does, and wait for what it says."""
        self.run("document.getElementById('outcome').replaceChildren()")
        self.one("#file").send_keys(str(path))
        self.until(lambda: self.all(".verdict"), "the verdict")

    def paste(self, text: str) -> None:
        """Give the page a text, and wait for what it says."""
        script = (
            "document.getElementById('pasting').open = true; document.getElementById('text').value = arguments[0]"
        )
        self.run(script, text)
        self.run("document.getElementById('outcome').replaceChildren()")
        self.one("#form button").click()
        self.until(lambda: self.all(".verdict"), "the verdict")

    @property
    def verdict(self) -> str:
        """The words of the verdict alone."""
        return self.one("#verdict").text.partition("\n")[2]

    @property
    def kind(self) -> str:
        """Which of the three it looks like."""
        return str(self.one(".verdict").get_attribute("class")).removeprefix("verdict ")
