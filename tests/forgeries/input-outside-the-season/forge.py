"""The certificate cites a file outside the season."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.base.digests import file_sha256


def forge(season: Forged) -> None:
    outside = season.at("../outside.csv")
    outside.write_text("a,b\n", "utf-8")
    season.restate(lambda stated: stated["inputs"].update({"../outside.csv": {"sha256": file_sha256(outside)}}))
