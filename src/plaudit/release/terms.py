"""The terms of a release: rule, sources as they are declared, artists, and what was before the first week."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.digests import bytes_sha256, file_sha256
from plaudit.base.errors import DigestMismatch, RuleInvalid, UnknownName
from plaudit.base.file_names import file_named
from plaudit.base.weeks import weeks_between
from plaudit.chart.standing import Standing
from plaudit.rulebook.artists import Artists, read_artists
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.season_file import SeasonFile
from plaudit.rulebook.strict_toml import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from plaudit.base.weeks import Week
    from plaudit.chart.standing import Standings
    from plaudit.rulebook.releasing import Releasing
    from plaudit.rulebook.season_file import ChartUse
    from plaudit.rulebook.sources import Source

__all__ = ["Terms", "cited_terms", "read_terms"]

_COLUMNS: Final = ("artist", "peak", "weeks_on_chart", "weeks_at_no_1")


@dataclass(frozen=True)
class Terms:
    """What a chart is computed by, and the files that say so, by name.

    seeds : what artists had reached before the first week, as somebody gave it
    """

    use: ChartUse
    rule: ChartRule
    releasing: Releasing | None
    sources: tuple[Source, ...]
    artists: Artists
    seeds: Standings
    inputs: dict[str, bytes]
    is_shipped: bool
    rule_sha256: str

    @property
    def weeks(self) -> list[Week]:
        """The weeks of the chart."""
        return weeks_between(self.use.first_on, self.use.last_on, self.rule.week.starts_on, self.rule.week.zone)

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each of the files."""
        return {name: bytes_sha256(data) for name, data in sorted(self.inputs.items())}


def cited_terms(inputs: Path, digests: Mapping[str, str], chart: str, scratch: Path) -> Terms:
    """Read the terms that a release cites, from the kept inputs.

    Parameters
    ----------
    inputs : the folder in which each file is called by its SHA-256
    scratch : where the files are put together under their names

    Raises
    ------
    DigestMismatch : a file is not there, or another.
    UnknownName, RuleInvalid : as `read_terms` raises them.
    """
    folder = scratch / bytes_sha256(repr(sorted(digests.items())).encode())
    for name, digest in digests.items():
        path = inputs / digest
        if not path.is_file() or file_sha256(path) != digest:
            raise DigestMismatch(f"releases/inputs/{digest}, which is {name}, is missing or another", "restore it")
        if not (folder / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(path.read_bytes())
    return read_terms(folder, chart)


def read_terms(folder: Path, chart: str) -> Terms:
    """Read the terms of one chart from a season's folder, or from one with the files that a release cites.

    Raises
    ------
    UnknownName : the season has no such chart, or a file is not there.
    RuleInvalid : a file is not what it must be; names file, line and remedy.
    """
    parsed = read_toml(folder / "season.toml", "season.toml").parse(SeasonFile)
    use = next((use for use in parsed.chart if use.rule == chart), None)
    if use is None:
        charted = ", ".join(use.rule for use in parsed.chart) or "none"
        raise UnknownName(f"no chart {chart!r} in this season", f"it has: {charted}", rule=chart)
    cited = RuleLibrary(folder / "rules").cited(chart)
    if not isinstance(cited.rule, ChartRule):
        raise RuleInvalid(f"season.toml: {chart} is a {cited.kind} rule", "name a chart rule")
    files = {"season.toml": folder / "season.toml", "artists.toml": folder / "artists.toml"}
    if not cited.shipped:
        files[f"rules/{chart}.toml"] = cited.path
    if use.history:
        files[use.history.file] = file_named(folder, use.history.file)
    inputs = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    artists = read_artists(folder / "artists.toml") if "artists.toml" in inputs else Artists(())
    seeds = _seeds(use, inputs.get(use.history.file), artists) if use.history else {}
    return Terms(use, cited.rule, parsed.release, parsed.source, artists, seeds, inputs, cited.shipped, cited.sha256)


def _seeds(use: ChartUse, data: bytes | None, artists: Artists) -> Standings:
    assert use.history is not None
    name = use.history.file
    if data is None:
        raise UnknownName(f"no file {name}", "add it, or correct [chart.history] in season.toml", file=name)
    known, found = artists.by_id(), {}
    reader = csv.DictReader(data.decode("utf-8-sig", "replace").splitlines())
    if tuple(reader.fieldnames or ()) != _COLUMNS:
        raise RuleInvalid(f"{name}, line 1: the columns are {', '.join(reader.fieldnames or ())}", _asks())
    for line, row in enumerate(reader, start=2):
        artist, numbers = row["artist"], [row[column] or "" for column in _COLUMNS[1:]]
        if artist not in known or artist in found:
            what = "is given twice" if artist in found else "is no artist of this season"
            raise RuleInvalid(f"{name}, line {line}: {artist!r} {what}", "correct it; ids are those of artists.toml")
        if not all(number.isascii() and number.isdecimal() and len(number) < 10 for number in numbers):
            raise RuleInvalid(f"{name}, line {line}: {', '.join(numbers)} are not three whole numbers", _asks())
        peak, weeks, at_no_1 = map(int, numbers)
        if not (peak >= 1 <= weeks and at_no_1 <= weeks and (at_no_1 > 0) is (peak == 1)):
            what = f"peak {peak}, {weeks} weeks on chart and {at_no_1} at no. 1 contradict each other"
            raise RuleInvalid(f"{name}, line {line}: {what}", "correct it after its source", file=name, line=line)
        found[artist] = Standing(0, 0, peak, weeks, at_no_1, 0, 0, is_given=True)
    return found


def _asks() -> str:
    return f"write the columns {', '.join(_COLUMNS)}"
