"""Check categories-equal: totals that every ballot adds the same to must be the same."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.audit.checks.judged import Judged, finding, not_checked
from plaudit.audit.checks.sql import RESULT, TOTALS, words
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.audit.checks.counted import Counted

__all__ = ["CHECK", "SENTENCES", "categories_equal", "check"]

CHECK: Final = "categories-equal"
_FEW: Final = Sentence("categories-equal.few", "fewer than two totals")
_FEW_EXPECTED: Final = Sentence("categories-equal.few-expected", "two categories or more")
_APART_BY: Final = Sentence(
    "categories-equal.apart-by", "from %(least)s (%(lowest)s) to %(most)s (%(highest)s): %(apart)s apart"
)
_APART_MOST: Final = Sentence("categories-equal.apart-most", "at most %(within)s apart")
_ONE_AWARD: Final = Sentence(
    "categories-equal.one-award", "the season counts one award, and no rule says that a ballot fills several categories"
)
_EQUAL: Final = Sentence("categories-equal.equal", "equal totals, where every ballot fills each")
SENTENCES: Final = (_FEW, _FEW_EXPECTED, _APART_BY, _APART_MOST, _ONE_AWARD, _EQUAL)


def categories_equal(totals: Mapping[str, int], within: int = 0) -> Judged:
    """Say whether totals that must be equal are.

    Parameters
    ----------
    totals : by category; every ballot filled each of them
    within : what rounding may make of them

    Examples
    --------
    MAMA 2017: every ballot had to fill every category, so what is deleted as whole
    ballots leaves as much in one category as in another. Announced were:

    >>> announced = {"collaboration": 3_340_000, "artist": 3_300_000, "video": 1_500_000, "newcomer": 1_300_000}
    >>> judged = categories_equal(announced)
    >>> judged.verdict
    'fails'
    >>> judged.said_found
    'from 1,300,000 (newcomer) to 3,340,000 (collaboration): 2,040,000 apart'
    """
    if len(totals) < 2:
        return not_checked(_FEW(), _FEW_EXPECTED())
    least, most = (choose(totals, key=lambda name: (totals[name], name)) for choose in (min, max))
    apart = totals[most] - totals[least]
    found = _APART_BY(least=totals[least], lowest=least, most=totals[most], highest=most, apart=apart)
    return Judged("passes" if apart <= within else "fails", found, _APART_MOST(within=within))


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give a finding on the result against the totals, and one on categories."""
    channels = {channel.id: channel.share_ppm for channel in counted.rule.channel}
    nominees = set(counted.nominees)
    weighted = dict.fromkeys(channels, 0)
    for row in counted.totals:
        if row["channel"] in channels and row["nominee"] in nominees:
            weighted[row["channel"]] += row["votes_weighted"]
    held = sum(row["value"] for row in counted.result)
    by_share = counted.rule.combine.method == "shares"
    given = (
        sum(share for channel, share in channels.items() if weighted[channel]) if by_share else sum(weighted.values())
    )
    # each nominee's part of each channel is rounded once, by half a point at most
    within = (len(nominees) * len(channels) + 1) // 2 if by_share else 0
    yield finding(
        CHECK, "result", categories_equal({"result": held, "totals": given}, within), _query(list(channels), by_share)
    )
    yield finding(CHECK, "categories", not_checked(_ONE_AWARD(), _EQUAL()), _APART)


_APART: Final = f"SELECT channel, sum(votes_counted)::BIGINT AS total FROM {TOTALS} GROUP BY channel ORDER BY channel"


def _query(channels: list[str], by_share: bool) -> str:  # noqa: FBT001 - private, and named where it is given
    known = f"channel IN {words(channels)} AND nominee IN (SELECT nominee FROM {RESULT})"
    weighted = f"SELECT channel, sum(votes_weighted) AS votes FROM {TOTALS} WHERE {known} GROUP BY channel"
    given = "list(channel ORDER BY channel) FILTER (WHERE votes > 0)" if by_share else "sum(votes)::BIGINT"
    return f"SELECT (SELECT sum(value)::BIGINT FROM {RESULT}) AS result, {given} AS totals FROM ({weighted})"
