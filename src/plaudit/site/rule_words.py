"""A rule in short, in one reader's language, made from the rule's own values.

The whole rule in words is `rulebook.render`'s, in English; what stands here says
every choice of the rule again, with its numbers, in the reader's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.counting_words import counting_sections
from plaudit.site.purge_words import purge_sections
from plaudit.site.rule_numbers import exact_percent, weekday_name
from plaudit.words import names
from plaudit.words.texts import N_, bdi

if TYPE_CHECKING:
    from markupsafe import Markup

    from plaudit.site.rule_numbers import Section
    from plaudit.words.words import Words

__all__ = ["KINDS", "sections"]

KINDS: Final = {
    "chart": N_("chart rule"),
    "nomination": N_("nomination rule"),
    "counting": N_("counting rule"),
    "purge": N_("purge rule"),
}


def sections(rule: dict[str, Any], words: Words) -> list[Section]:
    """Give every choice of a rule, as sections of sentences.

    Parameters
    ----------
    rule : the rule as plain values, `kind` among them
    """
    return {
        "chart": _chart,
        "nomination": _nomination,
        "counting": counting_sections,
        "purge": purge_sections,
    }[rule["kind"]](rule, words)


def _chart(rule: dict[str, Any], words: Words) -> list[Section]:
    starts = words.text(
        "A week starts on %(weekday)s at midnight in the zone %(zone)s.",
        weekday=weekday_name(rule["week"]["starts_on"], words),
        zone=bdi(rule["week"]["zone"]),
    )
    positions = words.count(
        "The chart has %(n)s position. Position 1 has the most points.",
        "The chart has %(n)s positions. Position 1 has the most points.",
        rule["positions"],
    )
    return [
        (words.text("Weeks"), [starts]),
        (words.text("Points"), _points(rule, words)),
        (words.text("Gains"), _gains(rule, words)),
        (words.text("Who is eligible"), _eligible(rule["eligibility"], words)),
        (words.text("Positions"), [positions]),
        (words.text("Ties"), _chart_ties(rule["ties"], words)),
        (words.text("Weeks with days missing"), _coverage(rule, words)),
    ]


def _points(rule: dict[str, Any], words: Words) -> list[Markup]:
    parts = [
        words.text(
            "%(share)s of the points: %(measure)s.",
            share=exact_percent(part["weight_ppm"], words),
            measure=names.measure(words, part["measure"]),
        )
        for part in rule["part"]
    ]
    return [
        words.text("The points of a week are %(n)s, made of these parts.", n=words.number(1_000_000)),
        *parts,
        words.text("Each part is split among the eligible artists by their shares of that measure in that week."),
        words.text("Parts are added exactly and rounded once; positions go by the sums before they are rounded."),
    ]


def _gains(rule: dict[str, Any], words: Words) -> list[Markup]:
    attribution = (
        words.text("A week's gain is what was gained between the readings of that week.")
        if rule["gain"]["attribution"] == "observed"
        else words.text("The last reading of a post is given whole to the week the post was published in.")
    )
    edge = words.count(
        "A gain is flagged when the last reading lies more than %(n)s hour before the end of the week.",
        "A gain is flagged when the last reading lies more than %(n)s hours before the end of the week.",
        rule["gain"]["edge_gap_hours"],
    )
    several = {
        "each": words.text("A post of several artists counts whole for each of them."),
        "share": words.text("What a post of several artists gains is divided equally among them."),
        "none": words.text("A post of several artists counts for none of them."),
    }[rule["collaborations"]["counts"]]
    highest = (
        words.text("A counter that falls gains nothing until it passes its highest reading so far.")
        if rule["gain"]["falls"] == "high-water"
        else words.text("A counter that falls and comes back gains what its last readings differ by.")
    )
    metrics = words.list([names.known(words, "metric", metric) for metric in rule["response"]["metrics"]])
    may_fall = [names.known(words, "metric", metric) for metric in rule["gain"]["may_fall"]]
    honest = words.text(
        "These may fall honestly: %(metrics)s; their last reading counts, unless it is less than half of the highest.",
        metrics=words.list(may_fall),
    )
    return [
        attribution,
        several,
        highest,
        *([honest] if may_fall and rule["gain"]["falls"] == "high-water" else []),
        _rounded(rule["gain"], words),
        edge,
        words.text("The metrics that are fans' response: %(metrics)s.", metrics=metrics),
    ]


def _rounded(gain: dict[str, Any], words: Words) -> Markup:
    if gain["rounded"] == "smooth":
        return words.count(
            "A counter that its source rounds has the mean gain of its last %(n)s week.",
            "A counter that its source rounds has the mean gain of its last %(n)s weeks.",
            gain["smooth_weeks"],
        )
    if gain["rounded"] == "refuse":
        return words.text("A counter that its source rounds is not taken: the chart is an error.")
    return words.text("A counter that its source rounds is counted as it is told, and flagged.")


def _eligible(eligibility: dict[str, Any], words: Words) -> list[Markup]:
    said = []
    if eligibility["kinds"]:
        kinds = words.list([names.known(words, "kind", kind) for kind in eligibility["kinds"]])
        said.append(words.text("Only of this kind: %(kinds)s.", kinds=kinds))
    if eligibility["countries"]:
        countries = words.list([words.country(country) for country in eligibility["countries"]])
        said.append(words.text("Only artists from: %(countries)s.", countries=countries))
    if eligibility["genres"]:
        said.append(words.text("Only artists of these genres: %(genres)s.", genres=words.list(eligibility["genres"])))
    if eligibility["excluded"]:
        said.append(words.text("Not eligible: %(artists)s.", artists=words.list(eligibility["excluded"])))
    return said or [words.text("Every artist of the season.")]


def _chart_ties(ties: dict[str, Any], words: Words) -> list[Markup]:
    said = [
        words.text("Equal points are settled by the greater value: %(measure)s.", measure=names.measure(words, measure))
        for measure in ties["order"]
    ]
    if ties["then"] == "raise":
        return [*said, words.text("A tie that is left is an error. Nothing is decided until the rule says more.")]
    return [*said, words.text("All who are equal then share the position.")]


def _coverage(rule: dict[str, Any], words: Words) -> list[Markup]:
    full, least = rule["coverage"]["full_days"], rule["coverage"]["least_days"]
    skips = rule["history"]["uncharted_week"] == "skip"
    return [
        words.count(
            "A chart is final when %(n)s of its 7 days was seen.",
            "A chart is final when %(n)s of its 7 days were seen.",
            full,
        ),
        words.count(
            "With fewer it is provisional. With fewer than %(n)s day there is no chart.",
            "With fewer it is provisional. With fewer than %(n)s days there is no chart.",
            least,
        ),
        words.text("If no source gives the numbers of a part, there is no chart: that is an error.")
        if rule["coverage"]["unfed_part"] == "refuse"
        else words.text("If no source gives the numbers of a part, nobody has its points, and the part is named."),
        words.text("Last week and streaks skip a week without a chart.")
        if skips
        else words.text("A week without a chart breaks streaks, and the chart after it has no last week."),
    ]


def _nomination(rule: dict[str, Any], words: Words) -> list[Section]:
    found: list[Section] = []
    if rule["named"]:
        named = words.count(
            "A list names at most %(n)s nominee, each with its source.",
            "A list names at most %(n)s nominees, each with its source.",
            rule["named"]["places"],
        )
        first = [words.text("Named nominees come first.")] if rule["chart"] else []
        found.append((words.text("By name"), [named, *first]))
    if rule["chart"]:
        most = words.count(
            "The %(n)s artist with the most chart points is nominated.",
            "The %(n)s artists with the most chart points are nominated.",
            rule["chart"]["places"],
        )
        added = words.text("Points are added up over the eligibility period.")
        final = (
            words.text("Provisional charts count too.")
            if rule["chart"]["counts"] == "all"
            else words.text("Provisional charts do not count.")
        )
        found.append((words.text("By the chart"), [most, added, final]))
    if rule["chart"] and rule["named"]:
        found.append((words.text("On both grounds"), [words.text("An artist with both grounds is one nominee.")]))
    return [*found, (words.text("Ties"), _nomination_ties(rule["ties"], words))]


def _nomination_ties(ties: dict[str, Any], words: Words) -> list[Markup]:
    settled = {
        "weeks_at_no_1": words.text("Equal claims to the last place are settled by more weeks at no. 1."),
        "peak": words.text("Equal claims to the last place are settled by the better peak."),
        "weeks_on_chart": words.text("Equal claims to the last place are settled by more weeks on the chart."),
    }
    said = [settled[one] for one in ties["order"]]
    if ties["then"] == "raise":
        return [*said, words.text("A tie that is left is an error. Nothing is decided until the rule says more.")]
    return [*said, words.text("All who are equal then are nominated.")]
