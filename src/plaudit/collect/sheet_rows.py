"""Rows of a sheet of an Excel workbook."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from plaudit.collect.raw import RawRow, empty_file, positions, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plaudit.collect.raw import Form

__all__ = ["sheet_names", "sheet_rows", "sheet_table"]

_EXACT_MOST: Final = 10**15
"""Excel keeps 15 digits: below this a whole number is what was typed."""


def sheet_rows(path: Path, wanted: Sequence[str], form: Form) -> Iterator[RawRow]:
    """Give the rows of a sheet that hold anything; a row has the number that Excel shows.

    A cell of a date without a time of day is a bare date, unless another cell of
    its column has a time of day: then it is that day's midnight.

    Raises
    ------
    SourceChanged : the file is no workbook, has no such sheet or several and none
        is named, is empty, or lacks a column.
    """
    first, table = sheet_table(path, form)
    if not table:
        raise empty_file(path, form)
    places = positions(wanted, table[0], path, form, f"sheet {_sheet(path, form)!r}, row {first}")
    timed = {place for place in places.values() if any(_has_time(row[place]) for row in table[1:])}
    for number, cells in enumerate(table[1:], start=first + 1):
        if any(cell not in ("", None) for cell in cells):
            yield RawRow(number, {name: _cell(cells[place], place in timed) for name, place in places.items()})


def sheet_names(path: Path, form: Form) -> list[str]:
    """Give the names of a workbook's sheets."""
    return list(_workbook(path, form).sheet_names)


def sheet_table(path: Path, form: Form) -> tuple[int, list[list[Any]]]:
    """Give the number of a sheet's first row that holds anything, and its rows from there on."""
    workbook = _workbook(path, form)
    try:
        sheet = workbook.get_sheet_by_name(_chosen(workbook, path, form))
        table = sheet.to_python(skip_empty_area=True)
        start = sheet.start or (0, 0)
    except CalamineError as error:
        raise unreadable(path, form, f" cannot be read to its end: {error}") from None
    return start[0] + 1, table


def _workbook(path: Path, form: Form) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except CalamineError as error:
        raise unreadable(
            path, form, f" is not a workbook: {error}", "save it again as .xlsx, without a password"
        ) from None


def _sheet(path: Path, form: Form) -> str:
    return _chosen(_workbook(path, form), path, form)


def _chosen(workbook: CalamineWorkbook, path: Path, form: Form) -> str:
    names = list(workbook.sheet_names)
    if form.sheet in names:
        return form.sheet
    if not form.sheet and len(names) == 1:
        return str(names[0])
    what = f" has no sheet {form.sheet!r}" if form.sheet else f" has {len(names)} sheets"
    named = ", ".join(repr(name) for name in names)
    raise unreadable(
        path, form, f"{what}: {named}", f'name one in the source, as in: sheet = "{names[0] if names else ""}"'
    )


def _has_time(cell: Any) -> bool:
    return isinstance(cell, datetime)


def _cell(cell: Any, is_timed: bool) -> Any:  # noqa: FBT001
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT_MOST:
        return int(cell)
    if is_timed and isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time())
    return cell
