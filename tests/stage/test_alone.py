"""`microdrops stage` tells everything that a client needs to join, and ends when told to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request


def test_the_stage_alone_tells_its_addresses_and_answers_a_stranger():
    command = [sys.executable, "-m", "bot", "stage"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stage:
        try:
            assert stage.stdout is not None
            lines = []
            for line in stage.stdout:
                lines.append(line)
                if line == "}\n":
                    break
            about = json.loads("".join(lines))
            request = urllib.request.Request(
                f"{about['endpoints']['oauth']}/oauth2/validate",
                headers={"Authorization": f"OAuth {about['twitch']['bot']['token']}"},
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert json.load(answer)["login"] == about["twitch"]["bot"]["login"]
        finally:
            stage.send_signal(signal.SIGINT)
            assert stage.wait(10) == 0
