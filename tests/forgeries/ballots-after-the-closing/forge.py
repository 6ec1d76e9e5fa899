"""Nine ballots cast an hour after the stated closing count."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.season.voting import DAY
from tests.vote.seasons import NOW

from plaudit.vote.record import Ballot
from plaudit.vote.statements import closing, read_opening


def forge(season: Forged) -> None:
    from_opening, *ballots, _ = season.leaves()
    names = read_opening(from_opening).names
    at = NOW + 2 * DAY
    late = [names.pack(Ballot("web", "bts", 3, at + n, 7 + n, "guest")) for n in range(9)]
    season.relog([from_opening, *ballots, *late, closing(31, at - 3_600_000_000, "the hall burned down")])
    season.collected_from_log()
    season.walk(without=("vote",))
