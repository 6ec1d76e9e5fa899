"""Posts and readings from sources: typed, owned, each key once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from plaudit.base.weeks import to_instant
from plaudit.collect.grains import local_day
from plaudit.collect.histories import DESCRIBED, histories
from plaudit.collect.staging import Rows, SetAside, SourceRow
from plaudit.collect.values import Unusable, as_counter, as_flag
from plaudit.store.joins import left_join_unique
from plaudit.store.tables import table

if TYPE_CHECKING:
    from plaudit.collect.identity import Identity
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["PostStaging"]

_MEDIA: Final = frozenset({"photo", "video", "text", "unknown"})
_DAY: Final = 86_400_000_000
_READINGS: Final = pa.schema(
    [
        ("platform", pa.string()),
        ("account", pa.string()),
        ("post", pa.string()),
        ("metric", pa.string()),
        ("observed_at", pa.int64()),
        ("value", pa.int64()),
        ("owner", pa.string()),
        ("source", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
    ]
)


class PostStaging:
    """Posts and readings as the sources gave them, before keys are made unique.

    not_given : by source and metric, in how many rows the metric has no value.
    """

    def __init__(self, identity: Identity, set_aside: SetAside) -> None:
        self._identity = identity
        self._set_aside = set_aside
        self._posts = Rows(DESCRIBED)
        self._readings = Rows(_READINGS)
        self.not_given: Counter[tuple[str, str]] = Counter()

    def take(self, row: SourceRow) -> None:
        """Take one row of a counters, posts or readings source, or set it aside."""
        source = row.source
        try:
            account = row.id("account")
            self._set_aside.used[source.id, "account", account] += 1
            if not self._identity.knows(source.platform, account):
                self._set_aside.add(source.id, row.file, row.row, "unknown account", account)
            elif source.kind == "readings":
                self._take_reading(row, account)
            else:
                self._take_post(row, account)
        except Unusable as unusable:
            self._set_aside.add(source.id, row.file, row.row, unusable.reason, unusable.detail)

    def _take_reading(self, row: SourceRow, account: str) -> None:
        value = as_counter(row.text("value"), "value")
        metric, instant, post = row.text("metric"), row.instant("observed_at"), row.id("post")
        platform, place = row.source.platform, (row.source.id, row.file, row.row)
        owner = self._identity.owner(platform, account, post) if post else None
        self._readings.append(platform, account, post, metric, instant, value, owner, *place)

    def _take_post(self, row: SourceRow, account: str) -> None:
        source = row.source
        place = (source.id, row.file, row.row)
        post, title = row.id("post"), row.text("title")
        published = _published(row)
        has_time = row.has("observed_at")
        observed_at = row.instant("observed_at") if has_time else _collected_at(source)
        if observed_at < published[0] - _DAY:
            raise Unusable("out of range", "read more than a day before it was published")
        media = row.text("media", "unknown")
        if media not in _MEDIA:
            raise Unusable("unknown media", f"{media!r}; use photo, video, text or unknown")
        says_repost = row.has("is_repost") and not _is_absent(row.value("is_repost"))
        is_repost = row.flag("is_repost") if says_repost else None
        credit = self._identity.credit(source.platform, account, post, title, row.texts("artists"))
        said = (credit.owner, credit.artists, credit.is_named, *published, None if media == "unknown" else media)
        told_at = observed_at if has_time else 0
        self._posts.append(source.platform, post, account, *said, is_repost, told_at, title, *place)
        for metric, value in self._values(row):
            self._readings.append(source.platform, account, post, metric, observed_at, value, None, *place)

    def _values(self, row: SourceRow) -> list[tuple[str, int]]:
        """Give the metrics that the row has; one that it lacks, or that is unusable, costs that metric alone."""
        source, found = row.source, []
        self._set_aside.used[source.id, "rows", "taken"] += 1
        for metric, column in source.metrics.items():
            is_given = not _is_absent(row.values[column])
            self._set_aside.used[source.id, "metric", metric] += is_given
            try:
                if metric in source.unless and as_flag(row.values[source.unless[metric]], source.unless[metric]):
                    continue
                if is_given:
                    found.append((metric, as_counter(row.values[column], column)))
                else:
                    self.not_given[source.id, metric] += 1
            except Unusable as unusable:
                detail = unusable.detail if column == metric else f"{metric}: {unusable.detail}"
                self._set_aside.add(source.id, row.file, row.row, unusable.reason, detail)
        return found

    def write(self, evidence: Evidence) -> dict[str, int]:
        """Make keys unique, write posts, credits and readings, and give their row counts.

        A reading given twice with one value is kept once; with different values none
        of them is believed. What contradicts itself about a post goes with its readings.
        """
        readings = evidence.staged(self._readings.table())
        found = histories(evidence, evidence.staged(self._posts.table()), readings, self._set_aside)
        posts = evidence.write("posts", found.posts)
        credits_ = evidence.write("credits", found.credits)
        owned = self._owned(evidence, self._once(evidence, found.readings), posts)
        in_order = ibis.window(group_by=["platform", "account", "post", "metric"], order_by="observed_at")
        before = owned.value.lag().over(in_order)
        rows = owned.mutate(
            artist=ibis.coalesce(owned.post_artist, owned.account_artist),
            falls=(owned.value < before).fill_null(False),  # noqa: FBT003
        )
        written = evidence.write("readings", rows.select(list(table("readings").columns)))
        return {"posts": posts.num_rows, "credits": credits_.num_rows, "readings": written.num_rows}

    def _once(self, evidence: Evidence, readings: ibis.Table) -> ibis.Table:
        """Give each reading once; those of one key with different values are set aside."""
        keys = ["platform", "post", "metric", "observed_at", "of_account"]
        ours = readings.mutate(of_account=ibis.ifelse(readings.post == "", readings.account, ""))
        once = ours.group_by([*keys, "value"]).agg(
            account=ours.account.min(), source=ours.source.min(), file=ours.file.min(), row=ours.row.min()
        )
        once = once.mutate(differing=ibis._.count().over(ibis.window(group_by=keys)))
        conflicting = once.filter(once.differing > 1).select(keys).distinct()
        spoiled = ours.semi_join(conflicting, keys)
        for found in evidence.to_rows(spoiled.order_by("source", "file", "row", "metric")):
            self._set_aside.add(
                found["source"],
                found["file"],
                found["row"],
                "duplicate key with different values",
                f"{found['metric']} of {found['post'] or found['account']} is {found['value']}",
            )
        return once.filter(once.differing == 1)

    def _owned(self, evidence: Evidence, once: ibis.Table, posts: pa.Table) -> ibis.Table:
        """Give readings with the account and artists of their posts; those of posts that nothing describes go."""
        known = evidence.staged(posts).select("platform", "post", post_account="account", post_artist="artist")
        owned = left_join_unique(once, known, ["platform", "post"])
        of_no_post = owned.filter(owned.post != "", owned.post_account.isnull())
        for found in evidence.to_rows(of_no_post.order_by("source", "file", "row")):
            place = (found["source"], found["file"], found["row"])
            self._set_aside.add(*place, "unknown post", f"no usable row of posts or counters describes {found['post']}")
        owned = owned.filter((owned.post == "") | owned.post_account.notnull())
        owned = owned.mutate(account=ibis.coalesce(owned.post_account, owned.account))
        accounts = evidence.to_rows(owned.select("platform", "account").distinct().order_by("platform", "account"))
        artists: list[dict[str, Any]] = [
            {**row, "account_artist": self._identity.artist_of(row["platform"], row["account"])} for row in accounts
        ]
        schema = pa.schema([("platform", pa.string()), ("account", pa.string()), ("account_artist", pa.string())])
        owned = left_join_unique(
            owned, evidence.staged(pa.Table.from_pylist(artists, schema=schema)), ["platform", "account"]
        )
        is_of_account = owned.post == ""
        return owned.mutate(account_artist=ibis.ifelse(is_of_account, owned.account_artist, ibis.null("string")))


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _published(row: SourceRow) -> tuple[int, int, int]:
    """Give when a post was published, and the first and last instant that a bare date may stand for."""
    at = row.instant("published_at")
    if row.grain("published_at") == "day":
        return (at, *local_day(at, row.source.zone))
    return at, at, at


def _collected_at(source: Source) -> int:
    """A final count without a time of its own is dated at the end of the source's coverage."""
    after = datetime.combine(source.coverage.last_on + timedelta(days=1), time(0), ZoneInfo(source.zone))
    return to_instant(after) - 1
