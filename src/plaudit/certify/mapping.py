"""What the mapping of sources did, as the certificate states it: by nominee, rows passed over or read otherwise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["mapping_stated"]

_TOLD = ("key", "column", "said", "ours", "nominee")


def mapping_stated(season: Season, tables: Evidence) -> dict[str, list[dict[str, Any]]]:
    """Give, by source that maps anything, what each of its keys did to how many rows of which nominee.

    Rows that name nobody who is a nominee are counted together, without a name.
    """
    known = {row["nominee"] for row in tables.to_rows(tables.read("nominees"))} if season.nomination else set()
    found = {source.id: Counter[tuple[str, ...]]() for source in season.sources if source.changes_rows}
    for row in tables.to_rows(tables.read_or_empty("mappings")) if found else ():
        told = {key: row[key] for key in _TOLD}
        if row["nominee"] not in known:
            told |= {"nominee": ""} | ({"said": "", "ours": ""} if row["key"] == "lookup" else {})
        found[row["source"]][tuple(told.values())] += row["rows"]
    return {
        source: [dict(zip(_TOLD, told, strict=True), rows=rows) for told, rows in sorted(did.items())]
        for source, did in found.items()
    }
