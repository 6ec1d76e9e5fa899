"""A declared rule set nobody's ballots aside, in every table and in the result."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.base.digests import file_sha256


def forge(season: Forged) -> None:
    before = season.at("season.toml").read_bytes()
    season.text("season.toml", '"three-days@1", ', "")
    season.text("appeals.csv", "2,reinstate ballot,shown\n5,uphold,not shown\n", "")
    season.walk()
    season.at("season.toml").write_bytes(before)
    season.restate(lambda stated: stated["inputs"].update({"season.toml": file_sha256(season.at("season.toml"))}))
