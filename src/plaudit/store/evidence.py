"""The evidence folder: declared tables as Parquet, read and written through Ibis."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plaudit.base.change import Change, InPlace
from plaudit.base.errors import DigestMismatch, OutOfTurn, UnknownName
from plaudit.store.engine import DUCKDB
from plaudit.store.engines import open_engine
from plaudit.store.parquet import write_batches, write_table
from plaudit.store.remote import RemoteFolder, is_address
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plaudit.store.table import Table

__all__ = ["Evidence"]

_FOLDER = "evidence"
Kind = TypeVar("Kind", bound="Evidence")


class Evidence:
    """The tables of one season on one engine.

    Small tables are one file, `posts.parquet`. A partitioned table is a folder,
    `ballots/day=2018-05-14/part-0.parquet`. With a folder or address `beneath`, tables
    that are not in the first are read from there; it is never written to.

    Raises
    ------
    UnknownName : no such engine, or it cannot read the address.
    NotInstalled : the engine is an extra, and missing.
    EngineUnavailable : the engine cannot compute, or does not see the folder.
    FileRefused : the engine must write to the folder, and cannot.
    """

    def __init__(
        self,
        folder: Path,
        beneath: Path | str | None = None,
        engine: str = DUCKDB,
        on_progress: Callable[[str], None] = lambda _words: None,
    ) -> None:
        self.folder = folder
        self.engine = open_engine(engine, folder, on_progress)
        self._beneath: tuple[Path, ...] = ()
        self._remote: RemoteFolder | None = None
        self._change: Change | None = None
        self._gone: set[str] = set()
        if isinstance(beneath, str) and is_address(beneath):
            self._refuse_unread(beneath)
            self._remote = RemoteFolder(beneath)
        elif beneath is not None:
            self._beneath = (Path(beneath),)

    def within(self, change: InPlace) -> Evidence:
        """Give the same tables as they are while the season's folder is changed; without a change, as they are.

        What is written lies apart, over what is there, and takes its place with the change.
        """
        if not isinstance(change, Change) or change is self._change:
            return self
        return self._as(Evidence, change)

    def seen_as(self, kind: type[Kind]) -> Kind:
        """Give the same tables as another kind of evidence, which shows less of them."""
        return self._as(kind, None)

    def _as(self, kind: type[Kind], change: Change | None) -> Kind:
        made = kind.__new__(kind)
        made.__dict__.update(self.__dict__)
        if change is not None:
            made.folder, made._beneath = change.apart / _FOLDER, (self.folder, *self._beneath)
            made._change, made._gone = change, set()
        return made

    def has(self, name: str) -> bool:
        """Say whether the table was made."""
        return bool(self._places(name))

    def files(self, name: str) -> list[Path]:
        """Give the files of a table, by path.

        Raises
        ------
        OutOfTurn : they are on an object store, and no files here.
        """
        found = self._local_files(name)
        if not found and (remote := self._remote_files(name)):
            raise OutOfTurn(
                f"table {name} is at {remote[0]}, but this step needs its files",
                f"copy them to {self.folder}",
                table=name,
            )
        return found

    def root_of(self, path: Path) -> Path:
        """Give the folder a table's file was found under."""
        return next((folder for folder in self._layers() if path.is_relative_to(folder)), self.folder)

    def read(self, name: str) -> ibis.Table:
        """Give a table as an expression.

        Raises
        ------
        OutOfTurn : the step that makes it has not run.
        DigestMismatch : a file is not Parquet, or not of the declared columns.
        """
        declared = table(name)
        places = self._places(name)
        if not places:
            raise OutOfTurn(f"no table {name}", f"run first: plaudit {declared.step} SEASON", table=name)
        for place in places:
            self._check_columns(place, declared)
        return self.engine.read_parquet(places, declared)

    def read_or_empty(self, name: str) -> ibis.Table:
        """Give a table as an expression, with no rows where it was not made."""
        return self.read(name) if self.has(name) else self.rows(name, [])

    def rows(self, name: str, rows: list[dict[str, Any]]) -> ibis.Table:
        """Give rows made in memory as an expression of a declared table."""
        declared = table(name)
        return self.staged(pa.Table.from_pylist(rows, schema=declared.schema))

    def write(self, name: str, rows: ibis.Table | pa.Table) -> pa.Table:
        """Write a small table whole, sorted, and give its rows.

        Raises
        ------
        ValueError : two rows share a key; a defect of the step that made them.
        """
        declared = table(name)
        if isinstance(rows, ibis.Table):
            rows = self.to_arrow(rows)
        rows = rows.select(list(declared.columns)).cast(declared.schema)
        rows = rows.sort_by([(column, "ascending") for column in declared.order]).combine_chunks()
        if again := _repeated(rows, declared):
            raise ValueError(f"table {name}: {again} rows share a key {declared.key}")
        write_table(rows.replace_schema_metadata(None), self.folder / f"{name}.parquet")
        return rows

    def write_rows(self, name: str, rows: list[dict[str, Any]]) -> pa.Table:
        """Write a small table from plain Python rows; see `write`."""
        return self.write(name, pa.Table.from_pylist(rows, schema=table(name).schema))

    def write_all(self, name: str, parts: list[ibis.Table]) -> pa.Table:
        """Write a small table from several expressions; see `write`."""
        columns = list(table(name).columns)
        computed = [self.to_arrow(part.select(columns)).cast(table(name).schema) for part in parts]
        return self.write(name, pa.concat_tables(computed))

    def write_stream(self, name: str, part: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Write one partition of a large table from a stream of sorted batches."""
        declared = table(name)
        path = self.folder / name / f"{declared.partition}={part}" / "part-0.parquet"
        return write_batches(declared.schema, batches, path, rising=declared.rising)

    @contextmanager
    def replacing(self, names: Iterable[str]) -> Iterator[Evidence]:
        """Give tables to write to; these take the place of the named ones when all went well.

        If anything is raised, the tables that were there stay as they were. They are made
        on the embedded engine: what reads sources numbers their rows, and stays on this machine.
        """
        scratch = self.folder / ".replacing"
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            fresh = Evidence(scratch)
            yield fresh
            for name in names:
                self.discard(name)
                for path in fresh.files(name):
                    target = self.folder / path.relative_to(scratch)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def discard(self, *names: str) -> None:
        """Remove tables, where they are there; one that lies beneath is seen no more."""
        for name in names:
            file = name if table(name).partition else f"{name}.parquet"
            if self._change is not None:
                self._change.remove(f"{_FOLDER}/{file}")
            else:
                InPlace(self.folder).remove(file)
            self._gone.add(name)

    def scan(self, files: list[str], name: str) -> ibis.Table:
        """Give Parquet files from anywhere as an expression, with `filename` and `file_row_number`.

        Raises
        ------
        OutOfTurn : the engine cannot number the rows of a file.
        """
        if not self.engine.can.numbers_rows:
            raise OutOfTurn(
                f"engine {self.engine.name} cannot number the rows of a file", f"collect with --engine {DUCKDB}"
            )
        return self.engine.scan(files, name)

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""
        return self.engine.staged(rows)

    def materialize(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression on the same engine."""
        return self.engine.materialize(expression)

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression."""
        return self.engine.to_arrow(expression)

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression as a stream."""
        return self.engine.to_batches(expression)

    def to_rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        """Compute a small expression as plain Python rows."""
        rows: list[dict[str, Any]] = self.to_arrow(expression).to_pylist()
        return rows

    def _places(self, name: str) -> list[str]:
        return [path.absolute().as_posix() for path in self._local_files(name)] or self._remote_files(name)

    def _local_files(self, name: str) -> list[Path]:
        for folder in self._layers() if name not in self._gone else (self.folder,):
            if found := sorted(folder.glob(_pattern(name))):
                return found
        return []

    def _layers(self) -> tuple[Path, ...]:
        return (self.folder, *self._beneath)

    def _remote_files(self, name: str) -> list[str]:
        return self._remote.files(_pattern(name)) if self._remote and name not in self._gone else []

    def _refuse_unread(self, address: str) -> None:
        scheme, reads = address.partition("://")[0], self.engine.can.reads
        if reads and scheme not in reads:
            raise UnknownName(
                f"engine {self.engine.name} cannot read {scheme}://",
                f"it reads {', '.join(f'{known}://' for known in reads)}, and folders that all its workers see",
                scheme=scheme,
            )

    def _check_columns(self, place: str, declared: Table) -> None:
        name = place.rpartition("/")[2]
        try:
            found = self._remote.column_names(place) if self._remote and is_address(place) else _names(place)
        except (pa.ArrowException, OSError) as error:
            raise DigestMismatch(
                f"{name} is not readable Parquet: {error}",
                "restore the file, or make it again with: plaudit run SEASON",
            ) from None
        if found != list(declared.columns):
            raise DigestMismatch(
                f"{name} has columns {', '.join(found)}",
                f"table {declared.name} has {', '.join(declared.columns)}; make it again with: plaudit run SEASON",
            )


def _pattern(name: str) -> str:
    return f"{name}/*/*.parquet" if table(name).partition else f"{name}.parquet"


def _repeated(rows: pa.Table, declared: Table) -> int:
    """Give how many rows have the key of an earlier one; where the key leads the order, neighbours tell."""
    keys = rows.select(list(declared.key))
    if set(declared.order[: len(declared.key)]) != set(declared.key) or any(
        column.null_count for column in keys.columns
    ):
        return int(keys.num_rows - keys.group_by(list(declared.key)).aggregate([]).num_rows)
    same = [pc.equal(column[1:], column[:-1]) for column in keys.columns]
    return int(pc.sum(reduce(pc.and_, same)).as_py() or 0)


def _names(path: str) -> list[str]:
    names: list[str] = pq.read_schema(path).names
    return names
