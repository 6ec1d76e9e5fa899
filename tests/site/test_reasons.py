"""Why an artist stood where it stood."""

from __future__ import annotations

from typing import Any

from plaudit.publish.charts import Entry, Part
from plaudit.site.pages.reasons import best_weeks
from plaudit.words.words import words_of


class Made:
    """Something with some attributes, which is itself and no other."""

    def __init__(self, **attributes: object) -> None:
        vars(self).update(attributes)


PART = Part("c@1", "2026-01-02", "ann", "views_gain", 800, 1000, 1_000_000, 800_000)
ENTRY = Entry(
    chart="c@1",
    week="2026-01-02",
    artist="ann",
    position=1,
    points=1_000_000,
    exact="",
    last_week=None,
    peak=1,
    weeks_on_chart=1,
    weeks_at_no_1=1,
    streak=1,
    streak_at_no_1=1,
    status="debut",
    verdict="final",
    flags="",
    names={"en": "Ann"},
    parts=[PART],
)


def gain(title: str, gain: int, shared_by: int) -> dict[str, Any]:
    return {"title": title, "gain": gain, "shared_by": shared_by, "published_at": 0, "gap_at_end": 0}


def test_a_divided_gain_is_told_and_compared_as_the_artist_has_it() -> None:
    rows = [gain("together", 900, 3), gain("alone", 450, 1)]
    chart: Any = Made(name="c@1", by_artist={"ann": [ENTRY]})
    data: Any = Made(measures={}, gains_of=lambda _chart, _wanted: {("2026-01-02", "ann", "views"): rows})

    reason = best_weeks(data, chart)["ann"]
    told = [words_of("en").plain(said) for said, _minding in reason.said({"en": "Ann"})]

    assert reason.post
    assert (reason.post.title, reason.post.gain, reason.post.share_ppm) == ("alone", 450, 600_000)
    assert any("alone" in sentence and "60" in sentence for sentence in told)
