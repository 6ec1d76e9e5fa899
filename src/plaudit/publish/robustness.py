"""Whether the result would have been another, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.rulebook.words import counted
from plaudit.tally.sensitivity import TIED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.tally.margin import Margin

__all__ = ["named", "robustness", "together"]


def robustness(audit: dict[str, Any], margin: Margin, names: dict[str, str]) -> list[str]:
    """Say in sentences whether the winner ever changes, and what it would have taken.

    Parameters
    ----------
    audit : the statement's `audit`
    """
    rows = audit["sensitivity"]["rows"]
    tried = [row for row in rows if row["kind"] not in ("certified", "channel")]
    sentences = []
    if tried and not any(row["changes"] for row in tried):
        sentences.append(f"Of {counted(len(tried), 'other way')} to purge, each gives the same winner.")
    sentences += [
        f"The result would have been another {_under(row)}: {named(row['winners'], names)}."
        for row in tried
        if row["changes"]
    ]
    for row in rows:
        if row["kind"] == "channel":
            also = "" if row["changes"] else "also "
            channel = row["scenario"].removesuffix(" alone")
            sentences.append(f"By the votes in {channel} alone, first is {also}{named(row['winners'], names)}.")
    certified = next((row for row in rows if row["kind"] == "certified"), None)
    if certified and TIED in certified["winners"]:
        sentences.append("The first is shared: one vote more for one of them would have settled it.")
    return sentences + _of_margin(margin, names) + _of_charts(audit["charts"])


def named(winners: str, names: dict[str, str]) -> str:
    """Give the winners of a scenario by name."""
    return together([names.get(one, one) for one in ([winners] if winners in names else winners.split(TIED))])


def together(texts: Sequence[str]) -> str:
    """Give texts in a row.

    Examples
    --------
    >>> together(["web"]), together(["web", "app", "post"])
    ('web', 'web, app and post')
    """
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def _under(row: dict[str, Any]) -> str:
    if row["kind"] in ("none", "appeals", "late"):
        return {"none": "without any purge"}.get(row["kind"], str(row["scenario"]))
    return f"under {row['scenario']}"


def _of_margin(margin: Margin, names: dict[str, str]) -> list[str]:
    sentences = []
    if margin.more:
        who, votes = names.get(margin.more.nominee, margin.more.nominee), counted(margin.more.votes, "vote")
        sentences.append(f"The nearest was {who}, who needed {votes} more in {margin.more.channel} not to be behind.")
    if margin.fewer:
        votes = counted(margin.fewer.votes, "vote")
        sentences.append(
            f"If {votes} more of the winner's in {margin.fewer.channel} were set aside, "
            "the winner would be first no longer, or not alone."
        )
    return sentences


def _of_charts(charts: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"Chart {row['chart']}: of {row['entries']:,} entries in a first ten, {row['always']:,} stay in it whichever "
        "weight is moved by a fifth."
        for row in charts
        if row["entries"]
    ]
