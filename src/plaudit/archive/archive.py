"""Writing an archive: what was answered is on the disk before anybody acts on it.

    with Archive(folder, signer) as archive:
        archive.append("youtube", answers)      synced when it returns
        archive.publish()                       in the log, under a signed checkpoint

Whoever is killed in between leaves whole frames and perhaps half of one. The next writer
cuts that half off and takes what the log lacks into it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from io import FileIO
from itertools import groupby
from typing import TYPE_CHECKING, Self

from plaudit.archive.reader import LOG, records_of, segments, sources
from plaudit.archive.record import day_of, new_line
from plaudit.archive.segment import ENDING, frame, frames
from plaudit.base.disk import refused, sync
from plaudit.base.errors import DigestMismatch, OutOfTurn
from plaudit.base.lock import hold
from plaudit.ledger.log import Log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.note import Signer
    from plaudit.platforms.contract import Answer

__all__ = ["Archive"]


class Archive:
    """The archive of a season, opened by its one writer.

    mended : bytes that a stopped writer left at the ends of segments, by path; nobody was told that they were kept

    Raises
    ------
    OutOfTurn : another process writes to it.
    DigestMismatch : records that its log holds are missing or changed.
    """

    def __init__(self, folder: Path, signer: Signer) -> None:
        self.folder = folder
        self.mended: dict[str, int] = {}
        self._signer = signer
        self._files: dict[Path, FileIO] = {}
        self._ends: dict[Path, int] = {}
        self._lock = self._held()
        try:
            self._log = self._opened_log()
            self._waiting = self._beyond_log()
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """Give how many records there are."""
        return self._log.size + len(self._waiting)

    def append(self, source: str, answers: Sequence[tuple[Answer, int]]) -> list[int]:
        """Keep some answers of a source, each with how often a secret was put out of it, and give their leaves.

        Raises
        ------
        FileRefused : the disk refuses; nothing of what was given counts as kept.
        """
        given: list[int] = []
        for day, of_day in groupby(answers, key=lambda pair: day_of(pair[0].answered_at)):
            lines: list[bytes] = []
            leaves: list[bytes] = []
            for answer, masked in of_day:
                line, leaf = new_line(source, answer, self.size + len(leaves), masked)
                lines.append(line)
                leaves.append(leaf)
            self._write(self.folder / source / f"{day}{ENDING}", frame(lines))
            given += range(self.size, self.size + len(leaves))
            self._waiting += leaves
        return given

    def publish(self) -> Checkpoint:
        """Take every record into the log, and sign its checkpoint."""
        self._log.append(self._waiting)
        made = self._log.publish(self._signer)
        self._waiting = []
        return made

    def replace(self, path: Path, lines: Sequence[Sequence[bytes]]) -> None:
        """Put a segment in the place of one, frame by frame; the leaves of its records must be the same."""
        if path in self._files:
            self._files.pop(path).close()
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            for of_frame in lines:
                file.write(frame(of_frame))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync(path.parent)

    def close(self) -> None:
        """Let go of all files."""
        for file in self._files.values():
            file.close()
        self._files.clear()
        with suppress(OSError):
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _held(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / ".writer", os.O_RDWR | os.O_CREAT, 0o644)
        if not hold(handle):
            os.close(handle)
            raise OutOfTurn("another process writes to data/archive", "let it end, or stop it; one fetches at a time")
        return handle

    def _opened_log(self) -> Log:
        folder = self.folder / LOG
        folder.mkdir(exist_ok=True)
        key, ours = folder / "verifier.key", f"{self._signer.verifier}\n"
        if not key.exists():
            key.write_text(ours, "utf-8")
            sync(key)
            sync(folder)
        elif key.read_text("utf-8") != ours:
            raise DigestMismatch(
                "keys/archive.pem is not the key of the archive in data/archive",
                "restore keys/archive.pem from your backup, or move data/archive away",
                file="archive.pem",
            )
        log = Log(folder)
        if not log.size:
            log.publish(self._signer)
        return log

    def _beyond_log(self) -> list[bytes]:
        """Mend the segments that a stopped writer may have left half written, and give the leaves that the log lacks.

        Each source is looked at from its newest segment back to one that holds a record of the log.
        """
        size, found = self._log.size, {}
        for source in sources(self.folder):
            for path in reversed(segments(self.folder, source)):
                self._mend(path)
                of_path = {placed.record.leaf: placed.leaf for placed in records_of(path)}
                found.update(of_path)
                if any(leaf < size for leaf in of_path):
                    break
        if size and found.get(size - 1) != self._log.entry(size - 1):
            raise self._lacks(size - 1)
        beyond = [leaf for leaf in sorted(found) if leaf >= size]
        for wanted, leaf in enumerate(beyond, start=size):
            if leaf != wanted:
                raise self._lacks(wanted)
        return [found[leaf] for leaf in beyond]

    def _lacks(self, leaf: int) -> DigestMismatch:
        return DigestMismatch(
            f"data/archive lacks the record of leaf {leaf}, or it was changed",
            "get the segments again from another copy; nothing is written before that",
            leaf=leaf,
        )

    def _mend(self, path: Path) -> None:
        """Cut off what is no whole frame at a segment's end; the bytes are kept in a hidden file beside it."""
        end = 0
        for part in frames(path):
            end = part.last
        if (torn := path.stat().st_size - end) == 0:
            return
        with path.open("rb+") as file:
            file.seek(end)
            path.with_name(f".{path.name}.torn").write_bytes(file.read())
            file.truncate(end)
            os.fsync(file.fileno())
        self.mended[f"{path.parent.name}/{path.name}"] = torn

    def _write(self, path: Path, data: bytes) -> None:
        """Write behind a segment's end and sync; what cannot be written whole leaves nothing."""
        try:
            file = self._file(path)
            end = self._ends[path]
            try:
                file.seek(end)
                rest = memoryview(data)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise
        except OSError as error:
            raise refused(error, path) from error
        self._ends[path] = end + len(data)

    def _file(self, path: Path) -> FileIO:
        if path not in self._files:
            for other in [one for one in self._files if one.parent == path.parent]:  # the day before
                self._files.pop(other).close()
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True)
                sync(path.parent.parent)
            is_new = not path.exists()
            self._files[path] = FileIO(path, "xb+" if is_new else "rb+")
            self._ends[path] = path.stat().st_size
            if is_new:
                sync(path.parent)
        return self._files[path]
