"""A week was another at its hour: its entries are exchanged, and its note is signed again."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.released import resign, the_release

from plaudit.certify.statement import table_digests
from plaudit.store.evidence import Evidence


def forge(season: Forged) -> None:
    one = the_release(season.folder, "2026-01-09", 2)
    rows = one.table("entries").to_pylist()
    names = {"ann": "bob", "bob": "ann"}
    Evidence(one.folder).write_rows("entries", [{**row, "artist": names[row["artist"]]} for row in rows])
    digests = table_digests(Evidence(one.folder), ["entries"])
    resign(season.folder, "2026-01-09", 2, lambda stated: stated["made"].update(digests))
    season.walk()
