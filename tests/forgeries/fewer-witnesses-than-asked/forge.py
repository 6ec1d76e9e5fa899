"""One of the two witnesses that the opening asks for signed the closing."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    closed = stated["vote"]["log"]["witnesses"]["closed"]
    closed["cosigned"] = closed["cosigned"][:1]
    closed["note"] = "\n".join(closed["note"].split("\n")[:-2]) + "\n"


def forge(season: Forged) -> None:
    season.restate(change)
