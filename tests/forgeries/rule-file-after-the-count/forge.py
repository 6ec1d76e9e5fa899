"""The cap was two a day, and the certificate says so: the rule was changed after the count."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.base.digests import file_sha256


def forge(season: Forged) -> None:
    season.text("rules/two-ways@1.toml", "votes = 3", "votes = 2")
    digest = file_sha256(season.at("rules/two-ways@1.toml"))
    season.restate(lambda stated: stated["rules"]["two-ways@1"].update(sha256=digest))
