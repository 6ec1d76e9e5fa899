"""The first release of a week and its correction stand in each other's place."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    week = season.at("releases/views-only@1/2026-01-02")
    (week / "1").rename(week / "0")
    (week / "2").rename(week / "1")
    (week / "0").rename(week / "2")
