"""The picture of votes over time: a row for each nominee, with the number that the page's list explains."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from plaudit.site.kinds import FileKind, Page
from plaudit.site.pictures import LIGHT, NOUGHT, THEME, in_dark, svg_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData

__all__ = ["OVER_TIME", "PICTURE"]

PICTURE: Final = "pictures/votes.svg"
"""Where the picture lies; its dark twin ends in `-dark.svg`."""

_LIGHT: Final = ("#b07d00", "#4a63d8", "#0d8070", "#b2457e", "#6b6a66", "#8a5a2b")
_DARK: Final = ("#f0c53a", "#8b9dff", "#3cc9b2", "#ec86b8", "#a9a7a0", "#d69a63")
"""The colours of `.c1` to `.c6` in the style sheet."""


def _pages(site_data: SiteData) -> Iterator[Page]:
    found = site_data.over_time
    if found:
        yield Page(PICTURE, {"running": found.is_running, "rows": found.rows})


def _render(facts: dict[str, Any]) -> list[bytes]:
    values = [
        {"at": label, "line": str(number + 1), "votes": votes}
        for label, row in facts["rows"]
        for number, votes in enumerate(row)
    ]
    lines = len(facts["rows"][0][1])
    light = svg_of({**_spec(lines, is_running=facts["running"]), "data": {"values": values}})
    dark = in_dark(light)
    for one, other in zip(_LIGHT, _DARK, strict=True):
        dark = dark.replace(one.encode(), other.encode())
    return [light, dark]


@lru_cache
def _spec(lines: int, *, is_running: bool) -> dict[str, Any]:
    """Give the specification without data: a row for each line, by the same scale.

    Running totals have a point at each reading; what joins two of them is no measurement.
    """
    numbers = [str(number + 1) for number in range(lines)]
    colour = alt.Color("line:N", scale=alt.Scale(domain=numbers, range=list(_LIGHT[:lines])), legend=None)
    across = alt.X("at:T", title=None, axis=alt.Axis(format="%m-%d", tickCount="day", grid=False))
    up = alt.Y("votes:Q", title=None, axis=alt.Axis(format="~s", tickCount=2, labelExpr=NOUGHT))
    drawn = alt.Chart().encode(x=across, y=up, color=colour)
    drawn = drawn.mark_line(point=True, strokeWidth=1) if is_running else drawn.mark_area(interpolate="step-after")
    head = alt.Header(
        labelFontSize=15, labelFontWeight="bold", labelAngle=0, labelColor=LIGHT["ink"], labelAlign="left"
    )
    rows = drawn.properties(width=700, height=50).facet(
        row=alt.Row("line:N", title=None, header=head), data={"values": []}, spacing=18
    )
    spec: dict[str, Any] = rows.configure(**THEME).to_dict()
    return spec


def _paths(path: str) -> list[str]:
    return [path, path.removesuffix(".svg") + "-dark.svg"]


OVER_TIME: Final = FileKind("over_time", _pages, _render, _paths)
