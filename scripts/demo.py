"""The demo: readings to charts, nominees, audit, tally, certificate and pages, with the time that each step took.

python scripts/demo.py        what `make demo` runs
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SEASON = "examples/top-social-artist-2018"
STEPS = (["simulate"], ["run", "--no-site"], ["verify"], ["publish"])


def main() -> None:
    """Run the commands; stop at the first that fails, with its exit code."""
    plaudit = Path(sys.executable).with_name("plaudit")
    began = time.monotonic()
    for number, words in enumerate(STEPS, start=1):
        shown = " ".join(["plaudit", *words, SEASON])
        print(f"== {number} of {len(STEPS)}: {shown}", flush=True)  # noqa: T201
        since = time.monotonic()
        done = subprocess.run([plaudit, *words, SEASON], check=False)  # noqa: S603 - our own command
        if done.returncode:
            sys.exit(done.returncode)
        print(f"   took {time.monotonic() - since:.0f} s", flush=True)  # noqa: T201
    print(f"== all of it took {time.monotonic() - began:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
