"""The log was opened with a purge rule that is called late."""

from __future__ import annotations

import json

import rfc8785
from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    first, *rest = season.leaves()
    stated = json.loads(first)
    stated["purges"].append("two-days@1")
    season.relog([rfc8785.dumps(stated), *rest])
    season.restate(season.cited_log())
