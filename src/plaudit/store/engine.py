"""The embedded engine: DuckDB behind Ibis."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

__all__ = ["connect"]


def connect(memory: str = "2GB") -> Backend:
    """Open an engine that spills to the temporary folder when a table passes `memory`."""
    connection: Backend = ibis.duckdb.connect(
        memory_limit=memory,
        temp_directory=tempfile.gettempdir() + "/plaudit-spill",
        preserve_insertion_order=False,
    )
    connection.raw_sql("SET perfect_ht_threshold = 24")  # count buckets of voters in an array, see tally/allowance.py
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.raw_sql("SET enable_progress_bar = false")
    return connection
