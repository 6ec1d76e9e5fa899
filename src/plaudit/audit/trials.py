"""Purge rules at half and double their threshold: whom they would match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
import msgspec
from msgspec import inspect as shapes

from plaudit.audit.matching import suspects

if TYPE_CHECKING:
    from plaudit.audit.matched import Matched
    from plaudit.rulebook.purge_rule import Method

__all__ = ["TRIED", "trial", "varied"]

TRIED: Final = ("half", "double")


def varied(method: Method) -> dict[str, Method]:
    """Give a method at half and at double its threshold; nothing where it has none.

    Half is rounded up. Neither leaves the values that a rule file may give.

    Examples
    --------
    >>> from plaudit.rulebook.purge_rule import Sleepless
    >>> {name: method.days_least for name, method in varied(Sleepless(22, 3)).items()}
    {'half': 2, 'double': 6}
    """
    if not method.threshold:
        return {}
    least, most = _legal(method)
    value = int(getattr(method, method.threshold))
    tried = {"half": max((value + 1) // 2, least), "double": min(value * 2, most)}
    return {name: msgspec.structs.replace(method, **{method.threshold: number}) for name, number in tried.items()}


def trial(matched: Matched) -> list[ibis.Table]:
    """Give the voters whom a rule would match at half and at double its threshold.

    Returns
    -------
    Tables of rule, threshold and voter.
    """
    return [
        suspects(method, matched.features).select(
            "voter", rule=ibis.literal(matched.rule.name), threshold=ibis.literal(name)
        )
        for name, method in varied(matched.rule.method).items()
    ]


def _legal(method: Method) -> tuple[int, int]:
    info = shapes.type_info(type(method))
    assert isinstance(info, shapes.StructType)
    kind = next(field.type for field in info.fields if field.name == method.threshold)
    assert isinstance(kind, shapes.IntType)
    return (0 if kind.ge is None else kind.ge), (2**62 if kind.le is None else kind.le)
