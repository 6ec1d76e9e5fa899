"""A source file lies beside the others that nobody certified."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.at("data/more.csv").write_text("channel,nominee,voter,cast_at,votes\n", "utf-8")
