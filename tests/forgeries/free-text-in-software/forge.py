"""A famous firm audited the software."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.restate(lambda stated: stated["software"].update(audited_by="A famous firm"))
