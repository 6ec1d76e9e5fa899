"""The registry of definitions is whole: dated, sourced, of metrics that are offered."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from plaudit.platforms.definitions import _registry, breaks_between, definitions
from plaudit.platforms.registry import platforms
from plaudit.rulebook.sources import FIGURES


def test_every_entry_is_of_a_metric_that_its_platform_offers() -> None:
    known = _registry()
    named = {(one.platform, one.metric) for one in known.breaks}
    named |= {(one.platform, one.metric) for one in known.grains}
    named |= {(one.platform, metric) for one in known.parts for metric in one.metrics}
    offered = {(name, metric) for name, one in platforms().items() for some in one.offers.values() for metric in some}

    assert named
    assert named <= offered


def test_every_entry_says_where_it_is_said() -> None:
    known = _registry()

    sources = [*(one.source for one in known.breaks), *(one.source for one in known.grains)]
    sources += [one.source for one in known.parts]
    codes = [*(one.code for one in known.breaks), *(one.code for one in known.parts)]
    assert all(source.startswith("https://") for source in sources)
    assert all(one.first_on <= one.last_on for one in known.breaks)
    assert all(re.fullmatch(FIGURES, one.grain) for one in known.grains)
    assert len({one.code for one in known.breaks}) == len(known.breaks)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", code) for code in codes)


@pytest.mark.parametrize(
    ("first_on", "days", "codes"),
    [
        (date(2025, 3, 24), 6, []),
        (date(2025, 3, 25), 6, ["shorts-count-every-start"]),
        (date(2025, 3, 31), 0, ["shorts-count-every-start"]),
        (date(2025, 4, 1), 6, []),
        (date(2026, 8, 27), 6, ["all-videos-count-every-start"]),
        (date(2025, 1, 1), 730, ["shorts-count-every-start", "all-videos-count-every-start"]),
    ],
)
def test_a_week_is_touched_by_a_break_of_its_days(first_on: date, days: int, codes: list[str]) -> None:
    found = breaks_between("youtube", "views", first_on, first_on + timedelta(days=days))

    assert [one.code for one in found] == codes


def test_nothing_is_known_of_what_the_registry_does_not_name() -> None:
    assert definitions("youtube", "likes") == ((), (), ())
    assert definitions("elsewhere", "views") == ((), (), ())
    assert [one.code for one in definitions("mastodon", "reposts").parts] == ["what-this-server-knows"]
