"""Why each nominee is one, as the certificate states it: sentences by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.words.message import Code, Own
from plaudit.words.sentence import Sentence, cited

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NOMINATED", "nominees_stated"]

_CHART: Final = Sentence("nominees.chart", "By points on the chart, under the rule %(rule)s.", rule=Code)
_NAMED: Final = Sentence("nominees.named", "Named; the stated source: %(source)s", source=Own)
NOMINATED: Final = (_CHART, _NAMED)


def nominees_stated(rows: Iterable[dict[str, Any]], rule: str) -> list[dict[str, Any]]:
    """Give nominees as the certificate states them.

    The source of a named nominee is the organiser's own text, and so it is a value.

    Parameters
    ----------
    rows : of the table `nominees`
    rule : the nomination rule, as id@version

    Examples
    --------
    >>> nominees_stated([{"nominee": "bts", "ground": "chart", "source": ""}], "chart-five@1")[0]["source"]
    {'code': 'nominees.chart', 'values': {'rule': 'chart-five@1'}}
    """
    return [
        row | {"source": cited([_NAMED(source=row["source"]) if row["ground"] == "named" else _CHART(rule=rule)])[0]}
        for row in rows
    ]
