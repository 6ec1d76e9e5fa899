"""Every kind of page and file of the site, in the order of the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.site.pages import (
    artist,
    artists,
    assets,
    cards,
    changes,
    chart,
    coverage,
    downloads,
    edition,
    evidence,
    feeds,
    home,
    honours,
    methodology,
    notice,
    over_time,
    press,
    reveal,
    rules,
    runs,
    verify,
    vote,
    widget,
)

if TYPE_CHECKING:
    from plaudit.site.kinds import FileKind, PageKind

__all__ = ["FILES", "PAGES"]

PAGES: Final[tuple[PageKind, ...]] = (
    home.DOOR,
    home.HOME,
    chart.LATEST,
    chart.WEEK,
    chart.WEEKS,
    artists.ARTISTS,
    artist.ARTIST,
    edition.EDITION,
    notice.NOTICE,
    honours.HONOURS,
    methodology.METHODOLOGY,
    rules.RULE,
    changes.CHANGES,
    coverage.COVERAGE,
    evidence.EVIDENCE,
    vote.VOTE,
    reveal.REVEAL,
    verify.VERIFY,
    press.PRESS,
    downloads.DATA,
    widget.EMBED,
    widget.WIDGET,
)
FILES: Final[tuple[FileKind, ...]] = (
    assets.ASSETS,
    runs.RUNS,
    over_time.OVER_TIME,
    downloads.DOWNLOADS,
    press.PRESS_FILES,
    cards.CARDS,
    feeds.FEEDS,
)
