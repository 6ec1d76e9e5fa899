"""Whether each ballot of a stream is a post that its author signed, of whom its tag names, when it was received."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.archive.reader import archive_folder
from plaudit.base.errors import ProofInvalid
from plaudit.base.numbers import counted
from plaudit.base.weeks import instant_text
from plaudit.collect.seen import checkpoint_row
from plaudit.collect.witnessed import NO_BODY, witnessed
from plaudit.verify.archive import records_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.collect.witnessed import Witnessed
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence
    from plaudit.verify.verified import Verified

__all__ = ["check_posts"]

_ASK: Final = "ask the signer for the frame that proves it"
_COLUMNS: Final = ("ballot", "channel", "nominee", "votes", "cast_at", "voter", "gesture", "tags", "post")


def check_posts(season: Season, ours: Evidence, found: Verified) -> None:
    """Hold every ballot of a followed stream against its author's signed commit in the archive.

    Raises
    ------
    ProofInvalid : names the first ballot that no frame proves, or the archive is not the one that was certified.
    """
    followed = [source for source in season.sources if source.is_followed]
    if not followed or not ours.has("ballots"):
        return
    if not archive_folder(season.folder).is_dir():
        found.unchecked.append("who signed the posts that are ballots: data/ is not here")
        return
    size = records_read(ours)
    held = ours.to_rows(ours.read("checkpoints")) if size else []
    if not size or held != [checkpoint_row(season.folder, size)]:
        raise ProofInvalid(
            "evidence/checkpoints is not of the archive in data/archive", "restore the archive that was certified"
        )
    voters = _Voters()
    for source in followed:
        _check_source(season, source, size, ours, voters, found)


def _check_source(season: Season, source: Source, size: int, ours: Evidence, voters: _Voters, found: Verified) -> None:
    acts = _Acts(witnessed(season.folder, source, season.artists, size))
    ballots = covered = 0
    for row in _ballots(ours, source):
        if (row["channel"], row["votes"]) != (source.constants["channel"], 1):
            raise _wrong(row, f"it has {row['votes']} votes in channel {row['channel']}, and a post is one vote")
        ballots += 1
        act = acts.of(row)
        if act is None:
            covered += 1
        else:
            voters.take(row, act.author)
    if covered > acts.holes:
        raise ProofInvalid(
            f"evidence/ballots: {covered:,} ballots of {source.id} are proved by no frame, and {acts.holes:,} bodies "
            "were deleted",
            _ASK,
        )
    told = counted(ballots - covered, "ballot")
    found.checked.append(
        f"{told} of {source.id}: each is a post signed by its author's key, with the tag of whom it counts for, and of "
        "the instant at which it was received"
    )
    found.unchecked.append(f"who wrote the posts of {source.id}: whoever runs an account's server holds its key")
    if covered:
        found.unchecked.append(f"{counted(covered, 'ballot')} of {source.id}: the frames were deleted; holes say so")
    if season.live and (left := acts.left):
        found.unchecked.append(
            f"why {counted(left, 'proved post')} of {source.id} {'is' if left == 1 else 'are'} no ballots: refused by "
            "the rule, or never imported"
        )


class _Acts:
    """What the stream tells, each for one ballot."""

    def __init__(self, acts: Iterator[Witnessed]) -> None:
        self._by_post: dict[tuple[str, str, str], list[Witnessed]] = defaultdict(list)
        self._refused: list[Witnessed] = []
        self.holes = 0
        for act in acts:
            if act.reason:
                self.holes += act.reason == NO_BODY
                self._refused.append(act)
            else:
                self._by_post[act.post, act.gesture, act.nominee].append(act)

    @property
    def left(self) -> int:
        """How many acts no ballot took."""
        return sum(len(some) for some in self._by_post.values())

    def of(self, row: dict[str, Any]) -> Witnessed | None:
        """Give the act that a ballot is, once; None where only a deleted body can be it.

        Raises
        ------
        ProofInvalid : it is none.
        """
        there = self._by_post.get((row["post"], row["gesture"], row["nominee"]))
        if there == []:
            raise _wrong(row, "that act is a ballot already")
        there = there or []
        for act in there:
            if (act.at, act.tags) == (row["cast_at"], row["tags"]):
                there.remove(act)
                return act
        for act in there:
            if act.tags != row["tags"]:
                raise _wrong(row, f"it names {row['tags']} nominees, and the post that was signed names {act.tags}")
            raise _wrong(row, f"it is of {instant_text(row['cast_at'])}, received at {instant_text(act.at)}")
        for act in self._refused:
            if row["post"] in act.detail:
                raise _wrong(row, f"{act.reason}: {act.detail}")
        others = sorted({key[2] for key in self._by_post if key[:2] == (row["post"], row["gesture"]) and key[2]})
        if others:
            raise _wrong(row, f"it counts for {row['nominee']}, and the tags that were signed name {', '.join(others)}")
        if self.holes:
            return None
        raise _wrong(row, "no frame in the archive tells of it")


class _Voters:
    """One pseudonym an account, one account a pseudonym."""

    def __init__(self) -> None:
        self._authors: dict[int, str] = {}
        self._voters: dict[str, int] = {}

    def take(self, row: dict[str, Any], author: str) -> None:
        if self._authors.setdefault(row["voter"], author) != author:
            raise _wrong(row, f"its voter stands for {self._authors[row['voter']]} and for {author}")
        if self._voters.setdefault(author, row["voter"]) != row["voter"]:
            raise _wrong(row, f"{author} has two pseudonyms")


def _ballots(ours: Evidence, source: Source) -> Iterator[dict[str, Any]]:
    table = ours.read("ballots")
    for batch in ours.to_batches(table.filter(table.source == source.id).select(*_COLUMNS).order_by("ballot")):
        yield from batch.to_pylist()


def _wrong(row: dict[str, Any], what: str) -> ProofInvalid:
    return ProofInvalid(
        f"evidence/ballots, ballot {row['ballot']}: {row['gesture']} {row['post']} for {row['nominee']}: {what}",
        _ASK,
        ballot=row["ballot"],
    )
