"""Deleting bodies: on schedule, or because somebody may demand it; digest and a stated hole stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from plaudit.archive.reader import segments, sources
from plaudit.archive.record import Hole, Record, read_line, without_body
from plaudit.archive.segment import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plaudit.archive.archive import Archive
    from plaudit.platforms.contract import Answer, Said, Unread

    Rows = Callable[[Record, Answer], Iterable[Said | Unread] | None]

__all__ = ["delete"]


def delete(archive: Archive, is_wanted: Callable[[Record], bool], hole: Hole, rows: Rows) -> int:
    """Delete the bodies of some records, and give how many there were.

    A segment is replaced whole, so that whoever is stopped has deleted all of a day or nothing of it.
    Bytes that a stopped writer left go, too: they may hold what is deleted.

    Parameters
    ----------
    is_wanted : whether a record's body goes, and the rows that an earlier deletion kept of it
    rows : gives the rows of an answer that stay, or None where none may; of a body that is gone it is not asked
    """
    count = 0
    for source in sources(archive.folder):
        for path in segments(archive.folder, source):
            lines, changed = [], 0
            for part in frames(path):
                of_frame = []
                for line in part.lines():
                    record, _ = read_line(line, path.name)
                    if is_wanted(record) and _holds(record):
                        answer = record.answer
                        kept = rows(record, answer) if answer else None
                        of_frame.append(without_body(line, hole, kept))
                        changed += 1
                    else:
                        of_frame.append(line)
                lines.append(of_frame)
            if changed:
                archive.replace(path, lines)
            path.with_name(f".{path.name}.torn").unlink(missing_ok=True)
            count += changed
    return count


def _holds(record: Record) -> bool:
    return record.data is not None or record.said is not UNSET
