"""A process that asks the parrot until the cycle is done and says each leaf it kept; it may be killed anywhere."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from plaudit.fetch.clock import MachineClock
from plaudit.fetch.fetch import Fetcher
from plaudit.platforms import registry
from plaudit.rulebook.season import read_season
from tests.fetch.parrot import Parrot


def main(folder: str) -> None:
    """Finish the cycle that is due."""
    registry.platforms = lambda: {"parrot": Parrot()}  # type: ignore[assignment]
    fetcher = Fetcher(
        read_season(Path(folder)),
        {},
        MachineClock(),
        on_kept=lambda leaf: print(leaf, flush=True),  # noqa: T201
    )
    asyncio.run(fetcher.once())
    fetcher.close()


if __name__ == "__main__":
    main(sys.argv[1])
