"""The time, and waiting for it, as whoever fetches has them."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

__all__ = ["Clock", "MachineClock"]

_SECOND: Final = 1_000_000


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> int:
        """Give the instant."""

    async def until(self, instant: int) -> None:
        """Wait until an instant."""


class MachineClock:
    """The machine's clock."""

    def now(self) -> int:
        """Give the instant."""
        return time.time_ns() // 1_000

    async def until(self, instant: int) -> None:
        """Wait until an instant, and look at the clock now and then: it may be set."""
        while (rest := instant - self.now()) > 0:
            await asyncio.sleep(min(rest / _SECOND, 30.0))
