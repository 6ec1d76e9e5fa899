"""A process of its own that takes one ballot after the other, and says each receipt once it is durable.

python -m tests.vote.taker SEASON
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from pathlib import Path

from plaudit.rulebook.season import read_season
from plaudit.vote.live import LiveVote
from tests.vote.voting import Hands, ask


async def take_until_killed(vote: LiveVote) -> None:
    for voter in itertools.count():
        cast = await vote.cast(ask(voter=voter))
        print(json.dumps([voter, cast.leaf, cast.receipt]), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(take_until_killed(LiveVote(read_season(Path(sys.argv[1])), clock=Hands())))
