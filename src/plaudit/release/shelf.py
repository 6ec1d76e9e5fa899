"""Where a season keeps its releases.

releases/
├── log/                                    the release log, as C2SP tiles
├── inputs/SHA256                           season.toml, artists.toml and rules, as each release used them
└── social-weekly@1/2018-05-18/1/           chart, week, number of the release
    ├── release.note                        the signed statement
    ├── posts.parquet credits.parquet readings.parquet
    ├── weeks.parquet gains.parquet measures.parquet parts.parquet entries.parquet
    └── standings.json                      what each artist has reached
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow.parquet as pq

from plaudit.base.errors import DigestMismatch
from plaudit.base.weeks import to_instant
from plaudit.chart.standing import Standing, Standings
from plaudit.release.note import NOTE, note_sha256

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

__all__ = [
    "INPUTS",
    "MADE",
    "RELEASES",
    "STANDINGS",
    "Released",
    "Shelf",
    "as_instant",
    "read_standings",
    "standings_bytes",
]

RELEASES: Final = "releases"
INPUTS: Final = "inputs"
STANDINGS: Final = "standings.json"
MADE: Final = ("weeks", "gains", "measures", "parts", "entries")
"""The tables that a week comes to."""


@dataclass(frozen=True)
class Released:
    """One release, where it lies."""

    folder: Path
    stated: dict[str, Any]

    @property
    def week(self) -> str:
        """The week's first day."""
        return str(self.stated["week"])

    @property
    def number(self) -> int:
        """1, and one more with each correction."""
        return int(self.stated["number"])

    @property
    def chart(self) -> str:
        """The rule's citation, id@version."""
        return str(self.stated["chart"]["rule"])

    @property
    def ends_at(self) -> int:
        """The first instant after the week."""
        return as_instant(self.stated["ends_at"])

    @property
    def starts_at(self) -> int:
        """The first instant of the week."""
        return as_instant(self.stated["starts_at"])

    @property
    def cited(self) -> dict[str, Any]:
        """The release as another one cites it."""
        return {"week": self.week, "number": self.number, "sha256": self.sha256}

    @cached_property
    def sha256(self) -> str:
        """The digest of the note."""
        return note_sha256(self.folder / NOTE)

    @property
    def cut(self) -> list[str]:
        """The tables that the week was computed from: posts, credits, readings, and coverage if sources are live."""
        return list(self.stated["evidence"])

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read one of its tables."""
        return pq.read_table(self.folder / f"{name}.parquet", columns=columns)

    @cached_property
    def standings(self) -> Standings:
        """What each artist had reached after this chart."""
        return read_standings(self.folder / STANDINGS)


class Shelf:
    """The releases of a season, as they are found; those that a change makes are put on it by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._put: dict[tuple[str, str], Released] = {}

    def put(self, released: Released) -> None:
        """Let a release that was made, and does not lie in its place yet, be the latest of its week."""
        self._put[released.chart, released.week] = released

    def charts(self) -> list[str]:
        """Give the charts of which anything was released."""
        found = {chart for chart, _ in self._put}
        if self.folder.is_dir():
            found |= {path.name for path in self.folder.iterdir() if path.is_dir() and "@" in path.name}
        return sorted(found)

    def weeks(self, chart: str) -> list[str]:
        """Give the weeks of a chart that were released, in order."""
        folder = self.folder / chart
        found = {path.name for path in folder.iterdir() if not path.name.startswith(".")} if folder.is_dir() else set()
        return sorted(found | {week for of, week in self._put if of == chart})

    def numbers(self, chart: str, week: str) -> list[int]:
        """Give the numbers of the releases of a week, in order."""
        folder = self.folder / chart / week
        found = {int(path.name) for path in folder.iterdir() if path.name.isdecimal()} if folder.is_dir() else set()
        return sorted(found | {one.number for key, one in self._put.items() if key == (chart, week)})

    def latest(self, chart: str, week: str) -> Released:
        """Give the latest release of a week."""
        if (chart, week) in self._put:
            return self._put[chart, week]
        return self.release(chart, week, self.numbers(chart, week)[-1])

    def release(self, chart: str, week: str, number: int) -> Released:
        """Give one release; nobody checks its signature here.

        Raises
        ------
        DigestMismatch : its note cannot be read.
        """
        folder = self.folder / chart / week / str(number)
        try:
            text = (folder / NOTE).read_text("utf-8")
            stated = json.loads(text.partition("\n")[0])
        except (OSError, ValueError):
            raise DigestMismatch(
                f"{RELEASES}/{chart}/{week}/{number}/{NOTE} cannot be read", "restore it from a copy"
            ) from None
        return Released(folder, stated)

    def all(self) -> list[Released]:
        """Give every release, by chart, week and number."""
        found = [
            self.release(chart, week, number)
            for chart in self.charts()
            for week in self.weeks(chart)
            for number in self.numbers(chart, week)
            if (chart, week) not in self._put or number != self._put[chart, week].number
        ]
        return [*found, *self._put.values()]


def as_instant(text: str) -> int:
    """Read an instant as statements have it, with a `Z`."""
    return to_instant(datetime.fromisoformat(text))


def standings_bytes(standings: Standings) -> bytes:
    """Give standings as they are kept: JSON by artist, one a line."""
    lines = [
        f"{json.dumps(artist, ensure_ascii=False)}:{msgspec.json.encode(standing).decode()}"
        for artist, standing in sorted(standings.items())
    ]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def read_standings(path: Path) -> Standings:
    """Read standings as they are kept.

    Raises
    ------
    DigestMismatch : it is no such file.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Standing])
    except (OSError, msgspec.MsgspecError) as error:
        raise DigestMismatch(f"{STANDINGS} of {path.parent.name} cannot be read: {error}", "restore it") from None
