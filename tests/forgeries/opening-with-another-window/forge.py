"""The log was opened for a window that ends a day later."""

from __future__ import annotations

import json

import rfc8785
from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    first, *rest = season.leaves()
    stated = json.loads(first)
    stated["windows"][0]["to"] = "2026-01-20T00:00:00Z"
    season.relog([rfc8785.dumps(stated), *rest])
    season.restate(season.cited_log())
