"""A season whose result is sealed and not yet told: its tables and what may be said, without the count.

What leads to nominees and charts stays; what is made of votes is gone, so that a page
or a file made from here cannot tell it, whatever it asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import OutOfTurn
from plaudit.certify.seal import is_sealed, is_told
from plaudit.store.evidence import Evidence
from plaudit.store.tables import TELLING

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

    from plaudit.rulebook.season import Season

__all__ = ["SealedEvidence", "is_still_sealed"]


class SealedEvidence(Evidence):
    """The tables of a season without those that tell of its count: they are as if they had not been made.

    Raises
    ------
    OutOfTurn : a sealed table is read.
    """

    def has(self, name: str) -> bool:
        """Say whether the table was made and may be seen."""
        return name not in TELLING and super().has(name)

    def files(self, name: str) -> list[Path]:
        """Give the files of a table, by path; of a sealed one none."""
        return [] if name in TELLING else super().files(name)

    def read(self, name: str) -> ibis.Table:
        """Give a table as an expression."""
        if name in TELLING:
            raise OutOfTurn(f"table {name} shows a sealed result", "reveal it first: plaudit reveal SEASON")
        return super().read(name)


def is_still_sealed(season: Season) -> bool:
    """Say whether the season's result is to be kept: its rule seals it, and no certificate tells it."""
    return is_sealed(season) and not is_told(season)
