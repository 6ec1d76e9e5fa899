"""The tables behind the pages, to download as CSV, JSON and Parquet, and the page that lists them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.publish.formats import csv_bytes, json_bytes
from plaudit.site.download import Download
from plaudit.site.downloads import EXTRACTS, cuts
from plaudit.site.kinds import FileKind, Page, PageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.download import DownloadKind
    from plaudit.site.site_data import SiteData

__all__ = ["DATA", "DOWNLOADS", "FORMATS", "table_files"]

FORMATS: Final = ("csv", "json", "parquet")
"""Endings of a table's files, in the order in which they are made."""

_ARROW: Final = {
    "string": pa.string(),
    "word": pa.string(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "int16": pa.int16(),
    "bool": pa.bool_(),
}


def table_files(cut: Download) -> list[bytes]:
    """Give a table's bytes in each of `FORMATS`; same rows, same bytes."""
    rows = cut.dicts()
    schema = pa.schema([pa.field(name, _ARROW[kind]) for name, kind in cut.fields])
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), parquet, compression="zstd")
    header = (",".join(schema.names) + "\n").encode()
    return [csv_bytes(rows) or header, json_bytes(rows), parquet.getvalue()]


def _files(site_data: SiteData) -> Iterator[Page]:
    for cut in cuts(site_data):
        yield Page(f"data/{cut.path}", cut)


def _paths(path: str) -> list[str]:
    return [f"{path}.{ending}" for ending in FORMATS]


def _data(site_data: SiteData) -> Iterator[Page]:
    listed = [found for extract in EXTRACTS if (found := _listed(extract, site_data))]
    yield Page("data.html", {"tables": listed, "zone": "UTC"})


def _listed(extract: DownloadKind, site_data: SiteData) -> dict[str, Any] | None:
    """Give a kind's row of the list: its columns and files; of files that stand on pages, only the pattern."""
    found = list(extract.cuts(site_data))
    if not found:
        return None
    fields = {name: kind for cut in found for name, kind in cut.fields}
    return {
        "title": extract.title,
        "row": extract.row,
        "key": list(extract.key),
        "columns": [[name, "string" if kind == "word" else kind] for name, kind in fields.items()],
        "pattern": extract.pattern,
        "paths": [] if extract.pattern else [cut.path for cut in found],
    }


DOWNLOADS: Final = FileKind("downloads", _files, table_files, _paths, facts=Download)
DATA: Final = PageKind("data", "data.html", _data)
