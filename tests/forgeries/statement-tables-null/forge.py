"""The certificate's tables are null."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["tables"] = None


def forge(season: Forged) -> None:
    season.restate(change)
