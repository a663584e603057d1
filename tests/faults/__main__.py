"""`make faults`: every system call fails, the power is cut everywhere, and planted bugs are found by it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="default: one of the clock's")
    parser.add_argument("--records", type=int, default=10, help="lives whose power is cut")
    options = parser.parse_args()
    seed = str(time.time_ns() % 1_000_000 if options.seed is None else options.seed)
    records = ("--records", str(options.records))
    programs = (("syscalls",), ("power", *records), ("power", "--failing-syncs", *records), ("planted",))
    codes = []
    for name, *arguments in programs:
        command = [sys.executable, "-m", f"tests.faults.{name}", "--seed", seed, *arguments]
        codes.append(subprocess.run(command, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
