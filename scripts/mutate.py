"""Change what can be handed to `plaudit verify` at random, and count what it says: never a traceback.

python scripts/mutate.py                          100,000 changes
python scripts/mutate.py --mutations 2000 --seed 7

Certificates (signed again by their signer, or with changed bytes), receipts, checkpoints, files of the evidence and
rule files. What is changed is refused by an error of ours, or says what it said before; a rule may be another sound
rule, and a receipt that of another sound ballot. tests/fuzz does it in short.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from itertools import takewhile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fuzz.verifying import Victim, mutate


def main() -> int:
    """Change and count; give 1 if anything ended in a traceback, or was taken for what it is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long")
    asked = parser.parse_args()
    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="plaudit-mutate-") as scratch:
        victim, ends = Victim(Path(scratch)), time.monotonic() + 60 * asked.minutes
        found = mutate(victim, takewhile(lambda _number: time.monotonic() < ends, range(asked.mutations)), asked.seed)
    for kind, said in found.said.items():
        sys.stdout.write(f"{kind}: {sum(said.values()):,}\n")
        for verdict, times in sorted(said.items(), key=lambda one: (-one[1], one[0])):
            sys.stdout.write(f"  {times:>8,}  {verdict}\n")
    for defect in found.defects[:20]:
        sys.stdout.write(f"{defect}\n")
    total = sum(sum(said.values()) for said in found.said.values())
    tracebacks = len(found.defects)
    sys.stdout.write(f"{total:,} changes, {time.process_time() - began:.0f} processor seconds, {tracebacks} defects\n")
    return bool(found.defects)


if __name__ == "__main__":
    sys.exit(main())
