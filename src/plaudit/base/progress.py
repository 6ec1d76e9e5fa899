"""Progress: how whoever waits is told what is worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["NumberedSteps", "quiet", "silent"]


def quiet(what: str, rows: int) -> None:
    """Say nothing of what is worked on, and of how many rows it is."""


def silent(words: str) -> None:
    """Say nothing."""


class NumberedSteps:
    """Says which of how many steps is taken.

    Examples
    --------
    >>> step = NumberedSteps(["measure", "chart"], lambda words, rows: print(words))
    >>> step("chart", 0)
    step 2 of 2: chart
    """

    def __init__(self, names: Sequence[str], on_progress: Callable[[str, int], None]) -> None:
        self._names, self._on_progress = list(names), on_progress

    def __call__(self, name: str, rows: int) -> None:
        """Say that a step is taken."""
        self._on_progress(f"step {self._names.index(name) + 1} of {len(self._names)}: {name}", rows)
