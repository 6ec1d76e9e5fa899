"""A chart rule: what counts, how much, in which week, and who is on the chart."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from plaudit.rulebook.values import Positive, Text, WeightPpm

__all__ = [
    "ChartRule",
    "Collaborations",
    "Coverage",
    "Eligibility",
    "Gain",
    "History",
    "Members",
    "Part",
    "Response",
    "Ties",
    "WeekRule",
]


class WeekRule(Struct, frozen=True, forbid_unknown_fields=True):
    """The day a week starts on and the time zone it belongs to.

    starts_on : the weekday a week starts on, at local midnight.
    zone : an IANA time zone.
    """

    starts_on: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    zone: Text


class Gain(Struct, frozen=True, forbid_unknown_fields=True):
    """How counters become weekly gains.

    attribution : `observed` gives a week what was gained between its readings;
        `published` gives the week of publication the post's last reading.
    edge_gap_hours : a post whose last reading is earlier than this before the end
        of the week is flagged.
    falls : what a counter gains that falls and comes back. `high-water` counts what
        exceeds its highest reading so far; `last` takes the last reading as it is.
    may_fall : metrics that fall honestly, as comments do when they are deleted. With
        `high-water`, a reading of at least half the highest so far is taken as it is.
    rounded : what is done with a counter whose source declares a grain. `count` counts and
        flags it, `smooth` gives each week the mean of its last weeks, `steps` counts whole
        steps of the coarsest grain in that week, for everybody, so that what the grain
        cannot tell apart is a tie; `refuse` is an error.
    smooth_weeks : how many weeks make the mean, the week itself included.
    """

    attribution: Literal["observed", "published"] = "observed"
    edge_gap_hours: Positive = 36
    falls: Literal["high-water", "last"] = "high-water"
    may_fall: tuple[Text, ...] = ("comments",)
    rounded: Literal["count", "smooth", "steps", "refuse"] = "count"
    smooth_weeks: Annotated[int, Meta(ge=2, le=52)] = 4


class Collaborations(Struct, frozen=True, forbid_unknown_fields=True):
    """What a post of several artists gives each of them.

    counts : `each` gives each artist the whole gain, `share` divides it equally
        among them, `none` gives nobody anything. A post counts as one post of
        each, unless it is `none`.
    """

    counts: Literal["each", "share", "none"] = "each"


class Members(Struct, frozen=True, forbid_unknown_fields=True):
    """What the accounts and posts of persons who belong to a group give that group.

    counts : `own` counts them for the member alone, `both` for the member and for each of
        the member's groups too. What a post gains, a group has once.
    """

    counts: Literal["own", "both"] = "own"


class Response(Struct, frozen=True, forbid_unknown_fields=True):
    """Which metrics are fans' response, for measures of response per view or follower.

    metrics : the metrics whose gains are added up.
    """

    metrics: tuple[Text, ...]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One measure and its weight.

    measure : `posts`, `posts_photo`, `posts_video`, `posts_text`, METRIC`_gain`,
        METRIC`_addition`, `response_per_1000_views` or `response_per_1000_followers`.
    weight_ppm : its part in the points, in parts per million; all parts add up to 1000000.
    because : why it counts and weighs this much.
    """

    measure: Text
    weight_ppm: WeightPpm
    because: str = ""


class Eligibility(Struct, frozen=True, forbid_unknown_fields=True):
    """Which artists the chart is about; an empty list means no condition.

    kinds : `person`, `group`.
    countries : countries as in artists.toml.
    genres : an artist with any of them is eligible.
    excluded : ids of artists who are not eligible.
    """

    kinds: tuple[Literal["person", "group"], ...] = ()
    countries: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class Ties(Struct, frozen=True, forbid_unknown_fields=True):
    """What settles equal points.

    order : measures compared in turn, the larger one first.
    then : artists who are still equal may `share` the position, or `raise` an error.
    """

    order: tuple[Text, ...] = ()
    then: Literal["share", "raise"] = "raise"


class Coverage(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of a week's seven days must have been seen.

    full_days : with fewer days the chart is provisional.
    least_days : with fewer days there is no chart.
    unfed_part : what happens if no source gives the numbers of a part. `refuse` is an
        error; `name` makes the chart without it, gives its points to nobody and names it.
    """

    full_days: Annotated[int, Meta(ge=1, le=7)] = 7
    least_days: Annotated[int, Meta(ge=0, le=7)] = 1
    unfed_part: Literal["refuse", "name"] = "refuse"


class History(Struct, frozen=True, forbid_unknown_fields=True):
    """What a week without a chart does.

    uncharted_week : last week and streaks `skip` the week, or `break` at it.
    """

    uncharted_week: Literal["skip", "break"] = "skip"


class ChartRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="chart"):
    """A chart rule file as an object.

    Points are parts per million of the week: each part gives an artist its
    weight times the artist's share in that measure over all eligible artists.

    id : the rule's name, in lower case with hyphens.
    version : 1 for the first; a change is the next version.
    title : what the chart is called.
    because : why the rule is as it is.
    week : when a week starts.
    part : the measures that make the points.
    positions : how many positions the chart has.
    ties : what settles equal points.
    sources : where the rule was published.
    not_found : what no source says, with the choice made here and its reason.
    supersedes : the rule id@version that this one replaces.
    gain : how counters become gains.
    collaborations : what a post of several artists gives to each.
    members : what accounts and posts of a group's members give the group.
    response : which metrics are fans' response.
    eligibility : which artists the chart is about.
    coverage : how many days must have been seen.
    history : what a week without a chart does.
    """

    id: Text
    version: Positive
    title: Text
    because: Text
    week: WeekRule
    part: tuple[Part, ...]
    positions: Positive
    ties: Ties
    sources: tuple[str, ...] = ()
    not_found: dict[str, str] = field(default_factory=dict)
    supersedes: str = ""
    gain: Gain = Gain()
    collaborations: Collaborations = Collaborations()
    members: Members = Members()
    response: Response = Response(("likes", "comments"))
    eligibility: Eligibility = Eligibility()
    coverage: Coverage = Coverage()
    history: History = History()

    @property
    def name(self) -> str:
        """The rule's citation, id@version."""
        return f"{self.id}@{self.version}"
