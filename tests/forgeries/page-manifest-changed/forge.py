"""The list of the pages' digests is another."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.text("published/site/manifest.json", "{", '{"index.html":"",')
