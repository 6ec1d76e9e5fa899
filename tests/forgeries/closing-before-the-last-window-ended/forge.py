"""Ballots from files were closed a day before the last window ended, for no reason that is told."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    *rest, last = season.leaves()
    season.relog([*rest, last.replace(b"2026-01-19", b"2026-01-18")])

    def closed(stated: dict[str, Any]) -> None:
        season.cited_log()(stated)
        stated["vote"]["log"]["closed_at"] = "2026-01-18T00:00:00Z"

    season.restate(closed)
