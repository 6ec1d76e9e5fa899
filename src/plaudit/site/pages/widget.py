"""The embeddable chart: a small page of its own for an <iframe>, and the page that gives the snippet to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import escape

from plaudit.frame.addresses import absolute, site_address
from plaudit.site.kinds import Page, PageKind
from plaudit.words.texts import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["EMBED", "WIDGET"]

_SHOWN: Final = 10
_WIDTH: Final = 360
_HEIGHT: Final = 600


def widget_path(chart: str) -> str:
    """Give where a chart's widget lies."""
    return f"widget/{chart}.html"


def _widgets(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        if latest := chart.latest:
            facts = {"chart": chart.name, "title": chart.rule.title, "week": latest.week, "verdict": latest.verdict}
            entries = latest.top(_SHOWN)
            yield Page(widget_path(chart.name), {**facts, "entries": entries, "readings": site_data.readings_kind})


def _embed(site_data: SiteData) -> Iterator[Page]:
    charts = [{"name": chart.name, "title": chart.rule.title} for chart in site_data.charts if chart.charted]
    if charts:
        yield Page("embed.html", {"charts": charts, "address": site_address(site_data.season)})


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    """Add each chart's snippet, with its whole address."""
    return {
        "snippets": [
            {
                **chart,
                "path": widget_path(chart["name"]),
                "snippet": _snippet(
                    chart, absolute(facts["address"], f"{words.language}/{widget_path(chart['name'])}"), words
                ),
            }
            for chart in facts["charts"]
        ]
    }


def _snippet(chart: dict[str, Any], address: str, words: Words) -> str:
    """Give the element to copy, as text."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(clipped(words.title(chart["title"])))}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" loading="lazy" referrerpolicy="no-referrer"></iframe>'
    )


WIDGET: Final = PageKind("widget", "widget.html", _widgets)
EMBED: Final = PageKind("embed", "embed.html", _embed, _view)
