"""The files of the evidence as files, and whose posts and readings are. A chapter of verify.py."""

import os
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from verify import DAY, MILLION, TABLES, TYPES, Row, canonical, digests, refuse, same

LAST = 4_102_444_800_000_000
"""2100-01-01T00:00Z, microseconds."""
FACTS, STATES = ("state", "linked", "network"), ("closed", "suspended")
ALSO = ("honours.parquet", "log/checkpoint", "log/verifier.key", "log/opened")


def check_names(folder: Path, cited: Row) -> None:
    """Refuse links, files that belong to nothing, and tables that are not there."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            if (path := Path(place, name)).is_symlink():
                refuse(path.relative_to(folder).as_posix(), "it is a link to something else")
    evidence = folder / "evidence"
    tables = [*cited["tables"], *cited["made"]]
    known = {f"{name}.parquet" for name in tables if name != "ballots"} | {*ALSO}
    for path in (path for path in evidence.rglob("*") if path.is_file()):
        name = path.relative_to(evidence).as_posix()
        is_day = "ballots" in tables and re.fullmatch(r"ballots/day=\d{4}-\d\d-\d\d/part-0\.parquet", name)
        if not (name in known or is_day or re.match(r"log/tile/|(.*/)?\.[^/]*$", name)):
            refuse(f"evidence/{name}", "it was not there when it was certified")
    for name in known - {*ALSO}:
        if not (evidence / name).is_file():
            refuse(f"evidence/{name}", "it is missing")


def check_digests(evidence: Path, cited: Row) -> None:
    """Compare the rows of tables that are not made here with the digests that are cited of them."""
    kinds = {form: kind for kind, form in TYPES.items()}
    for name in (name for name in cited["made"] if name not in TABLES):
        rows = pq.ParquetFile(evidence / f"{name}.parquet").read()
        streams = {
            column: digests(kinds[rows.schema.field(column).type], rows[column].to_pylist())
            for column in rows.column_names
        }
        text = canonical({"table": name, "parts": {"": {"rows": rows.num_rows, "columns": streams}}})
        right = {"rows": rows.num_rows, "sha256": sha256(text.encode()).hexdigest()}
        same(f"evidence/{name}.parquet, by certificate.evidence.made", cited["made"][name], right)


def check_footers(evidence: Path, names: list[str]) -> None:
    """Refuse a file that says of its rows what they are not, though nothing here believes it: others might."""
    paths = [sorted(evidence.glob(f"{name}/*/*.parquet")) or [evidence / f"{name}.parquet"] for name in names]
    for path in (path for some in paths for path in some):
        place, file = path.relative_to(evidence.parent).as_posix(), pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            told, rows = file.metadata.row_group(group), file.read_row_group(group)
            if rows.num_rows != (262_144 if group + 1 < file.num_row_groups else told.num_rows):
                refuse(place, f"row group {group + 1} has {rows.num_rows} rows")
            for at, name in enumerate(rows.column_names):
                said, values = told.column(at).statistics, rows.column(name).to_pylist()
                held = [value for value in values if value is not None]
                lies = said is not None and said.has_null_count and said.null_count != len(values) - len(held)
                if said is not None and said.has_min_max and held:
                    lies = lies or (said.min, said.max) != (min(held), max(held))
                if lies:
                    refuse(place, f"it says of {name} in row group {group + 1} what its rows are not")


def check_days(evidence: Path) -> None:
    """Refuse a ballot that does not lie in the folder of its UTC day, or of the latest day before it."""
    latest = 0
    for path in sorted(evidence.glob("ballots/day=*/part-0.parquet")):
        for at in pq.ParquetFile(path).read(columns=["cast_at"])["cast_at"].to_pylist():
            latest = max(latest, at // DAY * DAY)
            if datetime.fromtimestamp(latest // MILLION, UTC).date().isoformat() != path.parent.name[4:]:
                refuse(path.relative_to(evidence.parent).as_posix(), "a ballot does not lie in the folder of its day")


class Owners:
    """Whose accounts and posts are, as far as artists.toml and a source's own column of artists allow."""

    def __init__(self, folder: Path, season: Row) -> None:
        path = folder / "artists.toml"
        file = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        self.of = {
            (one["platform"], one["account"]): {artist["id"]}
            for artist in file.get("artist", [])
            for one in artist.get("accounts", [])
        }
        self.labels = {(one["platform"], one["account"]): one.get("patterns", []) for one in file.get("label", [])}
        self.together = file.get("collaboration", [])
        self.all = {artist["id"] for artist in file.get("artist", [])}
        named = ("columns", "constants")
        self.telling = {one["id"] for one in season["source"] if any("artists" in one.get(key, {}) for key in named)}

    def allowed(self, post: Any) -> set[str]:
        """Give every artist that a post may be of."""
        if post.source in self.telling:
            return self.all
        place = (post.platform, post.account)
        found = {*self.of.get(place, ())}
        found |= {one["artist"] for one in self.labels.get(place, ()) if re.search(one["title"], post.title)}
        for one in self.together:
            is_there = one["platform"] == post.platform and one.get("account", post.account) in ("", post.account)
            is_so = one.get("post") == post.post or (one.get("title") and re.search(one["title"], post.title))
            found |= {*one["artists"]} if is_there and is_so else set()
        return found


