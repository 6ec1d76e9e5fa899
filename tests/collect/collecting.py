"""A season that holds nothing but sources, and what is collected from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.collect.collect import collect
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY = b"a voter key for tests, 32 bytes."

HEAD = """\
title = "Sources"
about = "For tests."
award = "tests"
edition = "2018"
origin = "tests.example/sources"
"""

COVERAGE = 'coverage = { from = 2018-01-01, to = 2018-12-31, sampling = "all", synthetic = false }\n'

COUNTERS = (
    """
[[source]]
id = "counts"
kind = "counters"
title = "Counts"
platform = "youtube"
files = "data/counts*"
columns = { post = "id", account = "channel", title = "title", published_at = "published", observed_at = "seen" }
metrics = { views = "views", likes = "likes" }
"""
    + COVERAGE
)

BALLOTS = (
    """
[[source]]
id = "ballots"
kind = "ballots"
title = "Ballots"
files = "data/ballots*"
columns = { channel = "channel", nominee = "nominee", voter = "voter", cast_at = "cast_at" }
"""
    + COVERAGE
)

ARTISTS = r"""
[[artist]]
id = "bts"
names = { en = "BTS", ko = "방탄소년단" }
kind = "group"
accounts = [{ platform = "youtube", account = "ibighit" }, { platform = "youtube", account = "방탄TV" }]

[[artist]]
id = "exo"
names = { en = "EXO", ko = "엑소" }
kind = "group"

[[label]]
platform = "youtube"
account = "SMTOWN"
patterns = [{ artist = "exo", title = '^EXO\b' }]
"""

HEADER = "id,channel,title,published,seen,views,likes\n"
LOVE = "a1,ibighit,FAKE LOVE,2018-05-18T09:00:00Z,2018-05-19T00:00:00Z,39349927,3880071\n"
LATER = "a1,ibighit,FAKE LOVE,2018-05-18T09:00:00Z,2018-05-20T00:00:00Z,62796390,4470888\n"


class Collection:
    """A season folder of sources and its tables."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes], sources: str = COUNTERS) -> None:
        self.folder = folder
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "season.toml").write_text(HEAD + sources, "utf-8")
        (folder / "artists.toml").write_text(ARTISTS, "utf-8")
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
        self.tables = Evidence(folder / "evidence")

    def collect(self, *, strict: bool = False) -> Collection:
        """Collect, or raise what collecting raises."""
        collect(read_season(self.folder), self.tables, KEY, strict=strict, on_progress=lambda _name, _rows: None)
        return self

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Give a table's rows in their order; a table that was not made has none."""
        return [row for path in self.tables.files(name) for row in _read(path)]

    @property
    def set_aside(self) -> list[tuple[str, int, str]]:
        """File, row and reason of every row set aside."""
        return [(row["file"], row["row"], row["reason"]) for row in self.rows("set_aside")]

    @property
    def values(self) -> list[tuple[str, int]]:
        """Metric and value of every reading, in the table's order."""
        return [(row["metric"], row["value"]) for row in self.rows("readings")]


def _read(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
    return rows


def counts(folder: Path, *lines: str, sources: str = COUNTERS) -> Collection:
    """Collect counters from one CSV file of these lines."""
    return Collection(folder, {"data/counts.csv": HEADER + "".join(lines)}, sources).collect()


def row(
    post: str = "a1", channel: str = "ibighit", title: str = "t", seen: str = "2018-05-19", views: str = "5"
) -> str:
    """Give one line of counters."""
    return f"{post},{channel},{title},2018-05-18T09:00:00Z,{seen},{views},1\n"
