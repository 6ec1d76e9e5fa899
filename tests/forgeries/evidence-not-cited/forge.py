"""One table of the evidence is not cited."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    for name in [name for name in stated["evidence"]["tables"] if name.startswith("source_files")]:
        del stated["evidence"]["tables"][name]


def forge(season: Forged) -> None:
    season.restate(change)
