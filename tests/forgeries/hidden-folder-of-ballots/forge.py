"""A hidden folder holds ballots that a careless reader takes for a day's."""

from __future__ import annotations

import shutil

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    hidden = season.at("evidence/ballots/.day=2026-01-19")
    hidden.mkdir()
    shutil.copy(season.tables.files("ballots")[1], hidden / "part-0.parquet")
