"""How a season releases its weeks, and what its charts had behind them before their first week."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from plaudit.rulebook.values import Text

__all__ = ["ChartHistory", "Releasing"]

_WEEK_HOURS: Final = 168


class Releasing(Struct, frozen=True, forbid_unknown_fields=True):
    """Present where the season releases its charts week by week.

    grace_hours : how long after its end a week is released; answers that come later are late.
    """

    grace_hours: Annotated[int, Meta(ge=0, le=4 * _WEEK_HOURS)] = 24


class ChartHistory(Struct, frozen=True, forbid_unknown_fields=True):
    """What artists had reached on a chart before its first week here: given by somebody, not computed.

    file : a CSV file with columns artist, peak, weeks_on_chart, weeks_at_no_1.
    source : who says so.
    """

    file: Text
    source: Text
