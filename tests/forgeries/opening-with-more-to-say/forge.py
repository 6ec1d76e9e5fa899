"""The opening has a field that no page of the specification knows."""

from __future__ import annotations

import json

import rfc8785
from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    first, *rest = season.leaves()
    stated = json.loads(first)
    stated["endorsed"] = "by everybody"
    season.relog([rfc8785.dumps(stated), *rest])
    season.restate(season.cited_log())
