"""Ballots from a source enter a live vote: through the same door, by the same rules, into the same log.

Rows are taken in the order they were cast, so that the order of a file's lines
decides nothing; where it would, for ballots of one instant, the counting rule's
`[same_instant]` says what becomes of them. A repost of a post that is not known yet waits for it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from plaudit.base.errors import BallotRejected, UnknownName, VoteUnavailable
from plaudit.base.spelling import meant
from plaudit.collect.grains import Moment, caps_of, refuse_unordered
from plaudit.collect.values import LATEST
from plaudit.vote.keys import voter_key
from plaudit.vote.posts import PostStore, Refused, for_nominee, read_requests
from plaudit.vote.same_requests import TORN, each_once, torn_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.vote.admission import BallotRequest
    from plaudit.vote.judge import AcceptedBallot
    from plaudit.vote.live import LiveVote

    _Answers = list[AcceptedBallot | BallotRejected]
    _Steps = Generator[list[BallotRequest], _Answers, "Imported"]

__all__ = ["Imported", "ballot_source", "end_waiting", "import_ballots", "import_while_serving", "post_store"]

HOUR: Final = 3_600_000_000
_AT_ONCE: Final = 1_000
_WAITED: Final = "waited too long"


class Imported(Struct, frozen=True):
    """What an import did.

    rows : rows of the source
    accepted : ballots that are in the log now and were not before
    known : ballots that were there already
    waiting : reposts that wait for their post, of this and earlier imports
    refused : rows that are no ballots, by reason; of this import, and of reposts whose wait ended
    """

    source: str
    rows: int
    accepted: int
    known: int
    waiting: int
    refused: dict[str, int]


def ballot_source(season: Season, name: str) -> Source:
    """Give a source of ballots of the season.

    Raises
    ------
    UnknownName : there is none of that id.
    """
    ballots = {source.id: source for source in season.sources if source.kind == "ballots"}
    if name not in ballots:
        legal = ", ".join(sorted(ballots)) or "none is declared; see docs/how-to/import-posts.md"
        raise UnknownName(f"no source of ballots {name!r}", meant(name, ballots, f"use one of: {legal}"), source=name)
    return ballots[name]


def post_store(season: Season, *, is_view: bool = False) -> PostStore:
    """Open what the season knows of posts."""
    return PostStore(_folder(season) / "posts.sqlite", is_view=is_view)


def import_ballots(vote: LiveVote, source: Source, on_progress: Callable[[str, int], None]) -> Imported:
    """Take the ballots of a source. Repeating it changes nothing.

    Raises
    ------
    SourceUnavailable, SourceChanged : as for `plaudit collect`.
    TieUnresolved : the order of rows, or the place of a bare date, alone would say which ballots come in.
    VoteUnavailable : ballots cannot be made durable; those taken before stay, and the import may be repeated.
    """
    steps = _steps(vote, source, vote.now(), on_progress)
    asks = _next(steps)
    while not isinstance(asks, Imported):
        asks = _next(steps, vote.take(asks))
    return asks


def end_waiting(season: Season) -> None:
    """Refuse the reposts that still wait once the vote is closed. Repeating it changes nothing."""
    if not (_folder(season) / "posts.sqlite").is_file():
        return
    posts = post_store(season)
    try:
        waiting = [Refused.of(ask, "VoteClosed", "the vote closed before its post came") for ask in posts.older(LATEST)]
        posts.decided([refusal.key for refusal in waiting], waiting)
        posts.write_refused(_folder(season) / "refused.csv")
    finally:
        posts.close()


async def import_while_serving(vote: LiveVote, source: Source) -> Imported:
    """Take the ballots of a source between those of other voters; see `import_ballots`."""
    steps = _steps(vote, source, vote.now(), lambda _file, _rows: None)
    asks = await asyncio.to_thread(_next, steps)
    while not isinstance(asks, Imported):
        answers = await asyncio.gather(*(_answer(vote, ask) for ask in asks))
        asks = await asyncio.to_thread(_next, steps, answers)
    return asks


async def _answer(vote: LiveVote, ask: BallotRequest) -> AcceptedBallot | BallotRejected:
    try:
        return await vote.cast(ask)
    except BallotRejected as refused:
        return refused


def _next(steps: _Steps, answers: _Answers | None = None) -> list[BallotRequest] | Imported:
    try:
        return next(steps) if answers is None else steps.send(answers)
    except StopIteration as ended:
        found: Imported = ended.value
        return found


def _steps(vote: LiveVote, source: Source, now: int, on_progress: Callable[[str, int], None]) -> _Steps:
    """Ask for ballots, some at a time; whoever drives this answers what became of each."""
    posts = None
    try:
        posts = post_store(vote.season)
        refused = _Refusals(posts)
        _end_waits(vote, posts, now, refused)
        moments: list[Moment] = []
        rows = list(read_requests(vote.season.folder, source, voter_key(vote.season.folder), on_progress, moments))
        refuse_unordered(moments, caps_of(vote.season.declared_counting_rule()))
        refused.add([row for _, row in rows if isinstance(row, Refused)])
        asks, again = each_once([(place, row) for place, row in rows if not isinstance(row, Refused)], source)
        refused.add(again)
        posts.learn(asks)
        ready = _untorn(vote, _ready(vote, posts, asks, now, refused), refused)
        accepted = known = 0
        for first in range(0, len(ready), _AT_ONCE):
            some = ready[first : first + _AT_ONCE]
            answers = yield [ask for _, ask in some]
            refused.add(_refusals(some, answers))
            posts.decided([key for (key, _), answer in zip(some, answers, strict=True) if _is_cast(answer)])
            casts = [answer for answer in answers if not isinstance(answer, BallotRejected)]
            accepted += sum(not cast.is_replay for cast in casts)
            known += sum(cast.is_replay for cast in casts)
            on_progress(source.id, first + len(some))
        _end_waits(vote, posts, now, refused)
        posts.write_refused(_folder(vote.season) / "refused.csv")
        return Imported(source.id, len(rows), accepted, known, posts.waiting, dict(sorted(refused.counts.items())))
    except (sqlite3.Error, OSError) as error:
        raise VoteUnavailable(
            f"what is known of posts cannot be kept: {error}", "check the folder vote/ and its disk, and import again"
        ) from error
    finally:
        if posts:
            posts.close()


class _Refusals:
    """Refusals of this import: kept, and counted by reason."""

    def __init__(self, posts: PostStore) -> None:
        self._posts = posts
        self.counts: Counter[str] = Counter()

    def add(self, refused: list[Refused]) -> None:
        self._posts.decided([refusal.key for refusal in refused], refused)
        self.counts.update(refusal.reason for refusal in refused)


def _end_waits(vote: LiveVote, posts: PostStore, now: int, refused: _Refusals) -> None:
    hours = vote.rule.intake.repost_waits_hours
    told = f"no post of that address came within {hours} hours ({vote.rule.name}, intake.repost_waits_hours)"
    refused.add([Refused.of(ask, _WAITED, told) for ask in posts.older(now - hours * HOUR)])


def _ready(
    vote: LiveVote, posts: PostStore, asks: list[BallotRequest], now: int, refused: _Refusals
) -> list[tuple[str, BallotRequest]]:
    """Give what can be decided now, by instant, each with the key it waits or is refused under; let the rest wait."""
    ready: dict[str, BallotRequest] = {}
    waiting: dict[str, BallotRequest] = {}
    no: dict[str, Refused] = {}
    for ask in (*posts.arrived(), *asks):
        about = posts.about(ask.post) if ask.gesture == "repost" else (ask.nominee, 1)
        if posts.is_refused(ask.key, _WAITED):
            no[ask.key] = Refused.of(ask, _WAITED, "it was refused before")
        elif about is None:
            waiting.setdefault(ask.key, ask)
        elif ask.nominee:
            ready.setdefault(ask.key, ask)
        elif about[1] > 1:
            no[ask.key] = Refused.of(ask, "no nominee", f"the post names {about[1]}, and the repost none of them")
        else:
            ready.setdefault(ask.key, for_nominee(ask, about[0]))
    _let_wait(vote, posts, now, [ask for key, ask in waiting.items() if not posts.waits(key)], no)
    refused.add(list(no.values()))
    if vote.season.declared_counting_rule().same_instant.then == "recorded":
        return sorted(ready.items(), key=lambda item: item[1].cast_at or 0)
    return sorted(ready.items(), key=lambda item: _order(item[1]))


def _untorn(
    vote: LiveVote, ready: list[tuple[str, BallotRequest]], refused: _Refusals
) -> list[tuple[str, BallotRequest]]:
    """Give what is ready without ballots that only the order of rows would let in.

    Raises
    ------
    TieUnresolved : there are any, and the counting rule raises them.
    """
    rule = vote.season.declared_counting_rule()
    asks = [ask for _, ask in ready]
    known, spent = vote.charged(asks)
    torn = {(ask.voter, ask.key) for ask in torn_requests(asks, vote.admission, rule, spent, set(known))}
    if not torn:
        return ready
    told = f"the cap lets only some of the voter's ballots of that instant in ({rule.name}, same_instant.then)"
    out = {key for key, ask in ready if (ask.voter, ask.key) in torn}
    refused.add([msgspec.structs.replace(Refused.of(ask, TORN, told), key=key) for key, ask in ready if key in out])
    return [(key, ask) for key, ask in ready if key not in out]


def _order(ask: BallotRequest) -> tuple[int, str, bytes]:
    return ask.cast_at or 0, ask.key, msgspec.json.encode(ask)


def _let_wait(vote: LiveVote, posts: PostStore, now: int, asks: list[BallotRequest], no: dict[str, Refused]) -> None:
    most = vote.rule.intake.reposts_waiting_most
    room = max(0, most - posts.waiting)
    posts.wait(asks[:room], now)
    told = f"{most:,} reposts wait already ({vote.rule.name}, intake.reposts_waiting_most)"
    no |= {ask.key: Refused.of(ask, "too many wait", told) for ask in asks[room:]}


def _refusals(asked: list[tuple[str, BallotRequest]], answers: _Answers) -> list[Refused]:
    found = []
    for (key, ask), answer in zip(asked, answers, strict=True):
        if isinstance(answer, VoteUnavailable):
            raise answer
        if isinstance(answer, BallotRejected):
            row = Refused(key, ask.source, ask.gesture, ask.post, ask.nominee, type(answer).__name__, answer.what)
            found.append(row)
    return found


def _is_cast(answer: AcceptedBallot | BallotRejected) -> bool:
    return not isinstance(answer, BallotRejected)


def _folder(season: Season) -> Path:
    return season.folder / "vote"
