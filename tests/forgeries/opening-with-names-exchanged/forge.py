"""The log was opened with the two nominees' names exchanged."""

from __future__ import annotations

import json

import rfc8785
from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    first, *rest = season.leaves()
    stated = json.loads(first)

    names = stated["names"]
    names["aurora-lane"], names["north-seven"] = names["north-seven"], names["aurora-lane"]
    season.relog([rfc8785.dumps(stated), *rest])
    season.restate(season.cited_log())
