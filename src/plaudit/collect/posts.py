"""Posts and readings from sources: typed, owned, each key once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from plaudit.base.weeks import to_instant
from plaudit.collect.staging import Rows, SetAside, SourceRow
from plaudit.collect.values import Unusable, as_counter, as_flag
from plaudit.store.joins import beside
from plaudit.store.tables import table

if TYPE_CHECKING:
    from plaudit.collect.identity import Identity
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["PostStaging"]

_MEDIA: Final = frozenset({"photo", "video", "text", "unknown"})
_PLACE: Final = [("source", pa.string()), ("file", pa.string()), ("row", pa.int64())]
_POSTS: Final = pa.schema(
    [
        ("platform", pa.string()),
        ("post", pa.string()),
        ("account", pa.string()),
        ("artist", pa.string()),
        ("published_at", pa.int64()),
        ("media", pa.string()),
        ("is_repost", pa.bool_()),
        ("title", pa.string()),
        ("observed_at", pa.int64()),
        *_PLACE,
    ]
)
_READINGS: Final = pa.schema(
    [
        ("platform", pa.string()),
        ("account", pa.string()),
        ("post", pa.string()),
        ("metric", pa.string()),
        ("observed_at", pa.int64()),
        ("value", pa.int64()),
        *_PLACE,
    ]
)


class PostStaging:
    """Posts and readings as the sources gave them, before keys are made unique."""

    def __init__(self, identity: Identity, set_aside: SetAside) -> None:
        self._identity = identity
        self._set_aside = set_aside
        self._posts = Rows(_POSTS)
        self._readings = Rows(_READINGS)

    def take(self, row: SourceRow) -> None:
        """Take one row of a counters, posts or readings source, or set it aside."""
        source = row.source
        try:
            account = row.id("account")
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
        place = (row.source.id, row.file, row.row)
        self._readings.append(row.source.platform, account, post, metric, instant, value, *place)

    def _take_post(self, row: SourceRow, account: str) -> None:
        source = row.source
        place = (source.id, row.file, row.row)
        post, title = row.id("post"), row.text("title")
        published_at = row.instant("published_at")
        observed_at = row.instant("observed_at") if row.has("observed_at") else _collected_at(source)
        if observed_at < published_at - 86_400_000_000:
            raise Unusable("out of range", "read more than a day before it was published")
        media = row.text("media", "unknown")
        if media not in _MEDIA:
            raise Unusable("unknown media", f"{media!r}; use photo, video, text or unknown")
        values = [
            (metric, as_counter(row.values[column], column))
            for metric, column in source.metrics.items()
            if not (metric in source.unless and as_flag(row.values[source.unless[metric]], source.unless[metric]))
        ]
        artist = self._identity.artist_of(source.platform, account, title)
        is_repost = row.flag("is_repost")
        self._posts.append(
            source.platform, post, account, artist, published_at, media, is_repost, title, observed_at, *place
        )
        for metric, value in values:
            self._readings.append(source.platform, account, post, metric, observed_at, value, *place)

    def write(self, evidence: Evidence) -> dict[str, int]:
        """Make keys unique, write both tables and give their row counts.

        A post is described by its latest row. A reading given twice with one
        value is kept once; with different values none of them is believed.
        """
        posts = self._latest_posts(evidence)
        readings = self._readings.table()
        ours = evidence.staged(readings)
        keys = ["platform", "post", "metric", "observed_at"]
        subject = ibis.ifelse(ours.post == "", ours.account, "").name("of_account")
        once = (
            ours.mutate(of_account=subject)
            .group_by([*keys, "of_account", "value"])
            .agg(account=ours.account.max(), source=ours.source.min(), file=ours.file.min(), row=ours.row.min())
        )
        once = once.mutate(differing=ibis._.count().over(ibis.window(group_by=[*keys, "of_account"])))
        conflicting = once.filter(once.differing > 1).select([*keys, "of_account"]).distinct()
        spoiled = ours.mutate(of_account=subject).semi_join(conflicting, [*keys, "of_account"])
        for found in evidence.to_rows(spoiled.order_by("source", "file", "row", "metric")):
            self._set_aside.add(
                found["source"],
                found["file"],
                found["row"],
                "duplicate key with different values",
                f"{found['metric']} of {found['post'] or found['account']} is {found['value']}",
            )
        known = evidence.staged(posts).select("platform", "post", post_account="account", post_artist="artist")
        owned = beside(once.filter(once.differing == 1), known, ["platform", "post"])
        owned = owned.mutate(account=ibis.coalesce(owned.post_account, owned.account))
        owned = beside(owned, self._owners(evidence, owned), ["platform", "account"])
        of_no_post = owned.filter(owned.post != "", owned.post_account.isnull())
        for found in evidence.to_rows(of_no_post.order_by("source", "file", "row")):
            place = (found["source"], found["file"], found["row"])
            self._set_aside.add(*place, "unknown post", f"{found['post']} is in no source of posts")
        owned = owned.filter((owned.post == "") | owned.post_account.notnull())
        in_order = ibis.window(group_by=["platform", "account", "post", "metric"], order_by="observed_at")
        before = owned.value.lag().over(in_order)
        rows = owned.mutate(
            artist=ibis.coalesce(owned.post_artist, owned.owner),
            falls=(owned.value < before).fill_null(False),  # noqa: FBT003
        )
        return {
            "posts": evidence.write("posts", posts).num_rows,
            "readings": evidence.write("readings", rows.select(list(table("readings").columns))).num_rows,
        }

    def _owners(self, evidence: Evidence, readings: ibis.Table) -> ibis.Table:
        accounts = evidence.to_rows(readings.select("platform", "account").distinct().order_by("platform", "account"))
        owners = [{**row, "owner": self._identity.artist_of(row["platform"], row["account"], "")} for row in accounts]
        schema = pa.schema([("platform", pa.string()), ("account", pa.string()), ("owner", pa.string())])
        return evidence.staged(pa.Table.from_pylist(owners, schema=schema))

    def _latest_posts(self, evidence: Evidence) -> pa.Table:
        staged = evidence.staged(self._posts.table())
        newest = ibis.window(
            group_by=["platform", "post"],
            order_by=[ibis.desc("observed_at"), ibis.desc("file"), ibis.desc("row"), ibis.desc("source")],
        )
        latest = staged.mutate(age=ibis.row_number().over(newest))
        return evidence.to_arrow(latest.filter(latest.age == 0).drop("age", "observed_at", "file"))


def _collected_at(source: Source) -> int:
    """A final count without a time of its own is dated at the end of the source's coverage."""
    after = datetime.combine(source.coverage.last_on + timedelta(days=1), time(0), ZoneInfo(source.zone))
    return to_instant(after) - 1
