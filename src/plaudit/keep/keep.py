"""The process that keeps a season's calendar: it looks what is due, does it, fetches, and sleeps until there is more.

It holds nothing in memory that its files do not hold, so whoever stops it at any moment, or sets
the clock, or lets the machine sleep, only delays it: each act is done once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from plaudit.base.errors import PlauditError
from plaudit.keep.doing import do
from plaudit.keep.due import Due, due_acts
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Told", "keep", "keep_once"]

MINUTE: Final = 60_000_000
LONGEST_SLEEP: Final = MINUTE
"""How long it sleeps at most: clocks jump, and machines sleep, without telling anybody."""


class Told(Protocol):
    """Hears what was done, and what could not be done yet."""

    def __call__(self, due: Due, refused: PlauditError | None, /) -> None:
        """Hear of one act."""


class Kept(Struct, frozen=True):
    """What one look did: which acts were done, which refused, and when the next is due."""

    done: tuple[Due, ...]
    refused: tuple[Due, ...]
    next_at: int | None


def keep_once(folder: Path, now: Callable[[], int], tell: Told) -> Kept:
    """Do all that is due, in order; an act that is refused holds up those of its line alone.

    The season is read again before each act: what an organiser changes meanwhile holds.

    Parameters
    ----------
    now : gives the instant
    """
    done: list[Due] = []
    refused: dict[str, Due] = {}
    while True:
        season, at = read_season(folder), now()
        acts = due_acts(season, at)
        one = next((one for one in acts if one.state == "due" and _line(one) not in refused), None)
        if one is None:
            later = [one.at for one in acts if one.state == "waits" and one.at > at]
            return Kept(tuple(done), tuple(refused.values()), min(later, default=None))
        try:
            do(season, one, at)
        except PlauditError as error:
            refused[_line(one)] = one
            tell(one, error)
        else:
            done.append(one)
            tell(one, None)


def keep(
    folder: Path,
    now: Callable[[], int],
    sleep: Callable[[int], None],
    tell: Told,
    between: Callable[[], int | None],
) -> None:
    """Keep the calendar until nothing is left to do.

    Parameters
    ----------
    sleep : sleeps so many microseconds
    between : does what is to be done between acts, such as fetching, and gives when it wants to be called again
    """
    while True:
        kept = keep_once(folder, now, tell)
        wanted = between()
        if kept.next_at is None and not kept.refused and wanted is None:
            return
        ahead = [at for at in (kept.next_at, wanted) if at is not None]
        sleep(max(0, min(LONGEST_SLEEP, min(ahead, default=now() + LONGEST_SLEEP) - now())))


def _line(one: Due) -> str:
    """Give what a refused act holds up: the releases of its chart, or the acts of the award."""
    return one.of[0] if one.of else ""
