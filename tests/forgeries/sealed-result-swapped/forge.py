"""Ballots were added after the sealing; the certificate tells the digest of the new result."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit import pipeline
from plaudit.base.progress import quiet


def forge(season: Forged) -> None:
    season.add_ballots(20, nominee="aurora-lane")
    season.without("data")
    kept = season.at("published/commitment.note").read_bytes()
    season.at("vote/sealed.json").unlink()
    pipeline.walk(season.season, season.tables, [pipeline.vote, pipeline.audit, pipeline.tally, pipeline.check], quiet)
    pipeline.seal(season.season, season.tables)
    season.tell()
    season.at("published/commitment.note").write_bytes(kept)
