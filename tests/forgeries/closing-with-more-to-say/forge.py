"""The closing has a field that no page of the specification knows."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    *rest, last = season.leaves()
    season.relog([*rest, last.replace(b'"because"', b'"audited":"yes","because"')])
    season.restate(season.cited_log())
