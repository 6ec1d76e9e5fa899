"""A table to download, cut to what a page is about, and what is said of tables of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plaudit.site.site_data import SiteData

__all__ = ["Download", "DownloadKind", "declared"]

Fields = list[tuple[str, str]]


class Download(msgspec.Struct, frozen=True):
    """One table to download.

    path : below `data/`, without an ending; fields : columns with their types; rows : lists of values.
    """

    path: str
    fields: Fields
    rows: list[list[Any]]

    def dicts(self) -> list[dict[str, Any]]:
        """Give the rows by column."""
        names = [name for name, _ in self.fields]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class DownloadKind:
    """A kind of cut: what it is called, what a row is, which columns tell rows apart, and every cut there is."""

    title: str
    row: str
    key: tuple[str, ...]
    cuts: Callable[[SiteData], Iterator[Download]]
    pattern: str = ""


def declared(path: str, name: str, rows: Iterable[dict[str, Any]]) -> Download:
    """Give rows of a table that `store.tables` declares, with its columns."""
    columns = table(name).columns
    return Download(
        path,
        [(column, declared.kind) for column, declared in columns.items()],
        [[row[column] for column in columns] for row in rows],
    )
