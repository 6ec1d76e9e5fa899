"""Whether the result would have been another, in one reader's language.

The English twin for Markdown and for the certificate's account is `publish.robustness`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from plaudit.tally.sensitivity import TIED
from plaudit.words.texts import bdi, code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plaudit.words.words import Words

__all__ = ["named", "robustness_sentences", "scenario_name"]


def named(winners: str, names: Mapping[str, Mapping[str, str]], words: Words) -> Markup:
    """Give the winners of a scenario by name.

    Parameters
    ----------
    names : by nominee, by language
    """
    ids = [winners] if winners in names else [one for one in winners.split(TIED) if one]
    return words.list([bdi(words.name(names[one]), 80) if one in names else code(one, 80) for one in ids])


def scenario_name(row: Mapping[str, Any], words: Words) -> Markup:
    """Give what a row of the table sensitivity tried."""
    scenario = row["scenario"]
    rule = code(scenario.split(" ")[0])
    purged = scenario.endswith("if it purged")
    names: dict[str, Callable[[], Markup]] = {
        "certified": lambda: words.text("as certified"),
        "none": lambda: words.text("without any purge"),
        "appeals": lambda: words.text("without appeals"),
        "late": lambda: words.text("with the late rules"),
        "alone": lambda: words.text("%(rule)s alone", rule=rule),
        "flagged": lambda: words.text("%(rule)s, if it purged", rule=rule),
        "half": lambda: (
            words.text("%(rule)s at half its threshold, if it purged", rule=rule)
            if purged
            else words.text("%(rule)s at half its threshold", rule=rule)
        ),
        "double": lambda: (
            words.text("%(rule)s at double its threshold, if it purged", rule=rule)
            if purged
            else words.text("%(rule)s at double its threshold", rule=rule)
        ),
        "channel": lambda: words.text("votes in %(channel)s alone", channel=code(scenario.removesuffix(" alone"))),
    }
    return names[row["kind"]]() if row["kind"] in names else escape(scenario)


def robustness_sentences(doubt: dict[str, Any], names: Mapping[str, Mapping[str, str]], words: Words) -> list[Markup]:
    """Say whether the winner ever changes, and what it would have taken.

    Parameters
    ----------
    doubt : `rows` of the table sensitivity, `margin`'s more and fewer, and the statement's `charts`
    """
    rows = doubt["rows"]
    tried = [row for row in rows if row["kind"] not in ("certified", "channel")]
    said = []
    if tried and not any(row["changes"] for row in tried):
        said.append(
            words.count(
                "%(n)s other way to purge was tried: the winner is the same.",
                "%(n)s other ways to purge were tried: each gives the same winner.",
                len(tried),
            )
        )
    for row in rows:
        winners = named(row["winners"], names, words) or words.text("nobody")
        if row["kind"] == "channel":
            channel = code(row["scenario"].removesuffix(" alone"))
            said.append(
                words.text(
                    "By the votes in %(channel)s alone, another is first: %(winners)s.",
                    channel=channel,
                    winners=winners,
                )
                if row["changes"]
                else words.text("By the votes in %(channel)s alone, the first is the same.", channel=channel)
            )
        elif row["changes"]:
            scenario = scenario_name(row, words)
            said.append(
                words.text(
                    "The result would have been another (%(scenario)s): %(winners)s.",
                    scenario=scenario,
                    winners=winners,
                )
            )
        elif row["kind"] == "certified" and TIED in row["winners"]:
            said.append(words.text("The first is shared: one vote more for one of them would have settled it."))
    return [*said, *_of_margin(doubt["margin"], names, words), *_of_charts(doubt["charts"], words)]


def _of_margin(margin: dict[str, Any], names: Mapping[str, Mapping[str, str]], words: Words) -> list[Markup]:
    said = []
    if more := margin["more"]:
        said.append(
            words.count(
                "The nearest was %(who)s, who needed %(n)s vote more in %(channel)s not to be behind.",
                "The nearest was %(who)s, who needed %(n)s votes more in %(channel)s not to be behind.",
                more["votes"],
                who=named(more["nominee"], names, words),
                channel=code(more["channel"]),
            )
        )
    if fewer := margin["fewer"]:
        said.append(
            words.count(
                "If %(n)s more of the winner's votes in %(channel)s were set aside, "
                "the winner would be first no longer, or not alone.",
                "If %(n)s more of the winner's votes in %(channel)s were set aside, "
                "the winner would be first no longer, or not alone.",
                fewer["votes"],
                channel=code(fewer["channel"]),
            )
        )
    return said


def _of_charts(charts: list[dict[str, Any]], words: Words) -> list[Markup]:
    return [
        words.count(
            "Chart %(chart)s: of %(n)s entry in a first ten, %(always)s stay in it "
            "whichever weight is moved by a fifth.",
            "Chart %(chart)s: of %(n)s entries in a first ten, %(always)s stay in it "
            "whichever weight is moved by a fifth.",
            row["entries"],
            chart=code(row["chart"]),
            always=words.number(row["always"]),
        )
        for row in charts
        if row["entries"]
    ]
