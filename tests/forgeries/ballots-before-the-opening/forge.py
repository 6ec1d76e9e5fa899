"""Two ballots were cast a day before the first window opened, on the vote's own page."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.vote.seasons import OPENS

from plaudit.vote.record import Ballot
from plaudit.vote.statements import read_opening


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    names = read_opening(opening).names
    early = [names.pack(Ballot("web", "bts", 3, OPENS - 86_400_000_000 + n, 7 + n, "guest")) for n in range(2)]
    season.relog([opening, *early, *ballots, closing.replace(b'"ballots":22', b'"ballots":24')])
    season.collected_from_log()
    season.walk(without=("vote",))
