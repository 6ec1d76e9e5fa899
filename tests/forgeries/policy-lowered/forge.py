"""One witness is enough, by the certificate; by the opening it takes two."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["witnesses"]["policy"]["least"] = 1


def forge(season: Forged) -> None:
    season.restate(change)
