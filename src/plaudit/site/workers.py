"""Pages rendered by several processes, where there are enough of them to be worth it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Final

from plaudit.site.render import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plaudit.site.render import Job

__all__ = ["in_parallel"]

_WORTH_IT: Final = 400
_AT_ONCE: Final = 20
_MOST_PROCESSES: Final = 8


def in_parallel(jobs: Sequence[Job]) -> Iterator[list[bytes]]:
    """Give what each job makes, in the order of the jobs.

    Processes start anew and not as copies: the engine's threads do not survive a copy.
    """
    processes = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, _MOST_PROCESSES)
    if len(jobs) < _WORTH_IT or processes < 2:
        yield from map(rendered, jobs)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, initializer=_leave_to_parent) as pool:
        try:
            yield from pool.map(rendered, jobs, chunksize=_AT_ONCE)
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_to_parent() -> None:
    """Let Ctrl-C, which all processes of a terminal get, be answered by the one that asked for the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
