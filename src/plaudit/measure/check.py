"""Whether the sources of a season feed its charts, as far as their declarations and first rows tell."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from plaudit.base.file_names import named_like
from plaudit.collect.raw import Form
from plaudit.collect.read import file_format, read_rows, source_files
from plaudit.measure.feeds import refuse_unfed, unfed
from plaudit.measure.grain import refuse_rounded
from plaudit.platforms.registry import platform
from plaudit.rulebook.sources import file_columns

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["check_parts"]

_ROWS_MOST: Final = 100_000
"""How many rows of a file are looked at for the metrics that it names."""


def check_parts(season: Season) -> list[str]:
    """Give a line per chart about the parts of its rule.

    Raises
    ------
    RuleInvalid : no source feeds a part, or the rule takes no rounded counter and gets one.
    """
    sources = [source for source in season.sources if source.platform]
    given = {pair for source in sources for pair in _declared(season.folder, source)}
    found = []
    for use in season.charts:
        rule = season.chart_rule(use.rule)
        refuse_unfed(rule, sources, given)
        refuse_rounded(rule, sources)
        if lacking := unfed(rule, sources, given):
            found.append(f"chart {rule.name}: no source feeds {', '.join(lacking)}; the chart is made without")
        else:
            found.append(f"chart {rule.name}: {len(rule.part)} parts, each fed by a source")
    return found


def _declared(folder: Path, source: Source) -> set[tuple[str, bool]]:
    """Give the metrics that a source says or shows it has, and whether of posts."""
    if source.fetch is not None:
        offers = platform(source.platform).offers
        named = {metric for what in source.fetch.what for metric in offers[what]}
        return {(metric, of_post) for metric in named for of_post in (True, False)}
    if source.kind != "readings":
        return {(metric, True) for metric in source.metrics}
    kinds = {False, True} if "post" in {*source.columns, *source.constants} else {False}
    if "metric" in source.constants:
        return {(source.constants["metric"], of_post) for of_post in kinds}
    column, names = source.columns["metric"], source.replace.get("metric", {})
    shown: set[str] = set()
    if isinstance(column, str) and (named_like(folder, source.files) or not source.coverage.synthetic):
        for path in source_files(folder, source):
            rows = read_rows(path, file_format(path, source), file_columns(source), source.id, Form.of(source))
            shown |= {str(row.values[column]) for row in islice(rows, _ROWS_MOST) if not row.reason}
    return {(names.get(metric, metric), of_post) for metric in shown for of_post in kinds}
