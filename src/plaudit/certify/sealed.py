"""A season whose result is sealed and not yet told: its tables and what may be said, without the count.

What leads to nominees and charts stays; what is made of votes is gone, so that a page
or a file made from here cannot tell it, whatever it asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn
from plaudit.certify.seal import is_sealed, is_told
from plaudit.store.evidence import Evidence
from plaudit.store.tables import TELLING

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

    from plaudit.rulebook.season import Season

__all__ = ["SealedEvidence", "is_still_sealed", "sealed_tables"]

_ASIDE: Final = "set_aside"


class SealedEvidence(Evidence):
    """The tables of a season without those that tell of its count: they are as if they had not been made.

    The rows set aside are seen without those of sources that hold votes, which `voting` names.

    Raises
    ------
    OutOfTurn : a sealed table is read.
    """

    voting: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Say whether the table was made and may be seen."""
        return name not in TELLING and super().has(name)

    def files(self, name: str) -> list[Path]:
        """Give the files of a table, by path; of a sealed one none."""
        return [] if name in TELLING or name == _ASIDE else super().files(name)

    def read(self, name: str) -> ibis.Table:
        """Give a table as an expression."""
        if name in TELLING:
            raise OutOfTurn(f"table {name} shows a sealed result", "reveal it first: plaudit reveal SEASON")
        rows = super().read(name)
        return rows.filter(~rows.source.isin(sorted(self.voting))) if name == _ASIDE and self.voting else rows


def sealed_tables(season: Season, tables: Evidence) -> SealedEvidence:
    """Give what of a season's tables no vote changes."""
    shown = tables.seen_as(SealedEvidence)
    shown.voting = frozenset(source.id for source in season.sources if source.holds_votes)
    return shown


def is_still_sealed(season: Season) -> bool:
    """Say whether the season's result is to be kept: its rule seals it, and no certificate tells it."""
    return is_sealed(season) and not is_told(season)
