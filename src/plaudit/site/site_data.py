"""The tables of a season, read once and laid out by chart, week and artist.

Nothing is judged here: positions, points and gains are the tables' own. What the
pages need of posts and readings is narrowed down by the engine, so that a large
season does not pass through Python row by row.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa

from plaudit.certify.seal import COMMITMENT, committed, is_sealed
from plaudit.certify.statement import evidence_kind, readings_kind
from plaudit.compare.changes import rule_changes
from plaudit.publish.charts import charts
from plaudit.publish.figures import figures
from plaudit.site.seen import rows_by_day
from plaudit.site.voting import has_totals, votes_over_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.compare.changes import RuleChange
    from plaudit.honour.honours import Honour
    from plaudit.publish.figures import Figures
    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.season import Season
    from plaudit.site.voting import VotesOverTime
    from plaudit.store.evidence import Evidence

__all__ = ["POSTS_SHOWN", "SiteData"]

POSTS_SHOWN: Final = 12
"""How many posts an artist's page shows: those with the biggest response."""

Row = dict[str, Any]


class SiteData:
    """Everything the pages are made from.

    statement : the certificate's, or without the count while that is sealed; honours : the record with what it adds.
    languages : the site's, the first one being the door's.
    """

    def __init__(
        self,
        season: Season,
        tables: Evidence,
        statement: Row,
        honours: Sequence[Honour],
        languages: Sequence[str],
    ) -> None:
        self.season = season
        self.tables = tables
        self.statement = statement
        self.honours = list(honours)
        self.languages = tuple(languages)
        self.charts = charts(season, tables)
        self.artists: dict[str, Artist] = season.artists.by_id()
        self.evidence_kind = evidence_kind(season)
        self.readings_kind = readings_kind(season)

    def names(self, artist: str) -> dict[str, str]:
        """Give an artist's or a work's names by language."""
        known = self.artists.get(artist)
        return dict(known.names) if known else self._nominee_names.get(artist, {"en": artist})

    @cached_property
    def _nominee_names(self) -> dict[str, dict[str, str]]:
        return {row["nominee"]: {"en": row["name"]} for row in self.statement.get("nominees", [])}

    @property
    def is_still_sealed(self) -> bool:
        """Whether the season's result is sealed: it is counted, and nothing of the count may be told."""
        return is_sealed(self.season) and "result" not in self.statement

    @cached_property
    def commitment(self) -> dict[str, str] | None:
        """The published commitment to a sealed result, as a note without cosignatures, and the digest in it."""
        path = self.season.published_file(COMMITMENT)
        if not path.is_file():
            return None
        text, _, lines = path.read_text("utf-8").rpartition("\n\n")
        ours = [line for line in lines.split("\n") if line.startswith(f"— {self.season.origin} ")]
        return {"note": "\n".join([text, "", *ours, ""]), "sha256": committed(text)}

    @cached_property
    def response_metrics(self) -> tuple[str, ...]:
        """The metrics that the first chart's rule calls fans' response."""
        return self.charts[0].rule.response.metrics if self.charts else ("likes", "comments", "reposts")

    @cached_property
    def rows_by_day(self) -> dict[str, dict[str, int]]:
        """Each source's rows by the UTC day they speak of."""
        return rows_by_day(self.season, self.tables)

    @cached_property
    def changes(self) -> list[RuleChange]:
        """What changed between the season's rules and the versions before them."""
        return rule_changes(self.season, self.tables, has_result="result" in self.statement)

    @cached_property
    def over_time(self) -> VotesOverTime | None:
        """When votes came, as `votes_over_time` gives it; None while there is no result."""
        if "result" not in self.statement:
            return None
        ranked = [row["nominee"] for row in self.statement["result"]["positions"]]
        return votes_over_time(self.season, self.tables, ranked)

    @property
    def was_read_once(self) -> bool:
        """Whether the votes are totals of a single reading, of which there is nothing to draw."""
        if "result" not in self.statement or self.over_time is not None:
            return False
        return has_totals(self.season, self.tables)

    @cached_property
    def audit_figures(self) -> Figures:
        """Every figure of the purge notice, only where the statement has an audit."""
        return figures(self.season, self.tables, self.statement)

    @cached_property
    def measures(self) -> dict[tuple[str, str], dict[str, dict[str, tuple[int, bool]]]]:
        """By chart and artist: week → measure → value, and whether a flag says to mind it."""
        found: dict[tuple[str, str], dict[str, dict[str, tuple[int, bool]]]] = defaultdict(lambda: defaultdict(dict))
        if not self.tables.has("measures"):
            return found
        rows = self.tables.read("measures")
        is_flagged = (
            rows.fell + rows.recovered + rows.gap_at_start + rows.gap_at_end + rows.grain > 0
        ) | rows.account_gap
        narrow = rows.select("chart", "week", "artist", "measure", "value", is_flagged=is_flagged)
        for chart, week, artist, measure, value, flagged in _tuples(self.tables, narrow.order_by("week", "measure")):
            found[chart, artist][week][measure] = (value, flagged)
        return found

    @cached_property
    def posts(self) -> dict[str, list[Row]]:
        """By artist: its own posts by time, each with its last reading per metric and its response."""
        found: dict[str, list[Row]] = defaultdict(list)
        if not self.tables.has("posts"):
            return found
        posts = self.tables.read("posts")
        if withheld := self.season.withheld_platforms():
            posts = posts.filter(~posts.platform.isin(withheld))
        own = posts.filter(~posts.is_repost, posts.artist.notnull()).order_by("published_at", "platform", "post")
        kept = own.select("artist", "platform", "post", "account", "published_at", "media", "title")
        for artist, *values in _tuples(self.tables, kept):
            post = dict(zip(("platform", "post", "account", "published_at", "media", "title"), values, strict=True))
            last = self._last_values.get((post["platform"], post["post"]), {})
            counted = [last[metric] for metric in self.response_metrics if metric in last]
            for one in artist.split():  # a post may have several artists
                found[one].append({**post, "last": last, "response": sum(counted) if counted else None})
        return found

    @cached_property
    def _last_values(self) -> dict[tuple[str, str], dict[str, int]]:
        readings = self.tables.read("readings")
        of_posts = readings.filter(readings.post != "", readings.artist.notnull())
        last = of_posts.group_by("platform", "post", "metric").agg(value=of_posts.value.argmax(of_posts.observed_at))
        found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for platform, post, metric, value in _tuples(self.tables, last.order_by("platform", "post", "metric")):
            found[platform, post][metric] = value
        return found

    def shown_posts(self, artist: str) -> list[Row]:
        """Give the artist's posts with the biggest response, the first one first."""
        answered = [post for post in self.posts[artist] if post["response"] is not None]
        return sorted(answered, key=lambda post: (-post["response"], post["platform"], post["post"]))[:POSTS_SHOWN]

    @cached_property
    def curves(self) -> dict[tuple[str, str], dict[str, list[tuple[int, int]]]]:
        """By platform and post, of the posts shown: metric → its readings by time, instant and value."""
        shown = [(post["platform"], post["post"]) for artist in list(self.posts) for post in self.shown_posts(artist)]
        found: dict[tuple[str, str], dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        if not shown:
            return found
        wanted = self.tables.staged(
            pa.table({"platform": [platform for platform, _ in shown], "post": [post for _, post in shown]})
        )
        readings = self.tables.read("readings").semi_join(wanted, ["platform", "post"])
        ordered = readings.order_by("platform", "post", "metric", "observed_at")
        columns = ordered.select("platform", "post", "metric", "observed_at", "value")
        for platform, post, metric, at, value in _tuples(self.tables, columns):
            found[platform, post][metric].append((at, value))
        return found

    def gains_of(self, chart: str, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], list[Row]]:
        """Give what each post gained, the most first, for some weeks, artists and metrics of a chart."""
        asked = sorted(set(wanted))
        found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        if not asked or not self.tables.has("gains"):
            return found
        columns = ("week", "artist", "metric")
        keys = self.tables.staged(
            pa.table({name: list(some) for name, some in zip(columns, zip(*asked, strict=True), strict=True)})
        )
        gains = _of_chart(self.tables, "gains", chart).semi_join(keys, columns)
        titles = self.tables.read("posts").select("platform", "post", "title", "published_at")
        of_posts = gains.filter(gains.post != "").inner_join(titles, ["platform", "post"])
        ordered = of_posts.order_by("week", "artist", "metric", ibis.desc("gain"), "platform", "post")
        kept = ordered.select(*columns, "platform", "post", "title", "published_at", "gain", "shared_by", "gap_at_end")
        for row in _rows(self.tables, kept):
            found[row["week"], row["artist"], row["metric"]].append(row)
        return found


def _of_chart(tables: Evidence, name: str, chart: str) -> ibis.Table:
    rows = tables.read(name)
    return rows.filter(rows.chart == chart)


def _rows(tables: Evidence, expression: ibis.Table) -> list[Row]:
    return tables.to_rows(expression)


def _tuples(tables: Evidence, expression: ibis.Table) -> Iterable[tuple[Any, ...]]:
    """Give rows as tuples: several times faster than one dict a row."""
    columns = tables.to_arrow(expression)
    return zip(*(columns.column(name).to_pylist() for name in columns.column_names), strict=True)
