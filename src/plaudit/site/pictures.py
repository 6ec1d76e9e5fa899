"""Large pictures: Altair specifications in one theme, rendered to SVG by vl-convert.

A picture is drawn once, in the light theme, and says nothing in any language but
numbers and dates, so that every language shares it; its dark twin is the same
drawing with each colour exchanged. Pages show the pair through `<picture>`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import altair as alt
import vl_convert

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DARK", "FONT", "LIGHT", "NOUGHT", "THEME", "in_dark", "run_chart", "svg_of"]

FONT: Final = "'Noto Sans CJK KR', 'Noto Sans', sans-serif"
"""For pictures that hold words; named first, so that Korean is measured as it will be drawn."""

NOUGHT: Final = "datum.value ? datum.label : '0'"
"""An axis's labels with no unit at 0, which is none of `0k` and `0M`."""

_MEASURED: Final = (
    "Liberation Sans"  # vl-convert brings it, so that a drawing's bytes do not depend on the machine's fonts
)
_SHOWN: Final = "system-ui, 'Noto Sans', 'Noto Sans CJK KR', sans-serif"
LIGHT: Final = {"ink": "#111113", "quiet": "#5c5a54", "rule": "#dedbd1", "line": "#111114", "bar": "#b07d01"}
DARK: Final = {"ink": "#f4f2ec", "quiet": "#b3b0a8", "rule": "#3a393c", "line": "#f4f2ed", "bar": "#f0c53b"}
"""The tokens of docs/explanation/design.md; each colour is spelled once, so that it has one twin."""

THEME: Final[dict[str, Any]] = {
    "background": "transparent",
    "padding": {"left": 5, "right": 24, "top": 5, "bottom": 5},
    "font": _MEASURED,
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelColor": LIGHT["quiet"],
        "labelFontSize": 12,
        "domainColor": LIGHT["rule"],
        "tickColor": LIGHT["rule"],
        "gridColor": LIGHT["rule"],
        "titleColor": LIGHT["ink"],
    },
    "axisX": {"labelPadding": 7},
    "axisY": {"minExtent": 52},
    "line": {"color": LIGHT["line"], "strokeWidth": 2.5, "strokeCap": "round"},
    "area": {"color": LIGHT["bar"], "interpolate": "step-after"},
}
_WIDTH: Final = 720
_ON_PHONES: Final = "<style>@media (max-width: 30rem) { text { font-size: 20px } }</style>"
"""A drawing is made smaller with the picture it stands in; its labels stay readable."""


def run_chart(weeks: Sequence[dict[str, Any]], positions: int) -> dict[str, Any]:
    """Give a chart run above the weekly gain that weighs most, as a Vega-Lite specification.

    Parameters
    ----------
    weeks : by date: `week`, `position` or None, `gain`; one after the other, without holes
    """
    return {**_run_chart(positions), "data": {"values": list(weeks)}}


@lru_cache
def _run_chart(positions: int) -> dict[str, Any]:
    """Give the specification without data; Altair checks it once and not for every artist."""
    base = alt.Chart()
    months = alt.Axis(format="%Y-%m", tickCount=6, grid=False)  # labels are what takes time to draw
    across = alt.X("week:T", title=None, axis=months)
    without = alt.X("week:T", title=None, axis=None)
    middle = [positions // 2] if positions > 2 else []
    down = alt.Y(
        "position:Q",
        title=None,
        scale=alt.Scale(domain=[positions, 1], nice=False),
        axis=alt.Axis(values=[1, *middle, positions]),
    )
    up = alt.Y("gain:Q", title=None, axis=alt.Axis(format="~s", tickCount=2, labelExpr=NOUGHT))
    run = base.mark_line().encode(x=without, y=down).properties(width=_WIDTH, height=180)
    gains = base.mark_area().encode(x=across, y=up).properties(width=_WIDTH, height=70)
    spec: dict[str, Any] = (
        alt.vconcat(run, gains, data=alt.InlineData(values=[]), spacing=18).configure(**THEME).to_dict()
    )
    return spec


def svg_of(spec: dict[str, Any]) -> bytes:
    """Draw a specification; offline, the same bytes each time."""
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    shown = drawn.replace(f'font-family="{_MEASURED}"', f'font-family="{_SHOWN}"')
    return shown.replace(">", f">{_ON_PHONES}", 1).encode()


def in_dark(svg: bytes) -> bytes:
    """Give a light drawing in dark colours."""
    for name, colour in LIGHT.items():
        svg = svg.replace(colour.encode(), DARK[name].encode())
    return svg
