"""What the mapping of sources did, in words: which rows were passed over, and which texts were read as others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.words.message import Code, Message, Nominee, Own, Value, count
from plaudit.words.names import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["mapped"]

_MOST: Final = 30
"""How many things are told of a source, those of most rows first; the others are counted."""


def mapped(sources: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Say what each key of each source did to how many rows of which nominee.

    Parameters
    ----------
    sources : as the certificate states them, under `evidence.sources`
    """
    return [said for source in sources for said in _of_source(source)]


def _of_source(source: Mapping[str, Any]) -> Iterator[Message]:
    title, rows = Own(source["title"]), source.get("mapping", [])
    texts = [row for row in rows if row["key"] == "lookup"]
    are_told = len(texts) <= _MOST
    told = [row for row in rows if row["key"] != "lookup" or (are_told and row["said"])]
    told.sort(key=lambda row: (-row["rows"], row["key"], row["column"], row["said"], row["nominee"]))
    yield from (_told(row, title) for row in told[:_MOST])
    rest = len(told) - _MOST
    if rest > 0:
        yield count(
            "“%(title)s”: %(n)s more of these stands in the certificate.",
            "“%(title)s”: %(n)s more of these stand in the certificate.",
            rest,
            title=title,
        )
    for column in sorted({row["column"] for row in texts}):
        summed = sum(row["rows"] for row in texts if row["column"] == column and row not in told)
        if summed:
            yield count(
                "%(n)s row of “%(title)s”: its %(column)s was read through a lookup file.",
                "%(n)s rows of “%(title)s”: their %(column)s was read through a lookup file.",
                summed,
                title=title,
                column=Code(column),
            )


def _told(row: Mapping[str, Any], title: Own) -> Message:
    values: dict[str, Value] = {"title": title, "column": Code(row["column"])}
    if row["key"] == "unless":
        values = {"title": title, "metric": known("metric", row["column"]), "column": Code(row["said"])}
        return count(
            "%(n)s row of “%(title)s”: its %(metric)s were left out, because it says yes under %(column)s.",
            "%(n)s rows of “%(title)s”: their %(metric)s were left out, because they say yes under %(column)s.",
            row["rows"],
            **values,
        )
    values["ours"] = Code(row["ours"])
    if row["key"] == "where":
        return _passed_over(row, values)
    values["said"] = Code(row["said"])
    if not row["nominee"]:
        return count(
            "%(n)s row of “%(title)s”: the %(column)s %(said)s was read as %(ours)s.",
            "%(n)s rows of “%(title)s”: the %(column)s %(said)s was read as %(ours)s.",
            row["rows"],
            **values,
        )
    return count(
        "%(n)s row of “%(title)s” for %(nominee)s: the %(column)s %(said)s was read as %(ours)s.",
        "%(n)s rows of “%(title)s” for %(nominee)s: the %(column)s %(said)s was read as %(ours)s.",
        row["rows"],
        nominee=Nominee(row["nominee"]),
        **values,
    )


def _passed_over(row: Mapping[str, Any], values: dict[str, Value]) -> Message:
    if not row["nominee"]:
        return count(
            "%(n)s row of “%(title)s” was passed over: its %(column)s is not %(ours)s.",
            "%(n)s rows of “%(title)s” were passed over: their %(column)s is not %(ours)s.",
            row["rows"],
            **values,
        )
    return count(
        "%(n)s row of “%(title)s” for %(nominee)s was passed over: its %(column)s is not %(ours)s.",
        "%(n)s rows of “%(title)s” for %(nominee)s were passed over: their %(column)s is not %(ours)s.",
        row["rows"],
        nominee=Nominee(row["nominee"]),
        **values,
    )