def check_owners(folder: Path, season: Row, tables: Row) -> None:
    """Refuse a post, credit or reading whose artist is none of those that artists.toml allows for it."""
    owners, of_post = Owners(folder, season), {}
    for row in tables.get("posts", []):
        allowed = of_post[row.platform, row.post] = owners.allowed(row)
        if not {*(row.artist or "").split()} <= allowed:
            refuse(f"evidence/posts, {row.platform} {row.post}", f"artists.toml does not give it to {row.artist}")
    for row in tables.get("credits", []):
        if row.artist not in of_post.get((row.platform, row.post), set()):
            refuse(f"evidence/credits, {row.platform} {row.post}", f"artists.toml does not give it to {row.artist}")
    posts = {(row.platform, row.post): row.artist for row in tables.get("posts", [])}
    for row in tables.get("readings", []):
        right = (
            posts.get((row.platform, row.post))
            if row.post
            else next(iter(owners.of.get((row.platform, row.account), ())), None)
        )
        if row.artist != right and (row.post or row.source not in owners.telling):
            refuse(f"evidence/readings, {row.platform} {row.post or row.account}", f"it is not of {row.artist}")


def check_values(tables: Row) -> None:
    """Refuse instants that nobody has seen, falls that were none, and a share that no credits bear out."""
    for name, rows in tables.items():
        for row in rows:
            if any((getattr(row, column) or 0) > LAST for column in row._fields if column.endswith("_at")):
                refuse(f"evidence/{name}, {row[:5]}", "an instant lies after 2099")
    for row in tables.get("voter_facts", []):
        if row.fact not in FACTS or (row.fact == "state" and row.value not in STATES):
            refuse(f"evidence/voter_facts, voter {row.voter}", f"{row.fact} {row.value!r:.99} is nothing that is asked")
    before: dict[Any, int] = {}
    for row in sorted(tables.get("readings", []), key=lambda row: row.observed_at):
        series = (row.platform, row.account, row.post, row.metric)
        if row.falls != (row.value < before.get(series, 0)):
            refuse(
                f"evidence/readings, {row.platform} {row.post or row.account}", f"falls is {row.falls} at {row.value}"
            )
        before[series] = row.value
    together = Counter((row.platform, row.post, row.from_at) for row in tables.get("credits", []))
    for row in tables.get("credits", []):
        if row.artists != together[row.platform, row.post, row.from_at]:
            refuse(f"evidence/credits, {row.platform} {row.post}", f"{row.artists} artists are said to share it")


def check(folder: Path, season: Row, cited: Row, tables: Row) -> None:
    """Check them all."""
    check_names(folder, cited)
    check_digests(folder / "evidence", cited)
    check_footers(folder / "evidence", [*cited["tables"]])
    check_days(folder / "evidence")
    check_owners(folder, season, tables)
    check_values(tables)
