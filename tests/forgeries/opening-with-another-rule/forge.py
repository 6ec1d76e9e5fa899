"""The opening cites the counting rule with another digest than the certificate."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    sha256 = season.statement["rules"]["live-rule@1"]["sha256"].encode()
    season.relog([opening.replace(sha256, sha256[::-1]), *ballots, closing])
    season.restate(season.cited_log())
