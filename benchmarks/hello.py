"""How long the command takes to say what there is, beside an empty Python.

    python benchmarks/hello.py [--rounds 10]

The best of the rounds counts: whatever else the machine does only makes it slower. The aim is 0.5 s.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

COMMAND = "from plaudit.cli.main import main; main()"
SAID = {
    "python -c pass": ["-c", "pass"],
    "plaudit --version": ["-c", COMMAND, "--version"],
    "plaudit --help": ["-c", COMMAND, "--help"],
    "plaudit verify --help": ["-c", COMMAND, "verify", "--help"],
    "plaudit rules list": ["-c", COMMAND, "rules", "list"],
    "plaudit rules show": ["-c", COMMAND, "rules", "show", "bbma-2018@1"],
}


def seconds(words: list[str], rounds: int) -> float:
    """Give the shortest time that a command took."""
    taken = []
    for _ in range(rounds):
        since = time.perf_counter()
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
        taken.append(time.perf_counter() - since)
    return min(taken)


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    import typer  # noqa: PLC0415

    is_compiled = "compiled" if Path(typer.__cached__).is_file() else "compiled anew by every process"
    print(f"best of {rounds}, in seconds; Python's modules are {is_compiled}")
    for name, words in SAID.items():
        print(f"{name:<24}{seconds(words, rounds):>8.2f}")


if __name__ == "__main__":
    main()
