"""The evidence of a season as it was given: read strictly, compared with what was certified, copied to be counted."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.parquet as pq

from plaudit.base.digests import file_sha256
from plaudit.base.errors import DigestMismatch
from plaudit.base.numbers import counted
from plaudit.store.row_digest import table_digest
from plaudit.store.tables import CERTIFIED, TABLES, table
from plaudit.verify.prose import is_prose
from plaudit.verify.strict import admit, day_of, refuse_other_encoding, told_file
from plaudit.vote.log import CHECKPOINT, LOG_KEY, has_log, workers_for
from plaudit.vote.witnesses import OPENED

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence
    from plaudit.verify.verified import Verified

__all__ = ["admit_evidence"]

_BALLOTS: Final = "ballots"
_DAY_MICROSECONDS: Final = 86_400_000_000
_RESTORE: Final = "restore the file that was certified"


def admit_evidence(
    season: Season, ours: Evidence, stated: dict[str, Any], where: Callable[[str], str], found: Verified
) -> dict[str, dict[str, Any]]:
    """Copy the collected tables into `ours`, and give their digests, which are the certified ones.

    Parameters
    ----------
    where : says of a table which row differs from what the sources give, as far as that can be told

    Raises
    ------
    DigestMismatch : a file is missing, was not certified, says of its rows what they are not, or its rows are not the
        certified ones; names the file, and row, column and value where it can.
    """
    _refuse_surplus(season)
    theirs = season.evidence
    digests = {}
    for name in CERTIFIED:
        if files := _files(theirs, name):
            digests[name] = table_digest(name, _admitted(name, files, ours.folder))
    if is_prose(stated):
        _refuse_other_files(theirs, stated["evidence"]["tables"])
        certified = digests
    else:
        certified = stated["evidence"]["tables"]
    for name in sorted({*certified, *digests}):
        if name not in digests:
            raise DigestMismatch(f"evidence/{_place(name)} is missing", _RESTORE, file=name)
        if name not in certified:
            raise DigestMismatch(
                f"evidence/{_place(name)} was not there when it was certified", "remove it, or certify again", file=name
            )
        if digests[name] != certified[name]:
            detail = where(name)
            raise DigestMismatch(
                f"the rows of evidence/{_place(name)} are {_told(digests[name])}, but {_told(certified[name])} was "
                f"certified{f' ({detail})' if detail else ''}",
                "compare it with another copy; the certified one is right",
                file=name,
            )
        for path in _files(theirs, name):
            refuse_other_encoding(path, ours.folder / path.relative_to(theirs))
    rows = sum(digest["rows"] for digest in digests.values())
    found.checked.append(f"{counted(len(digests), 'table')} of evidence, {rows:,} rows, are the certified ones")
    return digests


def _place(name: str) -> str:
    return f"{name}/" if table(name).partition else f"{name}.parquet"


def _told(digest: dict[str, Any]) -> str:
    return f"{digest['rows']:,} with digest {digest['sha256']}"


def _files(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}/*/*.parquet")) if table(name).partition else _one(folder / f"{name}.parquet")


def _one(path: Path) -> list[Path]:
    return [path] if path.is_file() else []


def _refuse_surplus(season: Season) -> None:
    """Refuse files that no table and no log is made of."""
    tree = season.log / "tile" if has_log(season) else None
    known = {f"{name}.parquet" for name, declared in TABLES.items() if not declared.partition}
    if has_log(season):
        known |= {f"log/{CHECKPOINT}", f"log/{LOG_KEY}"} | ({f"log/{OPENED}"} if season.witnesses else set())
    for folder, folders, files in os.walk(season.evidence):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(folder, name) != tree]
        for file in sorted([*files, *folders]):
            if Path(folder, file).is_symlink():
                raise DigestMismatch(f"evidence/{file} is a link to something else", "put the file itself there")
        for file in sorted(files):
            path = Path(folder, file).relative_to(season.evidence)
            is_part = len(path.parts) == 3 and path.parts[0] == _BALLOTS and path.name == "part-0.parquet"
            if not (file.startswith(".") or path.as_posix() in known or is_part):
                raise DigestMismatch(
                    f"evidence/{path.as_posix()} was not there when it was certified",
                    "remove it, or certify again",
                    file=path.as_posix(),
                )


def _refuse_other_files(folder: Path, certified: dict[str, str]) -> None:
    """Compare the bytes of the files, which the first version of the certificate cites."""
    present = {path.relative_to(folder).as_posix(): path for name in CERTIFIED for path in _files(folder, name)}
    for name in sorted({*certified, *present}):
        if name not in present:
            raise DigestMismatch(f"evidence/{name} is missing", _RESTORE, file=name)
        if name not in certified:
            raise DigestMismatch(f"evidence/{name} was not there when it was certified", "remove it", file=name)
        if (have := file_sha256(present[name])) != certified[name]:
            raise DigestMismatch(
                f"evidence/{name} has SHA-256 {have}, but {certified[name]} was certified", _RESTORE, file=name
            )


def _admitted(name: str, files: list[Path], to: Path) -> dict[str, dict[str, Any]]:
    """Admit the files of one table; those of many ballots in two processes."""
    if name != _BALLOTS:
        return {"": admit(name, files[0], to / f"{name}.parquet")}
    days = [day_of(path) for path in files]
    rows = sum(_rows(path) for path in files)
    jobs = [
        (path, to / name / path.parent.name / path.name, before)
        for path, before in zip(files, [0, *days[:-1]], strict=True)
    ]
    if workers_for(rows) < 2:
        made = list(map(_ballots_of_a_day, jobs))
    else:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            made = list(pool.map(_ballots_of_a_day, jobs))
    number = 0
    for part, file in zip(made, files, strict=True):
        if part.pop("first") not in {number, None}:
            raise DigestMismatch(
                f"{told_file(file)} begins with another ballot than number {number}",
                "the rows were moved or taken out; restore the file",
                file=file.name,
            )
        number += part["rows"]
    return {file.parent.name.partition("=")[2]: part for file, part in zip(files, made, strict=True)}


def _rows(path: Path) -> int:
    try:
        return int(pq.read_metadata(path).num_rows)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's footer makes a reader say
        raise DigestMismatch(f"{told_file(path)} cannot be read: {error}", _RESTORE, file=path.name) from None


@dataclass
class _Day:
    """The law of one day's file: ballots are numbered one by one, and lie in the folder of the latest day so far."""

    path: Path
    day: int
    latest: int
    first: int | None = field(default=None)
    rows: int = 0

    def check(self, batch: pa.RecordBatch) -> None:
        numbers = batch.column("ballot").to_numpy()
        if self.first is None and len(numbers):
            self.first = int(numbers[0])
        days = np.floor_divide(batch.column("cast_at").to_numpy(), _DAY_MICROSECONDS)
        lies = np.maximum.accumulate(np.maximum(days, self.latest))
        start = (self.first or 0) + self.rows
        wanted = np.arange(start, start + len(numbers))
        self._refuse(numbers != wanted, numbers, "is not numbered one after the one before it")
        self._refuse(lies != self.day, numbers, "does not lie in the folder of its day")
        self.latest, self.rows = (int(lies[-1]) if len(lies) else self.latest), self.rows + len(numbers)

    def _refuse(self, wrong: Any, numbers: Any, why: str) -> None:
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            raise DigestMismatch(
                f"{told_file(self.path)}, row {self.rows + at + 1}: ballot {int(numbers[at])} {why}",
                "the rows were moved or taken out; restore the file",
                file=self.path.name,
                row=self.rows + at + 1,
            )


def _ballots_of_a_day(job: tuple[Path, Path, int]) -> dict[str, Any]:
    path, copy, before = job
    law = _Day(path, day_of(path), before)
    return {**admit(_BALLOTS, path, copy, law.check), "first": law.first}
