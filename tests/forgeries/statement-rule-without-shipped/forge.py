"""A cited rule does not say whether it was shipped."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    del stated["rules"]["two-ways@1"]["shipped"]


def forge(season: Forged) -> None:
    season.restate(change)
