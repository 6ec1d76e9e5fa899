"""Pieces of the queries that repeat a finding: DuckDB, run in the season's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BALLOTS",
    "NOMINEES",
    "RESULT",
    "RULINGS",
    "SOURCE_TOTALS",
    "TOTALS",
    "VOIDS",
    "any_of",
    "pairs",
    "word",
    "words",
]

BALLOTS: Final = "'evidence/ballots/*/*.parquet'"
NOMINEES: Final = "'evidence/nominees.parquet'"
RESULT: Final = "'evidence/result.parquet'"
RULINGS: Final = "'evidence/rulings.parquet'"
SOURCE_TOTALS: Final = "'evidence/source_totals.parquet'"
TOTALS: Final = "'evidence/totals.parquet'"
VOIDS: Final = "'evidence/voids.parquet'"


def word(text: str) -> str:
    """Quote a text.

    Examples
    --------
    >>> word("Destiny's Child")
    "'Destiny''s Child'"
    """
    return "'" + text.replace("'", "''") + "'"


def words(texts: Iterable[str]) -> str:
    """Quote texts, for use after `IN`; none of them is a list that holds nothing."""
    return "(" + (", ".join(word(text) for text in texts) or "NULL") + ")"


def pairs(spans: Iterable[tuple[int, int]]) -> str:
    """Write spans as rows of a `VALUES` list; of none, a row that nothing matches."""
    return ", ".join(f"({first}, {last})" for first, last in spans) or "(NULL, NULL)"


def any_of(conditions: Iterable[str]) -> str:
    """Join conditions of which one is enough; of none, none holds."""
    return " OR ".join(f"({condition})" for condition in conditions) or "false"
