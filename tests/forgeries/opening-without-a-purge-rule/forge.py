"""The log was opened without one of the purge rules that the certificate calls declared."""

from __future__ import annotations

import json

import rfc8785
from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    first, *rest = season.leaves()
    stated = json.loads(first)

    stated["purges"].remove("suspended@1")
    del stated["rules"]["suspended@1"]
    season.relog([rfc8785.dumps(stated), *rest])
    season.restate(season.cited_log())
