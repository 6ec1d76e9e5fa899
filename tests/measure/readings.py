"""Posts and readings for tests, and the strategy that makes them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import strategies as st

from plaudit.base.weeks import Week
from plaudit.measure.credits import credited, with_groups
from plaudit.measure.gains import gains, named_weeks
from plaudit.measure.measure import measure
from plaudit.rulebook.chart_rule import ChartRule, Collaborations, Gain, Members, Part, Response, Ties, WeekRule
from plaudit.rulebook.sources import Gap, Source, SourceCoverage
from tests.oracles import measure_oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis

    from plaudit.store.evidence import Evidence
    from tests.oracles.measure_oracle import Row

HOUR = 3_600_000_000
END = 4_102_444_800_000_000
UTC_WEEKS = [Week(date(2018, 5, 11), "UTC"), Week(date(2018, 5, 18), "UTC"), Week(date(2018, 5, 25), "UTC")]
NEW_YORK_WEEKS = [
    Week(date(2018, 3, 2), "America/New_York"),
    Week(date(2018, 3, 9), "America/New_York"),  # 167 hours
    Week(date(2018, 3, 16), "America/New_York"),
]
RULE = ChartRule(
    "made", 1, "t", "b", WeekRule("friday", "UTC"), (Part("views_gain", 1_000_000),), 50, Ties(), gain=Gain()
)
PUBLISHED = msgspec.structs.replace(RULE, gain=Gain("published"))
ACCOUNTS = {
    ("youtube", "arirang-tv"): "arirang",
    ("youtube", "bolero"): "bolero",
    ("x", "arirang-tv"): "arirang",
    ("youtube", "label"): None,
}
"""Whose each account is; a label's posts are anybody's, or nobody's."""


def post_row(post: str, published_at: int, **more: Any) -> Row:
    """Give a row of the table posts: arirang's, unless said otherwise."""
    defaults = {"platform": "youtube", "account": "arirang-tv", "artist": "arirang", "media": "video"}
    made = {"is_repost": False, "title": "", "source": "made", "row": 1}
    return {**defaults, **made, "post": post, "published_at": published_at, **more}


def reading_rows(post: Row, metric: str, values: Sequence[tuple[int, int]]) -> list[Row]:
    """Give rows of the table readings, from instants and values."""
    subject = {name: post[name] for name in ("platform", "account", "post", "artist")}
    ordered = sorted(values)
    before = [None, *(value for _, value in ordered)]
    return [
        {**subject, "metric": metric, "observed_at": instant, "value": value, "source": "made", "row": 1}
        | {"falls": earlier is not None and value < earlier}
        for (instant, value), earlier in zip(ordered, before, strict=False)
    ]


def account_of(account: str, artist: str | None, platform: str = "youtube") -> Row:
    """Give what stands for an account's own readings."""
    return {"platform": platform, "account": account, "post": "", "artist": artist}


def credit_rows(posts: Sequence[Row]) -> list[Row]:
    """Give rows of the table credits: of `history` where a post has one, else of the post as it is."""
    rows: list[Row] = []
    for post in posts:
        known = measure_oracle.history(post)
        edges = [0, *(from_at for from_at, *_ in known[1:]), END]
        for number, (_, artist, media, is_repost) in enumerate(known):
            ids = (artist or "").split()
            subject = {"platform": post["platform"], "post": post["post"], "media": media, "is_repost": is_repost}
            times = {"from_at": edges[number], "until_at": edges[number + 1]}
            rows += [{**subject, **times, "artist": one, "artists": len(ids)} for one in ids]
    return rows


def credited_posts(engine: Evidence, posts: list[Row]) -> ibis.Table:
    """Give posts with their credits, as the product does."""
    return credited(engine.rows("posts", posts), engine.rows("credits", credit_rows(posts)))


def members_of(rule: ChartRule) -> list[tuple[str, str]]:
    """Give who belongs to which group, where the rule asks."""
    return [*measure_oracle.GROUPS.items()] if rule.members.counts == "both" else []


def gains_of(
    engine: Evidence,
    readings: list[Row],
    posts: list[Row],
    weeks: list[Week],
    rule: ChartRule,
    sources: Sequence[Source] = (),
) -> list[Row]:
    """Give the product's rows of the table gains."""
    members = members_of(rule)
    described = with_groups(credited_posts(engine, posts), members)
    found = gains(engine.rows("readings", readings), described, weeks, rule, sources, members)
    return engine.to_rows(named_weeks(found, weeks, rule))


def measures_of(
    engine: Evidence,
    readings: list[Row],
    posts: list[Row],
    weeks: list[Week],
    rule: ChartRule,
    sources: Sequence[Source] = (),
) -> list[Row]:
    """Give the product's rows of the table measures."""
    members = members_of(rule)
    described = with_groups(credited_posts(engine, posts), members)
    found = gains(engine.rows("readings", readings), described, weeks, rule, sources, members)
    return engine.to_rows(measure(found, described, weeks, rule, sources))


