"""Everybody who voted had signed in."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["kind"] = "real"
    stated["limits"] = [limit for limit in stated["limits"] if limit["code"] != "limits.guests"]


def forge(season: Forged) -> None:
    season.restate(change)
