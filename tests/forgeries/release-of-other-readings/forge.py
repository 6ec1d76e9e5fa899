"""A week began lower than the week before it ended: a reading that no release left is among its own."""

from __future__ import annotations

import pyarrow as pa
from tests.forgeries.forged import Forged
from tests.forgeries.released import relog, resign, the_release

from plaudit.certify.statement import table_digests
from plaudit.store.evidence import Evidence


def forge(season: Forged) -> None:
    one = the_release(season.folder, "2026-01-09", 2)
    tables, readings = Evidence(one.folder), one.table("readings")
    first = readings.slice(0, 1).to_pylist()[0]
    more = {**first, "observed_at": first["observed_at"] - 1, "value": first["value"] - 1}
    tables.write("readings", pa.concat_tables([readings, pa.Table.from_pylist([more], schema=readings.schema)]))
    digests = table_digests(tables, ["readings"])
    resign(season.folder, "2026-01-09", 2, lambda stated: stated["evidence"].update(digests))
    relog(season.folder)
    season.walk()