def source_with(
    *gaps: Gap, first_on: date = date(2018, 1, 1), last_on: date = date(2018, 12, 31), **more: Any
) -> Source:
    """Give a YouTube source of views with these gaps."""
    coverage = SourceCoverage(first_on, last_on, "none", False, gaps)
    kinds = {"id": "made", "kind": "counters", "platform": "youtube", "metrics": {"views": "views"}}
    return Source(title="t", files="f", coverage=coverage, columns={}, **{**kinds, **more})


def coarse_sources() -> st.SearchStrategy[list[Source]]:
    """Give the source of the made readings, with any grains, which may store changes alone."""
    grains = st.dictionaries(st.sampled_from(["views", "followers"]), st.sampled_from(["1 figure", "2 figures", "5"]))
    stores = st.sampled_from(["readings", "changes", "rises"])
    return st.builds(lambda grain, stores: [source_with(grain=grain, stores=stores)], grains, stores)


@st.composite
def evidence(draw: Callable[..., Any], weeks: list[Week]) -> tuple[list[Row], list[Row]]:
    """Give posts and readings around the edges of some weeks; values may fall."""
    edges = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    near_edges = st.tuples(
        st.sampled_from(edges), st.sampled_from([-37, -36, -12, -1, 0, 1, 12, 36]), st.sampled_from([-1, 0, 0, 1])
    )
    instants = st.one_of(
        near_edges.map(lambda found: found[0] + found[1] * HOUR + found[2]),
        st.integers(-30, 24 * 22).map(lambda hour: edges[0] + hour * HOUR),
    )
    series = st.lists(
        st.tuples(instants, st.sampled_from([*range(10), 15, 120])),
        min_size=1,
        max_size=7,
        unique_by=lambda pair: pair[0],
    )
    posts: list[Row] = []
    readings: list[Row] = []
    for number in range(draw(st.integers(0, 6))):
        (platform, account), owner = draw(st.sampled_from(sorted(ACCOUNTS.items(), key=str)))
        artist = owner or draw(st.sampled_from([None, "bolero", "arirang", "arirang bolero", "arirang bolero cante"]))
        post = post_row(
            f"p{number // 2 if platform == 'x' else number}",
            draw(instants),
            platform=platform,
            account=account,
            artist=artist,
            media=draw(st.sampled_from(["photo", "video", "text", "unknown"])),
            is_repost=draw(st.sampled_from([False, False, False, True])),
        )
        known = st.tuples(
            instants,
            st.sampled_from([None, artist, "bolero", "arirang bolero"]),
            st.sampled_from(["photo", "unknown"]),
            st.booleans(),
        )
        later = draw(st.one_of(st.just([]), st.lists(known, max_size=3, unique_by=lambda change: change[0])))
        first = (0, post["artist"], post["media"], post["is_repost"])
        post["history"] = [first, *sorted(later, key=lambda change: change[0])]
        if all((post["platform"], post["post"]) != (other["platform"], other["post"]) for other in posts):
            posts.append(post)
            for metric in sorted(draw(st.sets(st.sampled_from(["views", "likes", "comments", "followers"])))):
                readings += reading_rows(post, metric, draw(series))
    for (platform, account), owner in draw(st.sets(st.sampled_from(sorted(ACCOUNTS.items(), key=str)))):
        for metric in sorted(draw(st.sets(st.sampled_from(["followers", "subscribers", "views"])))):
            readings += reading_rows(account_of(account, owner, platform), metric, draw(series))
    return posts, readings


@st.composite
def rules(draw: Callable[..., Any]) -> ChartRule:
    """Give a rule with any way of giving gains to weeks."""
    response = Response(tuple(sorted(draw(st.sets(st.sampled_from(["likes", "comments", "views"]), min_size=1)))))
    gain = Gain(
        draw(st.sampled_from(["observed", "observed", "published"])),
        draw(st.sampled_from([12, 36])),
        draw(st.sampled_from(["high-water", "high-water", "last"])),
        draw(st.sampled_from([(), ("comments",), ("likes", "followers")])),
        draw(st.sampled_from(["count", "smooth", "steps"])),
        draw(st.integers(2, 3)),
    )
    shared = Collaborations(draw(st.sampled_from(["each", "share", "share", "none"])))
    members = Members(draw(st.sampled_from(["own", "both"])))
    return msgspec.structs.replace(RULE, response=response, gain=gain, collaborations=shared, members=members)


def gaps() -> st.SearchStrategy[Gap]:
    """Give gaps of one account, or of all, in spring 2018."""
    days = st.dates(date(2018, 3, 1), date(2018, 6, 3))
    names = st.sampled_from(["", "label", "bolero", "arirang-tv"])
    return st.builds(lambda first, more, name: Gap(first, max(first, more), "b", name), days, days, names)
