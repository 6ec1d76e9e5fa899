"""How a chart rule makes points and positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.words.message import Code, Country, Listed, Message, Own, Ppm, Value, Weekday, count, say
from plaudit.words.names import known, measure

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule, Eligibility, Gain, Part, Ties
    from plaudit.rulebook.sentences.section import Section, Sentences

__all__ = ["chart_sections"]


def chart_sections(rule: ChartRule) -> list[Section]:
    """Give every choice of a chart rule."""
    starts = say(
        "A week starts on %(weekday)s at midnight in the time zone %(zone)s.",
        weekday=Weekday(rule.week.starts_on),
        zone=rule.week.zone,
    )
    positions = count(
        "The chart has %(n)s position. Position 1 has the most points.",
        "The chart has %(n)s positions. Position 1 has the most points.",
        rule.positions,
    )
    return [
        (say("Weeks"), [starts]),
        (say("Points"), _points(rule)),
        (say("Gains"), [*_gains(rule)]),
        (say("Who is eligible"), [*_eligible(rule.eligibility)]),
        (say("Positions"), [positions]),
        (say("Ties"), [*_ties(rule.ties)]),
        (say("Weeks with days missing"), [*_coverage(rule)]),
        (say("History"), [_history(rule)]),
    ]


def _points(rule: ChartRule) -> list[Sentences]:
    return [
        say("Each week has %(n)s points to give, in these parts:", n=1_000_000),
        *map(_part, rule.part),
        say("Each part is divided among the eligible artists in proportion to their values in that week."),
        say("The parts are added exactly and rounded once. Positions follow the sums before rounding."),
    ]


def _part(part: Part) -> Sentences:
    said = say(
        "%(share)s of the points: %(measure)s (%(name)s).",
        share=Ppm(part.weight_ppm),
        measure=measure(part.measure),
        name=Code(part.measure),
    )
    return (said, Own(part.because)) if part.because else said


def _gains(rule: ChartRule) -> list[Message]:
    attribution = say("A week's gain is what a counter gained between the readings of that week.")
    if rule.gain.attribution == "published":
        attribution = say("A post's last reading counts in full for the week in which the post was published.")
    several = {
        "each": say("A post by several artists counts in full for each of them."),
        "share": say("The gains of a post by several artists are divided equally among them."),
        "none": say("A post by several artists counts for none of them."),
    }
    edge = count(
        "A gain is flagged if the last reading is more than %(n)s hour older than the end of the week.",
        "A gain is flagged if the last reading is more than %(n)s hours older than the end of the week.",
        rule.gain.edge_gap_hours,
    )
    response = say("These metrics are fans' response: %(metrics)s.", metrics=_metrics(rule.response.metrics))
    together = several[rule.collaborations.counts]
    both = [say("What a group's members gain counts for the group too.")] if rule.members.counts == "both" else []
    return [attribution, *_falls(rule.gain), _rounded(rule.gain), together, *both, edge, response]


def _falls(gain: Gain) -> list[Message]:
    if gain.falls == "last":
        return [say("If a counter falls and comes back, its gain is the difference of its last readings.")]
    highest = say("A counter that falls gains nothing until it passes its highest reading so far.")
    if not gain.may_fall:
        return [highest]
    honest = say(
        "These may fall for good reasons: %(metrics)s. Their last reading counts, unless it is less than half of the "
        "highest.",
        metrics=_metrics(gain.may_fall),
    )
    return [highest, honest]


def _rounded(gain: Gain) -> Message:
    if gain.rounded == "smooth":
        return count(
            "If a source rounds a counter, its gain is the mean of its last %(n)s week.",
            "If a source rounds a counter, its gain is the mean of its last %(n)s weeks.",
            gain.smooth_weeks,
        )
    if gain.rounded == "steps":
        return say(
            "If a source rounds a counter, gains are counted in whole steps of the coarsest rounding of that week, for "
            "every artist."
        )
    if gain.rounded == "refuse":
        return say("If a source rounds a counter, it is not used: that is an error.")
    return say("If a source rounds a counter, it counts as the source gives it, and it is flagged.")


def _metrics(metrics: tuple[str, ...]) -> Value:
    if not metrics:
        return say("none")
    return Listed.of(known("metric", metric) for metric in metrics)


def _eligible(eligibility: Eligibility) -> list[Message]:
    found = []
    if eligibility.kinds:
        kinds = Listed.of(known("kind", kind) for kind in eligibility.kinds)
        found.append(say("Only artists of this kind: %(kinds)s.", kinds=kinds))
    if eligibility.countries:
        found.append(say("Only artists from: %(countries)s.", countries=Listed.of(map(Country, eligibility.countries))))
    if eligibility.genres:
        found.append(say("Only artists of these genres: %(genres)s.", genres=Listed.of(eligibility.genres)))
    if eligibility.excluded:
        found.append(say("Not eligible: %(artists)s.", artists=Listed.of(map(Code, eligibility.excluded))))
    return found or [say("Every artist of the season.")]


def _ties(ties: Ties) -> list[Message]:
    settled = [
        say(
            "If points are equal, whoever has the greater value is ahead: %(measure)s (%(name)s).",
            measure=measure(name),
            name=Code(name),
        )
        for name in ties.order
    ]
    if ties.then == "raise":
        return [*settled, say("A tie that remains is an error: nothing is decided until the rule says how.")]
    return [*settled, say("All who are still equal share the position.")]


def _coverage(rule: ChartRule) -> list[Message]:
    unfed = say("If no source has the numbers of a part, there is no chart: that is an error.")
    if rule.coverage.unfed_part == "name":
        unfed = say("If no source has the numbers of a part, nobody gets its points, and the chart names the part.")
    return [
        count(
            "A chart is final if at least %(n)s day of its week was seen.",
            "A chart is final if at least %(n)s days of its week were seen.",
            rule.coverage.full_days,
        ),
        count(
            "With fewer it is provisional. With fewer than %(n)s day there is no chart.",
            "With fewer it is provisional. With fewer than %(n)s days there is no chart.",
            rule.coverage.least_days,
        ),
        unfed,
    ]


def _history(rule: ChartRule) -> Message:
    if rule.history.uncharted_week == "skip":
        return say("Last week and streaks skip a week without a chart.")
    return say("A week without a chart ends every streak, and the next chart has no last week.")
