"""What a forger has: the folder of a season, its keys, and every step of the line but one's honesty.

A forgery changes a copy of an honest season and then makes everything that follows from
the change, as a competent operator would: the log under its key, the tables, the
certificate, the published files. `walk` takes every step but `collect`; `restate` signs
another statement; what has no method here is done with files.
"""

from __future__ import annotations

import base64
import json
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import rfc8785

from plaudit import pipeline
from plaudit.base.digests import file_sha256
from plaudit.base.errors import PlauditError
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.certify.statement import sealed_statement
from plaudit.ledger.build import build
from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import sign_note
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import Season, read_season
from plaudit.store.evidence import Evidence
from plaudit.store.parquet import write_batches
from plaudit.store.tables import table
from plaudit.vote.keys import log_signer
from plaudit.vote.log import has_log, read_checkpoint, read_log_key
from plaudit.vote.statements import read_opening
from tests.forgeries.parquet import rows_of
from tests.forgeries.records import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.ledger.note import Signer

__all__ = ["Forged", "Row", "Rows"]

Row = dict[str, Any]
Rows = list[Row]


@dataclass
class Forged:
    """A season that is being forged."""

    folder: Path
    signer: Signer = field(init=False)
    """The key that certifies."""

    def __post_init__(self) -> None:
        self.signer = season_signer(self.folder, self.season.origin)

    @property
    def season(self) -> Season:
        return read_season(self.folder)

    @property
    def tables(self) -> Evidence:
        return Evidence(self.folder / "evidence")

    @property
    def statement(self) -> dict[str, Any]:
        return read_certificate(self.folder / "published" / CERTIFICATE).statement

    def at(self, name: str) -> Path:
        """Give the path of a file by its name in the season."""
        return self.folder / name

    def text(self, name: str, old: str, new: str) -> None:
        """Put other words into a text file; the old ones must be there."""
        before = self.at(name).read_bytes().decode()
        assert old in before, f"{name} does not hold {old!r}"
        self.at(name).write_bytes(before.replace(old, new).encode())

    def without(self, *names: str) -> None:
        """Leave files or folders out of what is published."""
        for name in names:
            path = self.at(name)
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    # --- evidence

    def rows(self, name: str) -> Rows:
        """Give the rows of a table, in the order of its files; each ballot with the `day` of its folder."""
        return [row for path in self.tables.files(name) for row in rows_of(path)]

    def write(self, name: str, rows: Rows) -> None:
        """Write a table as the step that makes it would, whatever the rows say."""
        declared = table(name)
        if not declared.partition:
            self._write(name, rows, self.folder / "evidence" / f"{name}.parquet")
            return
        shutil.rmtree(self.folder / "evidence" / name)
        for day in sorted({row["day"] for row in rows}):
            some = [row for row in rows if row["day"] == day]
            self._write(name, some, self.folder / "evidence" / name / f"day={day}" / "part-0.parquet")

    def _write(self, name: str, rows: Rows, path: Path) -> None:
        declared = table(name)
        columns = [[row[column] for row in rows] for column in declared.columns]
        arrays = [
            pa.array(values, field.type, from_pandas=False)
            for values, field in zip(columns, declared.schema, strict=True)
        ]
        batch = pa.RecordBatch.from_arrays(arrays, schema=declared.schema)
        write_batches(declared.schema, [batch], path, rising=declared.rising)

    def change(self, name: str, change: Callable[[Rows], Rows | None]) -> None:
        """Rewrite a table in its order; ballots are numbered again in the order of their days."""
        rows = self.rows(name)
        rows = change(rows) or rows
        if name == "ballots":
            rows.sort(key=lambda row: row["day"])
            for number, row in enumerate(rows):
                row["ballot"] = number
        else:
            order = table(name).order
            rows.sort(key=lambda row: [(row[column] is not None, row[column]) for column in order])
        self.write(name, rows)

    def ballot(self, **values: Any) -> Row:
        """Give a ballot for north-seven on the site, by a voter who voted for nobody else."""
        kept: Row = {
            "channel": "web",
            "nominee": "north-seven",
            "votes": 1,
            "cast_at": 1_768_600_000_000_000,  # 2026-01-16T21:46:40Z
            "voter": 7,
            "gesture": "vote",
            "tags": 1,
            "is_deleted": False,
            "is_private": False,
            "account_created_at": None,
            "post": "",
            "source": "site",
            "day": "2026-01-16",
        }
        return kept | values

    def add_ballots(self, number: int, **values: Any) -> None:
        """Add ballots to the table, each by a voter of its own, after the others of their day."""
        self.change("ballots", lambda rows: [*rows, *(self.ballot(voter=7 + n, **values) for n in range(number))])

    # --- the line

    def walk(self, *, without: tuple[str, ...] = ()) -> None:
        """Take every step but collect, and sign; those named in `without` are left out."""
        self.steps(without=without)
        self.tell()

    def steps(self, *, without: tuple[str, ...] = ()) -> None:
        """Take every step between collecting and certifying."""
        season, tables = self.season, self.tables
        names = ("measure", "chart", "nominate", "vote", "audit", "tally", "check")
        for name in [name for name in names if name not in without]:
            try:
                getattr(pipeline, name)(season, tables)
            except PlauditError:
                if name != "vote":
                    raise
                self.log_rows()  # an honest program does not log what no record holds

    def walk_under(self, name: str, old: str, new: str) -> None:
        """Count under a file that says something else, and log and certify under the file as it was."""
        before = self.at(name).read_bytes()
        self.text(name, old, new)
        self.walk()
        self.at(name).write_bytes(before)
        if has_log(self.season):
            pipeline.vote(self.season, self.tables)
        self.tell()

    def tell(self) -> None:
        """Certify what the tables say, honour and publish it."""
        with suppress(FileNotFoundError):
            (self.folder / "published" / CERTIFICATE).unlink()
        season, tables = self.season, self.tables
        stated = pipeline.certify(season, tables).statement
        with suppress(Exception):  # what nobody could publish is certified alone
            pipeline.publish(season, tables, stated, pipeline.honour(season, tables, stated))

    def sign(self, statement: dict[str, Any], signer: Signer | None = None) -> None:
        """Sign a statement, and publish nothing else of it."""
        self.note(sign_note(canonical(statement), signer or self.signer))

    def note(self, text: str) -> None:
        """Put a text in the certificate's place."""
        (self.folder / "published" / CERTIFICATE).write_bytes(text.encode())

    def restate(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what the certificate states, sign it, and publish what follows from it."""
        statement = self.statement
        change(statement)
        self.sign(statement)
        with suppress(Exception):  # a statement that nobody could publish is published as a note alone
            season, tables = self.season, self.tables
            pipeline.publish(season, tables, statement, pipeline.honour(season, tables, statement))

    def recite(self) -> None:
        """Let the certificate cite the evidence as it is now, and leave all else of it."""
        stated = self.statement
        with suppress(Exception):  # of what cannot be read the old digests stay
            now = sealed_statement(self.season, self.tables, stated.get("vote", {}).get("log"))
            stated["evidence"]["tables"] = now["evidence"]["tables"]
        self.sign(stated)

    def cited(self, name: str) -> Callable[[dict[str, Any]], None]:
        """Give the change that lets a statement cite an input as it is now."""

        def change(statement: dict[str, Any]) -> None:
            cited = statement["inputs"].get(name, {})
            statement["inputs"][name] = {**cited, "sha256": file_sha256(self.at(name))}

        return change

    # --- the log

    def leaves(self) -> list[bytes]:
        """Give every leaf of the log."""
        log = LogReader(FolderFiles(self.folder / "evidence" / "log"))
        return [log.entry(index) for index in range(log.size)]

    def relog(self, leaves: list[bytes]) -> None:
        """Write the log of other leaves, with the log's key under its checkpoint."""
        folder = self.folder / "evidence" / "log"
        shutil.rmtree(folder / "tile")
        (folder / "checkpoint").unlink()
        root = build(folder, len(leaves), lambda first, last: leaves[first:last], workers=1)
        signer = log_signer(self.folder, self.season.origin)
        checkpoint = Checkpoint(signer.verifier.name, len(leaves), root)
        (folder / "checkpoint").write_bytes(sign_checkpoint(checkpoint, signer).encode())

    def cited_log(self) -> Callable[[dict[str, Any]], None]:
        """Give the change that lets a statement cite the log as it is now."""
        checkpoint = read_checkpoint(self.season, read_log_key(self.folder / "evidence" / "log"))

        def change(statement: dict[str, Any]) -> None:
            root = base64.b64encode(checkpoint.root).decode()
            statement["vote"]["log"] |= {"size": checkpoint.size, "root": root}

        return change

    def log_rows(self) -> None:
        """Write the log of the table of ballots as it is; a number that no record holds wraps round."""
        opening, *_, closing = self.leaves()
        names, rows = read_opening(opening).names, self.rows("ballots")
        last = json.loads(closing) | {"ballots": len(rows)}
        self.relog([opening, *(packed(row, names) for row in rows), rfc8785.dumps(last)])

    def collected_from_log(self) -> None:
        """Make the table of ballots of a live vote from its log, with the addresses of posts from the old table."""
        opening, *records, _ = self.leaves()
        names, posts = read_opening(opening).names, [row["post"] for row in self.rows("ballots") if row["post"]]
        rows: Rows = []
        latest = 0
        for record in records:
            row = unpacked(record, names)
            latest = max(latest, row["cast_at"] // 86_400_000_000)
            post = posts.pop(0) if row["post"] else ""
            day = (date(1970, 1, 1) + timedelta(days=latest)).isoformat()
            rows.append({**row, "ballot": len(rows), "post": post, "day": day})
        self.write("ballots", rows)
