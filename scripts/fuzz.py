"""Read damaged files, notes and requests for long, and say what became of them.

python scripts/fuzz.py                          a million inputs, about a quarter of an hour
python scripts/fuzz.py --inputs 50000 --seed 7
python scripts/fuzz.py --only 'artists.toml' --inputs 20000

Each input is a sound example with one to four damages from a seed. It must be read, or refused by an error of
ours; anything else ends the script with the input, to be repeated with the same seed. tests/fuzz does it in short.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fuzz.kinds import fuzz, kinds


def main() -> None:
    """Read the inputs and print a line a kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="the one kind to read")
    asked = parser.parse_args()
    total, began = 0, time.process_time()
    with tempfile.TemporaryDirectory(prefix="plaudit-fuzz-") as scratch:
        chosen = [kind for kind in kinds(Path(scratch)) if asked.only in ("", kind.name)]
        share = sum(kind.share for kind in chosen)
        for kind in chosen:
            started = time.process_time()
            outcome = fuzz(kind, -(-asked.inputs * kind.share // share), asked.seed)
            inputs = outcome.read + outcome.refused
            total += inputs
            each = (time.process_time() - started) / inputs * 1e3
            line = f"{kind.name:<20}{outcome.read:>10,} read{outcome.refused:>10,} refused{each:>8.2f} ms each"
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    took = time.process_time() - began
    sys.stdout.write(f"{total:,} inputs, {took:.0f} processor seconds, nothing but errors of ours\n")


if __name__ == "__main__":
    main()
