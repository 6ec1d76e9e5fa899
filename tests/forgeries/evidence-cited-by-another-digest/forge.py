"""A table of ballots has another digest than its rows."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    name = next(name for name in stated["evidence"]["tables"] if name.startswith("ballots"))
    cited = stated["evidence"]["tables"][name]
    stated["evidence"]["tables"][name] = {**cited, "sha256": "0" * 64} if isinstance(cited, dict) else "0" * 64


def forge(season: Forged) -> None:
    season.restate(change)
