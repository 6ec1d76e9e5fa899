"""The winner's id has a Cyrillic letter that nobody can tell from the Latin one."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["result"]["winners"] = ["n\u043erth-seven"]


def forge(season: Forged) -> None:
    season.restate(change)
