"""The log was opened for another edition."""

from __future__ import annotations

import json

import rfc8785
from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    first, *rest = season.leaves()
    stated = json.loads(first)
    stated["edition"] = "2025"
    season.relog([rfc8785.dumps(stated), *rest])
    season.restate(season.cited_log())
