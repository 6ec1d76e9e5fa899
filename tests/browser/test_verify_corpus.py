"""The corpus of forged seasons, given to the verify page: what it refuses, and what it says that it does not check."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest

from plaudit.base.errors import EvidenceError
from plaudit.certify.shape import statement_schema
from plaudit.frame.verify import VERIFY_STEPS
from tests.browser.windows import window
from tests.forgeries.conftest import honest, once  # noqa: F401 - fixtures
from tests.forgeries.corpus import LIES, Lie, forge, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

UNSEEN: Final[dict[str, set[str]]] = {
    "counts them again": {  # the count, and what follows from it
        "appeal-left-out",
        "appeal-of-another-decision",
        "ballots-before-the-opening",
        "counted-by-another-cap",
        "counted-by-the-last-ballots",
        "counted-in-another-window",
        "failing-check-called-passed",
        "finding-left-out",
        "gap-left-out",
        "hours-of-an-autumn-night",
        "live-ballot-over-the-cap",
        "margin-widened",
        "positions-exchanged",
        "posts-of-several-counted",
        "purge-hidden",
        "purge-skipped",
        "reinstated-without-an-appeal",
        "sensitivity-emptied",
        "source-of-another-title",
        "two-in-the-hour-that-comes-twice",
        "unit-of-another-kind",
        "void-ballots-hidden",
        "voter-set-aside-by-hand",
    },
    "the tables of evidence": {  # rows, which are in Parquet
        "a-fall-that-never-was",
        "accounts-exchanged-after-collecting",
        "ballots-left-out",
        "ballots-left-out-as-passed-over",
        "ballots-turned",
        "conflicting-readings",
        "credit-shared-by-nobody",
        "day-of-another-name",
        "duplicate-posts",
        "evidence-cited-by-another-digest",
        "evidence-not-cited",
        "hidden-folder-of-ballots",
        "mapping-hidden",
        "names-of-voters-in-facts",
        "negative-tags",
        "null-nominee",
        "null-voter",
        "parquet-bomb-of-a-long-text",
        "parquet-bomb-of-row-groups",
        "parquet-column-in-capitals",
        "parquet-column-missing",
        "parquet-column-twice",
        "parquet-columns-in-another-order",
        "parquet-dictionary-that-lies",
        "parquet-extra-column",
        "parquet-false-number-of-rows",
        "parquet-false-statistics",
        "parquet-false-statistics-in-several-files",
        "parquet-false-statistics-of-words",
        "parquet-instants-as-timestamps",
        "parquet-of-a-partition-that-overrides",
        "parquet-row-groups-doubled",
        "parquet-that-is-none",
        "parquet-votes-as-floats",
        "parquet-votes-in-more-bits",
        "parquet-words-as-bytes",
        "passed-over-rows-hidden",
        "post-credited-twice",
        "posts-given-to-another-artist",
        "posts-of-a-far-instant",
        "posts-of-an-undeclared-account",
        "posts-of-no-instant",
        "purge-of-one-voter-more",
        "readings-near-the-end-of-numbers",
        "readings-of-another-artist",
        "replaced-rows-made-fewer",
        "set-aside-hidden",
        "set-aside-rows-left-out",
        "state-of-a-voter-changed",
        "table-behind-a-link",
        "table-that-nobody-certified",
        "totals-near-the-end-of-numbers",
        "totals-of-a-partner-changed",
        "totals-of-an-earlier-hour",
        "totals-row-doubled",
        "unknown-gesture",
    },
    "charts, honours, and the tables and pages": {
        "correction-without-a-reason",
        "entries-exchanged",
        "history-that-did-not-follow",
        "honours-claimed",
        "honours-of-a-huge-field",
        "honours-under-a-throwaway-key",
        "index-beside-the-season",
        "made-table-changed",
        "made-table-missing",
        "no-1-exchanged",
        "page-changed",
        "page-hidden-in-well-known",
        "page-manifest-changed",
        "page-redirected",
        "page-removed",
        "pages-behind-a-link",
        "peak-improved",
        "points-of-a-nominee-raised",
        "provisional-week-called-final",
        "release-dropped",
        "release-of-other-readings",
        "release-rewritten",
        "release-swapped",
        "release-under-another-rule",
        "published-page-added",
        "published-totals-changed",
        "share-card-replaced",
        "week-left-out",
    },
    "what the files below data/ give": {
        "mapping-changed-after-the-count",
        "sources-kept-back",
    },
    "says of sources and limits": {
        "first-version-without-limits",
        "nominee-of-another-source",
    },
    "as promised": {
        "live-ballot-left-out",
    },
    "is a link": {
        "input-behind-a-link",
        "log-behind-a-link",
    },
    "who cosigned the commitment": {
        "sealed-again",
    },
}
"""By what the page says that it does not check: the lies that are told there. It passes over none without a word."""


def told_of(page: Page, lie: Lie, base: Path, folder: Path) -> tuple[bool, str]:
    """Give a forged season to the page, with the key that a reader has: whether it holds, and what is not checked."""
    if lie.verifies.endswith(".tlog-proof"):
        log = folder / "evidence" / "log"
        published: dict[str, Any] = {
            "logKey": (log / "verifier.key").read_text("utf-8").strip(),
            "checkpoint": (log / "checkpoint").read_text("utf-8"),
            "isClosed": True,
            "schema": statement_schema(),
        }
        data = list((folder / lie.verifies).read_bytes())
        asked = f"verify(Uint8Array.from({data}), {json.dumps(published)})"
        steps = page.evaluate(asked)
        return all(step["ok"] is not False for step in steps), " ".join(
            VERIFY_STEPS[step["step"]] for step in steps if step["ok"] is None
        )
    key, path = folder / "published" / "verifier.key", folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                made.write(file, f"season/{file.relative_to(folder).as_posix()}")
    given = words(lie, base, folder)
    elsewhere = given[given.index("--key") + 1] if "--key" in given else ""
    page.locator("#key").fill(elsewhere or (key.read_text("utf-8").strip() if key.is_file() else ""))
    page.locator("#file").evaluate("field => { field.value = ''; }")
    page.locator("#file").set_input_files(path)
    page.locator("#verdict").wait_for()
    return page.locator("#verdict.holds").count() == 1, page.locator("#unchecked").inner_text()


def test_every_forged_season_is_refused_or_told_where_the_page_does_not_look(
    browser: Browser,
    template_pages: Site,
    honest: Callable[[str], Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    wrong, unmade = {}, set()
    unseen = {lie: said for said, lies in UNSEEN.items() for lie in lies}
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("main summary").first.click()
        for lie in LIES:
            try:
                folder = forge(lie, honest(lie.base), tmp_path / lie.id / "season")
            except EvidenceError:  # the forger's own tools refuse it
                unmade.add(lie.id)
                continue
            holds, unchecked = told_of(page, lie, honest(lie.base), folder)
            if holds != (lie.id in unseen) or (holds and unseen[lie.id] not in unchecked):
                wrong[lie.id] = holds

    assert wrong == {}
    assert len(unmade) < 5, unmade
    assert unseen.keys() <= {lie.id for lie in LIES}
    assert "" not in UNSEEN
    assert len(LIES) - len(unseen) >= 125


@pytest.mark.parametrize("base", ["files", "live", "purges", "charts", "sealed", "totals"])
def test_every_honest_season_holds(
    browser: Browser,
    template_pages: Site,
    honest: Callable[[str], Path],  # noqa: F811
    tmp_path: Path,
    base: str,
) -> None:
    lie = Lie(base, base, "", "", "", "")
    path = tmp_path / "season"
    path.symlink_to(honest(base))
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("main summary").first.click()

        assert told_of(page, lie, honest(base), path)[0]
