"""Work that waits for a worker says so, and gives up after a stated time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["FIRST_WORDS_SECONDS", "Waiting", "WorkerWatch", "saying"]

FIRST_WORDS_SECONDS: Final = 15
"""How long work may wait before the first word of it."""
_AGAIN_SECONDS: Final = 60
_LOOKS_EVERY: Final = 1.0


class Waiting:
    """Decides, look by look, what to say of work that has no worker; it knows no clock.

    Examples
    --------
    >>> waiting = Waiting("no worker", limit_seconds=60)
    >>> waiting.looked(0.0, is_waiting=True), waiting.looked(15.0, is_waiting=True)
    ('', 'no worker; 15 s by now, waiting up to 60 s')
    >>> waiting.looked(61.0, is_waiting=True), waiting.is_over
    ('', True)
    """

    def __init__(self, words: str, limit_seconds: int) -> None:
        self.words = words
        self.limit_seconds = limit_seconds
        self.is_over = False
        self._since: float | None = None
        self._next = float(FIRST_WORDS_SECONDS)

    def reason(self) -> str:
        """Say why it was given up, or nothing."""
        return f"{self.words}; given up after {self.limit_seconds} s" if self.is_over else ""

    def looked(self, now: float, *, is_waiting: bool) -> str:
        """Take one look into account and give what is to be said, or nothing."""
        if not is_waiting:
            was_said = self._next > FIRST_WORDS_SECONDS
            self._since, self._next = None, float(FIRST_WORDS_SECONDS)
            return "a worker has taken the work" if was_said else ""
        self._since = now if self._since is None else self._since
        waited = now - self._since
        if waited >= self.limit_seconds:
            self.is_over = True
            return ""
        if waited < self._next:
            return ""
        self._next = waited + _AGAIN_SECONDS
        return f"{self.words}; {waited:.0f} s by now, waiting up to {self.limit_seconds} s"


class WorkerWatch:
    """Looks at a running Spark while it works, from a thread of its own."""

    def __init__(self, context: Any, waiting: Waiting, on_progress: Callable[[str], None]) -> None:
        self._context = context
        self._waiting = waiting
        self._said = on_progress
        self._over = threading.Event()
        threading.Thread(target=self._look, name="plaudit-spark-watch", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()

    def reason(self) -> str:
        """Say why the work was given up, or nothing."""
        return self._waiting.reason()

    def _look(self) -> None:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - PySpark is an extra

        while not self._over.wait(_LOOKS_EVERY):
            try:
                java = self._context._jsc
                is_busy = len(self._context.statusTracker().getActiveJobsIds()) > 0
                is_waiting = is_busy and java.sc().getExecutorMemoryStatus().size() < 2  # the driver is one of them
                if words := self._waiting.looked(time.monotonic(), is_waiting=is_waiting):
                    self._said(words)
                if self._waiting.is_over:
                    self._context.cancelAllJobs()
                    return
            except (Py4JError, OSError, AttributeError):  # Spark has ended, or is ending
                return


@contextmanager
def saying(waiting: Waiting, on_progress: Callable[[str], None], give_up: Callable[[], None]) -> Iterator[None]:
    """Say that something takes long which cannot be looked at, and give it up after its time."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOKS_EVERY):
            if words := waiting.looked(time.monotonic(), is_waiting=True):
                on_progress(words)
            if waiting.is_over:
                give_up()
                return

    threading.Thread(target=look, name="plaudit-spark-start", daemon=True).start()
    try:
        yield
    finally:
        over.set()
