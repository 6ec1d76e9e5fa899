"""The vote's clock: it never goes back, and it stops rather than jump."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import VoteUnavailable
from plaudit.base.weeks import instant_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HeldClock", "steady_clock", "wall_clock"]

SECOND: Final = 1_000_000
_APART: Final = 100_000
"""The two clocks are read one after the other; what a busy machine puts between them is no step."""


def wall_clock() -> int:
    """Give the system's time in microseconds, UTC; it may be set, forward or back."""
    return time.time_ns() // 1_000


def steady_clock() -> int:
    """Give microseconds since the machine started; nobody sets it, and sleep counts."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000


class HeldClock:
    """A wall clock checked against a steady one; threads may share it.

    Parameters
    ----------
    wall, steady : give microseconds
    step_seconds : the largest step of the wall clock that is passed over
    floor : the last instant given before a restart

    Examples
    --------
    >>> times = iter([10_000_000, 12_000_000, 11_000_000])
    >>> clock = HeldClock(lambda: next(times), None, step_seconds=5)
    >>> clock.now(), clock.now()
    (12000000, 12000000)
    """

    def __init__(
        self, wall: Callable[[], int], steady: Callable[[], int] | None, *, step_seconds: int, floor: int = 0
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._most = max(step_seconds * SECOND, _APART)
        self._lock = threading.Lock()
        self._last = floor
        self._seen = wall()
        self._seen_at = steady() if steady else 0

    def now(self) -> int:
        """Give the instant, never before one given earlier.

        Raises
        ------
        VoteUnavailable : the wall clock stepped too far; it says from when to when.
        """
        with self._lock:
            wall = self._wall()
            if self._steady is not None:
                at = self._steady()
                expected = self._seen + at - self._seen_at
                if abs(wall - expected) > self._most:
                    raise _stepped(expected, wall, "sets the clock right, or restarts the server if it is right now")
                self._seen, self._seen_at = wall, at
            if wall >= self._last:
                self._last = wall
            elif self._last - wall > self._most:
                raise _stepped(self._last, wall, "sets the clock right; it is behind the last ballot")
            return self._last


def _stepped(expected: int, found: int, remedy: str) -> VoteUnavailable:
    return VoteUnavailable(
        f"the server's clock stepped from {instant_text(expected)} to {instant_text(found)}",
        f"try again with the same key; the organiser {remedy}",
        retry_after=10,
    )
