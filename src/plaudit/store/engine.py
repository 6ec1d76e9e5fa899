"""What an engine is: it computes a season's expressions, here or on a cluster.

The same expressions run on each and give the same rows, so an engine is chosen
for size and never for its answers. What one cannot do, its abilities say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis
    import pyarrow as pa

    from plaudit.store.table import Table

__all__ = ["DUCKDB", "Abilities", "Engine"]

DUCKDB: Final = "duckdb"


@dataclass(frozen=True)
class Abilities:
    """What an engine can do besides computing.

    numbers_rows : says of scanned rows which file they stand in and where; `collect` needs it
    reads : the schemes of addresses it reads Parquet from; none named is all that fsspec knows
    """

    numbers_rows: bool
    reads: tuple[str, ...] = ()


class Engine(Protocol):
    """Computes expressions over Parquet files and rows made in memory."""

    name: str
    can: Abilities

    def read_parquet(self, files: Sequence[str], declared: Table) -> ibis.Table:
        """Give files of a declared table, by path or address, as an expression."""

    def scan(self, files: Sequence[str], name: str) -> ibis.Table:
        """Give any Parquet files as an expression, with `filename` and `file_row_number`."""

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""

    def materialize(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression, where they are."""

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression; columns have the types that the expression says."""

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression as a stream, in its order."""
