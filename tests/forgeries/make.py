"""Write a forged season, or an honest one to compare it with, into a folder.

python -m tests.forgeries.make parquet-false-statistics /tmp/forged
python -m tests.forgeries.make files /tmp/honest
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.forgeries.corpus import LIES, forge
from tests.forgeries.seasons import BASES


def main(name: str, folder: Path) -> None:
    """Make the season of that name."""
    if name in BASES:
        BASES[name](folder)
        return
    lie = next(lie for lie in LIES if lie.id == name)
    with tempfile.TemporaryDirectory() as scratch:
        forge(lie, BASES[lie.base](Path(scratch) / "season"), folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
