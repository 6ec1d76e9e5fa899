"""JSON and CSV with the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["csv_bytes", "json_bytes"]


def json_bytes(value: object) -> bytes:
    """Give a value as indented JSON, in its own scripts."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def csv_bytes(rows: Iterable[dict[str, Any]]) -> bytes:
    """Give rows as CSV with the keys of the first as its header; without rows, nothing."""
    rows = list(rows)
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode()
