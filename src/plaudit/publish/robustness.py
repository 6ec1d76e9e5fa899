"""Whether the result would have been another, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.certify.scenarios import scenario, winners
from plaudit.tally.sensitivity import TIED
from plaudit.words.message import Code, Message, Nominee, count, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["robustness"]

Row = dict[str, Any]


def robustness(rows: Sequence[Row], margin: Mapping[str, Any], charts: Sequence[Row]) -> list[Message]:
    """Say whether the winner ever changes, and what it would have taken.

    Parameters
    ----------
    rows, charts : of the statement's `audit`: `sensitivity.rows` and `charts`
    margin : `tally.margin`'s more and fewer
    """
    tried = [row for row in rows if row["kind"] not in ("certified", "channel")]
    said = []
    if tried and not any(row["changes"] for row in tried):
        said.append(
            count(
                "%(n)s other way to purge was tried: the winner is the same.",
                "%(n)s other ways to purge were tried: each gives the same winner.",
                len(tried),
            )
        )
    said += [one for row in rows for one in _of_scenario(row)]
    return [*said, *_of_margin(margin), *_of_charts(charts)]


def _of_scenario(row: Row) -> list[Message]:
    who = winners(row["winners"]) if row["winners"] else say("nobody")
    if row["kind"] == "channel":
        channel = Code(row["scenario"].removesuffix(" alone"))
        if row["changes"]:
            return [
                say("By the votes in %(channel)s alone, another is first: %(winners)s.", channel=channel, winners=who)
            ]
        return [say("By the votes in %(channel)s alone, the first is the same.", channel=channel)]
    if row["changes"]:
        return [
            say("The result would have been another (%(scenario)s): %(winners)s.", scenario=scenario(row), winners=who)
        ]
    if row["kind"] == "certified" and TIED in row["winners"]:
        return [say("The first is shared: one vote more for one of them would have settled it.")]
    return []


def _of_margin(margin: Mapping[str, Any]) -> list[Message]:
    said = []
    if more := margin["more"]:
        said.append(
            count(
                "The nearest was %(who)s, who needed %(n)s vote more in %(channel)s not to be behind.",
                "The nearest was %(who)s, who needed %(n)s votes more in %(channel)s not to be behind.",
                more["votes"],
                who=Nominee(more["nominee"]),
                channel=Code(more["channel"]),
            )
        )
    if fewer := margin["fewer"]:
        said.append(
            say(
                "If %(n)s more of the winner's votes in %(channel)s were set aside, the winner would no longer be "
                "first, or not alone.",
                n=fewer["votes"],
                channel=Code(fewer["channel"]),
            )
        )
    return said


def _of_charts(charts: Sequence[Row]) -> list[Message]:
    return [
        count(
            "Chart %(chart)s: of %(n)s entry in a first ten, %(always)s stay in it "
            "whichever weight is moved by a fifth.",
            "Chart %(chart)s: of %(n)s entries in a first ten, %(always)s stay in it "
            "whichever weight is moved by a fifth.",
            row["entries"],
            chart=Code(row["chart"]),
            always=row["always"],
        )
        for row in charts
        if row["entries"]
    ]
