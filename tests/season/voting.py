"""A small live vote, held from opening to closing without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit import pipeline
from plaudit.store.evidence import Evidence
from plaudit.vote.admission import BallotRequest
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from tests.vote.seasons import CLOSES, NOMINEES, NOW, live_season

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.vote.judge import AcceptedBallot

__all__ = ["DAY", "asks", "cast", "nominated", "voted"]

DAY = 86_400_000_000


def asks(voters: int) -> list[BallotRequest]:
    """Give a ballot of each voter."""
    return [
        BallotRequest(voter, NOMINEES[voter % 3], 1 + voter % 4, f"key-{voter}", "guest", "web")
        for voter in range(1, voters + 1)
    ]


def nominated(folder: Path, **changes: Any) -> Season:
    """Write a live season, nominate, and open its vote."""
    season = live_season(folder, **changes)
    tables = Evidence(season.evidence)
    for step in (pipeline.collect, pipeline.measure, pipeline.chart, pipeline.nominate):
        step(season, tables)
    open_vote(season, NOMINEES)
    return season


def cast(season: Season, some: list[BallotRequest], at: int = NOW) -> list[AcceptedBallot]:
    """Take ballots at one instant, publish, and stop."""
    with LiveVote(season, clock=lambda: at) as vote:
        taken = vote.take(some)
        vote.publish()
    return taken  # type: ignore[return-value]


def voted(folder: Path, voters: int = 20, *, closes_at: int = CLOSES, because: str = "", **changes: Any) -> Season:
    """Hold a whole vote: ballots on two days, and one whose post was made before the others were cast."""
    season = nominated(folder, **changes)
    cast(season, asks(voters))
    late = BallotRequest(900, "iu", 4, "late", "guest", "web")
    early = BallotRequest(
        901,
        "bts",
        1,
        "early",
        "guest",
        "post",
        gesture="post",
        post="https://example.org/p/1",
        cast_at=NOW - 3_600_000_000,
    )
    cast(season, [late, early], NOW + DAY)
    with LiveVote(season, clock=lambda: closes_at) as vote:
        vote.close(because)
    return season
