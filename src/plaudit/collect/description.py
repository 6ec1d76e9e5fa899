"""What the rows of one post say of it, made one history: no row's place decides anything.

docs/decisions/0023-a-post-is-what-was-known.md
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Description", "Period", "Said", "described"]


class Said(NamedTuple):
    """What one row says of a post; None where it does not say.

    at : when it was said; 0 where the row has no time, for then it was so from ever.
    artists, is_named : see `Credit`.
    published_from, published_to : the first and last instant that `published_at` may stand for.
    """

    at: int
    account: str
    artists: str | None
    is_named: bool
    published_at: int
    published_from: int
    published_to: int
    media: str | None
    is_repost: bool | None


@dataclass(frozen=True)
class Period:
    """What was known from an instant on, until the next period begins; the first holds before it, too."""

    from_at: int
    artists: str
    media: str
    is_repost: bool


@dataclass
class Description:
    """One post.

    periods : by time, each different from the one before; none where every row contradicts another.
    contradictions : instant to what contradicts itself there, in words.
    moved : other times of publication that later rows give, by the instant that gives them first.
    """

    account: str = ""
    published_at: int = 0
    periods: list[Period] = field(default_factory=list)
    contradictions: dict[int, str] = field(default_factory=dict)
    moved: dict[int, set[int]] = field(default_factory=dict)


def described(said: Iterable[Said]) -> Description:
    """Give a post's description.

    Rows of one instant must agree, or nothing that they say is believed. Later
    rows change what they say from their instant on, except the account and the
    time of publication: there the first row stands.

    Examples
    --------
    >>> first = Said(10, "label", "ann", False, 5, 5, 5, "video", None)
    >>> [(period.from_at, period.artists) for period in described([first._replace(at=20, artists=""), first]).periods]
    [(10, 'ann'), (20, '')]
    >>> described([first, first._replace(artists="bob")]).contradictions
    {10: 'artists are ann or bob'}
    """
    by_instant: dict[int, list[Said]] = defaultdict(list)
    for row in said:
        by_instant[row.at].append(row)
    found = Description()
    state = _State()
    published: tuple[int, int] | None = None
    last_at: int | None = None
    for at, rows in sorted(by_instant.items()):
        if wrong := "; ".join(_contradictions(rows)):
            found.contradictions[at] = wrong
            continue
        finest = min(rows, key=lambda row: (row.published_to - row.published_from, row.published_at))
        if published is None:
            published = (finest.published_from, finest.published_to)
            found.account = min(row.account for row in rows)
            found.published_at = finest.published_at
        _note_moved(found, at, rows, published)
        before, state = state, state.after(rows)
        if last_at == 0:  # what rows without a time leave out is taken from the first that has one
            found.periods = [before.completed(state).as_period(0)]
        last_at = at
        known = state.as_period(at)
        if not found.periods or _what(known) != _what(found.periods[-1]):
            found.periods.append(known)
    return found


class _State(NamedTuple):
    """What is known at an instant; None where nobody has said it yet."""

    named: str | None = None
    implied: str | None = None
    media: str | None = None
    is_repost: bool | None = None

    def after(self, rows: Sequence[Said]) -> _State:
        return _State(
            next((row.artists for row in rows if row.is_named and row.artists), self.named),
            next((row.artists for row in rows if not row.is_named and row.artists is not None), self.implied),
            next((row.media for row in rows if row.media is not None), self.media),
            next((row.is_repost for row in rows if row.is_repost is not None), self.is_repost),
        )

    def completed(self, later: _State) -> _State:
        own = (self.named, self.implied) if (self.named, self.implied) != (None, None) else later[:2]
        media = self.media if self.media is not None else later.media
        return _State(*own, media, self.is_repost if self.is_repost is not None else later.is_repost)

    def as_period(self, from_at: int) -> Period:
        return Period(from_at, self.named or self.implied or "", self.media or "unknown", bool(self.is_repost))


def _contradictions(rows: Sequence[Said]) -> Iterator[str]:
    named = {row.artists for row in rows if row.is_named}
    artists = named or {row.artists for row in rows if row.artists is not None}
    for what, values in (
        ("artists are", {(one or "nobody").replace(" ", " and ") for one in artists}),
        ("media is", {row.media for row in rows if row.media is not None}),
        ("is_repost is", {"yes" if row.is_repost else "no" for row in rows if row.is_repost is not None}),
    ):
        if len(values) > 1:
            yield f"{what} {' or '.join(sorted(values))}"
    if max(row.published_from for row in rows) > min(row.published_to for row in rows):
        yield "published_at is given twice, differently"


def _note_moved(found: Description, at: int, rows: Sequence[Said], stands: tuple[int, int]) -> None:
    known = {found.published_at}.union(*found.moved.values())
    for row in rows:
        is_other = row.published_from > stands[1] or row.published_to < stands[0]
        if is_other and row.published_at not in known:
            found.moved.setdefault(at, set()).add(row.published_at)


def _what(period: Period) -> tuple[str, str, bool]:
    return period.artists, period.media, period.is_repost
