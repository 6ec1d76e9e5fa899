"""Deleting bodies: on schedule, or because somebody may demand it; digest and a stated hole stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from plaudit.archive.reader import segments, sources
from plaudit.archive.record import Hole, Record, read_line, without_body
from plaudit.archive.segment import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plaudit.archive.archive import Archive
    from plaudit.platforms.contract import Answer, Said, Unread

__all__ = ["Remains", "delete"]


class Remains(NamedTuple):
    """What stays of an answer whose body is deleted: its verdict, and its rows, or None where none may."""

    verdict: str
    rows: Iterable[Said | Unread] | None


def delete(
    archive: Archive,
    is_wanted: Callable[[Record], bool],
    hole: Hole,
    remains: Callable[[Record, Answer], Remains],
    *,
    last_day: str = "9999",
) -> int:
    """Delete the bodies of some records, and give how many there were.

    A segment is replaced whole, so that whoever is stopped has deleted all of a day or nothing of it.
    Bytes that a stopped writer left go, too: they may hold what is deleted.

    Parameters
    ----------
    is_wanted : whether a record's body goes, and the rows that an earlier deletion kept of it
    last_day : segments of later days are left alone
    remains : gives what stays of an answer; of a body that is gone it is not asked, and no row stays
    """
    count = 0
    for source in sources(archive.folder):
        for path in segments(archive.folder, source):
            if path.name > f"{last_day}~":
                break
            lines, changed = [], 0
            for part in frames(path):
                of_frame = []
                for line in part.lines():
                    record, _ = read_line(line, path.name)
                    if is_wanted(record) and _holds(record):
                        answer = record.answer
                        stays = remains(record, answer) if answer else Remains("", None)
                        of_frame.append(without_body(line, replace(hole, verdict=stays.verdict), stays.rows))
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
