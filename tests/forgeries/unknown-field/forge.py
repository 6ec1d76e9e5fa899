"""A field that no page of the specification knows tells of an endorsement."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["endorsed"] = "by everybody"


def forge(season: Forged) -> None:
    season.restate(change)
