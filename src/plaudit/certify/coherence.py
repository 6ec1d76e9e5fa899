"""Whether a statement has its shape, and whether its parts fit together."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from plaudit.base.file_names import no_path
from plaudit.certify.first_shape import FirstCertificate
from plaudit.certify.shape import PROSE_TYPE, TOGETHER, Certificate, Cited, Evidence, Log, Result, Vote
from plaudit.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["misshapen"]

_DEEPEST: Final = 8
"""How deep codes and values lie within codes and values at most."""
_FORM: Final = re.compile(r"`str` matching regex '.*?'(?= - at)")


def misshapen(statement: object) -> str:
    """Say where a statement is not of its shape, or nothing.

    Examples
    --------
    >>> misshapen({"type": "https://plaudit.dev/certificate/v2"})
    'Object missing required field `season`'
    """
    if wrong := _outside(statement):
        return wrong
    is_prose = isinstance(statement, dict) and statement.get("type") == PROSE_TYPE
    shape: type[Certificate | FirstCertificate] = FirstCertificate if is_prose else Certificate
    try:
        read = msgspec.convert(statement, shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        return _FORM.sub("a text of another form", str(error))
    return _incoherent(read) or (_too_deep(read) if isinstance(read, Certificate) else "")


def _outside(statement: object) -> str:
    """Say which of the inputs is no file of the season."""
    inputs = statement.get("inputs") if isinstance(statement, dict) else None
    named = ((name, no_path(name)) for name in inputs) if isinstance(inputs, dict) else ()
    return next((f"`inputs` names {name[:80]!r}: {wrong}" for name, wrong in named if wrong), "")


def _incoherent(read: Certificate | FirstCertificate) -> str:
    """Say what does not fit together of a statement whose every value is of its form."""
    for name, others in TOGETHER.items():
        lacking = [other for other in others if getattr(read, other) is UNSET]
        if lacking and getattr(read, name) is not UNSET:
            return f"it has `{name}` and no `{lacking[0]}`"
    return _astray(read) or next((f"{said[:40]!r} is no day" for said in _days(read) if not _is_day(said)), "")


def _astray(read: Certificate | FirstCertificate) -> str:
    """Say what a statement names that is not there."""
    if isinstance(read.evidence, Evidence):
        named = {*read.evidence.tables, *(read.evidence.made or ())}
        if unknown := sorted(named - set(TABLES)):
            return f"`evidence` names {unknown[0]!r}, which is no table"
    if isinstance(read.vote, Vote):
        if (read.vote.log is UNSET) != (read.vote.sources is UNSET):
            return "`vote` has one of `log` and `sources`, and not the other"
        if read.vote.rule not in read.rules:
            return f"`vote` names the rule {read.vote.rule}, which is not among `rules`"
    if isinstance(read.result, Result):
        placed = {position.nominee for position in read.result.positions}
        if lacking := [winner for winner in read.result.winners if winner not in placed]:
            return f"`result` has the winner {lacking[0][:80]!r}, which has no position"
    return ""


def _days(read: Certificate | FirstCertificate) -> Iterator[str]:
    """Give every day and instant of a statement; their form was looked at."""
    for source in read.evidence.sources:
        yield from (source.first_on, source.last_on)
        yield from (day for gap in source.gaps for day in (gap.first_on, gap.last_on))
    yield from (week.week for chart in read.charts or () for week in chart.weeks)
    if isinstance(read.vote, Vote):
        yield from (instant for window in read.vote.windows for instant in (window.opens_at, window.closes_at))
        if isinstance(read.vote.log, Log):
            yield read.vote.log.closed_at


def _is_day(text: str) -> bool:
    """Say whether the calendar has a day: February has no 30th, and years begin with 1."""
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _too_deep(read: Certificate) -> str:
    cited = [*read.limits, *read.not_checked, *(nominee.source for nominee in read.nominees or ())]
    if read.audit is not UNSET:
        cited += [one for finding in read.audit.findings for one in (*finding.found, *finding.expected)]
    for _ in range(_DEEPEST):
        values = [value for one in cited for value in one.values.values() if isinstance(value, list)]
        cited = [one for value in values for one in value if isinstance(one, Cited)]
        if not cited:
            return ""
    return f"codes lie within codes, more than {_DEEPEST} deep"
