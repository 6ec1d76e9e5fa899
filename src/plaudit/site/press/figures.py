"""What this season's own tables say: its count, each chart's latest week and the post with the biggest response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.weeks import instant_text
from plaudit.site.downloads import measures_cut, posts_cut, week_cut, weeks_cut, whole_cut
from plaudit.site.pages.runs import heaviest
from plaudit.site.press.claims import CountedFirst, Fates, Gain, No1, Post, Provisional, WeeksAtNo1

if TYPE_CHECKING:
    from plaudit.publish.charts import Chart
    from plaudit.site.press.claims import Claim
    from plaudit.site.press.notes import Notes
    from plaudit.site.site_data import SiteData

__all__ = ["count_claims", "post_claims", "week_claims"]


def count_claims(site_data: SiteData, notes: Notes) -> list[Claim]:
    """Give who leads this season's count and where its votes went; nothing where it has no vote."""
    result = site_data.statement.get("result")
    if not result or not result["positions"]:
        return []
    rule = site_data.statement["vote"]["rule"]
    positions, winners = result["positions"], result["winners"]
    value = positions[0]["value"]
    others = [row for row in positions if row["nominee"] not in winners]
    second = others[0] if len(winners) == 1 and others else None
    note = notes.add(whole_cut(site_data, "result"), {"position": "1"}, rule=rule)
    first = CountedFirst(
        winners=[site_data.names(winner) for winner in winners],
        value=value,
        unit=result["unit"],
        second=site_data.names(second["nominee"]) if second else None,
        margin=value - second["value"] if second else 0,
        notes=[note],
    )
    fates = ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")
    totals = {fate: sum(row[f"votes_{fate}"] for row in result["totals"]) for fate in fates}
    columns = [f"votes_{fate}" for fate in fates]
    added = notes.add(whole_cut(site_data, "totals"), {}, columns=columns, rule=rule)
    return [first, Fates(**totals, notes=[added])]


def week_claims(site_data: SiteData, chart: Chart, notes: Notes) -> list[Claim]:
    """Give a chart's latest week: no. 1, its points and weeks there, the biggest gain; nothing without one."""
    latest = chart.latest
    if latest is None or not latest.entries:
        return []
    week, leaders = latest.week, latest.leaders
    note = notes.add(week_cut(chart, latest), {"week": week, "position": "1"}, rule=chart.name)
    claims: list[Claim] = [
        No1(
            artists=[entry.names for entry in leaders],
            chart=chart.rule.title,
            week=week,
            points=leaders[0].points,
            notes=[note],
        )
    ]
    if len(leaders) == 1:
        claims.append(
            WeeksAtNo1(
                artist=leaders[0].names,
                weeks=leaders[0].weeks_at_no_1,
                in_a_row=leaders[0].streak_at_no_1,
                notes=[note],
            )
        )
    if latest.verdict == "provisional":
        seen = notes.add(weeks_cut(chart), {"week": week}, rule=chart.name)
        claims.append(Provisional(days=latest.days_missing, notes=[seen]))
    return [*claims, *_biggest_gain(site_data, chart, week, notes)]


def _biggest_gain(site_data: SiteData, chart: Chart, week: str, notes: Notes) -> list[Claim]:
    """Give the biggest gain of the measure that weighs most; where two share it, neither is told."""
    measure = heaviest(chart)
    gains = [
        (*weeks[week][measure], artist)
        for (name, artist), weeks in site_data.measures.items()
        if name == chart.name and measure in weeks.get(week, {}) and artist in site_data.artists
    ]
    most = max((value for value, _, _ in gains), default=0)
    first = [(artist, is_flagged) for value, is_flagged, artist in gains if value == most]
    if most <= 0 or len(first) != 1:
        return []
    artist, is_flagged = first[0]
    where = {"chart": chart.name, "week": week, "measure": measure}
    note = notes.add(measures_cut(site_data, artist), where, rule=chart.name)
    return [Gain(artist=site_data.names(artist), measure=measure, value=most, is_least=is_flagged, notes=[note])]


def post_claims(site_data: SiteData, notes: Notes) -> list[Claim]:
    """Give the season's post with the biggest response; nothing where no post was read or two share the place."""
    posts = [
        (post["response"], artist, post) for artist in site_data.posts for post in site_data.shown_posts(artist)[:1]
    ]
    most = max((response for response, _, _ in posts), default=0)
    first = [(artist, post) for response, artist, post in posts if response == most]
    if most <= 0 or len(first) != 1 or first[0][0] not in site_data.artists:
        return []
    artist, post = first[0]
    note = notes.add(posts_cut(site_data, artist), {"platform": post["platform"], "post": post["post"][:200]})
    return [
        Post(
            artist=site_data.names(artist),
            title=post["title"][:200] if post["title"] else "",
            day=instant_text(post["published_at"])[:10],
            response=most,
            metrics=[metric for metric in site_data.response_metrics if metric in post["last"]],
            notes=[note],
        )
    ]
