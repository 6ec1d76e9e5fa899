"""The corpus of forged seasons, given to the verify page: what it refuses, and what it says that it does not check."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest

from plaudit.base.errors import EvidenceError
from plaudit.certify.shape import statement_schema
from tests.browser.windows import window
from tests.forgeries.conftest import honest, once  # noqa: F401 - fixtures
from tests.forgeries.corpus import LIES, Lie, forge

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
        "failing-check-called-passed",
        "finding-left-out",
        "gap-left-out",
        "late-rule-called-declared",
        "limits-emptied",
        "margin-widened",
        "purge-hidden",
        "reinstated-without-an-appeal",
        "sensitivity-emptied",
        "source-of-another-title",
        "synthetic-source-called-real",
        "void-ballots-hidden",
        "voter-set-aside-by-hand",
    },
    "the tables of evidence": {  # rows, which are in Parquet
        "ballots-left-out",
        "ballots-left-out-as-passed-over",
        "conflicting-readings",
        "duplicate-posts",
        "evidence-cited-by-another-digest",
        "evidence-not-cited",
        "negative-tags",
        "parquet-false-statistics",
        "parquet-false-statistics-in-several-files",
        "parquet-false-statistics-of-words",
        "post-credited-twice",
        "posts-given-to-another-artist",
        "purge-of-one-voter-more",
        "set-aside-hidden",
        "state-of-a-voter-changed",
        "undeclared-source",
        "unknown-gesture",
    },
    "charts, honours, and the tables and pages": {
        "entries-exchanged",
        "honours-claimed",
        "honours-under-a-throwaway-key",
        "peak-improved",
        "provisional-week-called-final",
        "published-page-added",
        "published-totals-changed",
    },
}
"""By what the page says that it does not check: the lies that are told there."""


def told_of(page: Page, lie: Lie, folder: Path) -> tuple[bool, str]:
    """Give a forged season to the page: whether it holds, and what is not checked."""
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
        return all(step["ok"] is not False for step in page.evaluate(asked)), ""
    key, path = folder / "published" / "verifier.key", folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                made.write(file, f"season/{file.relative_to(folder).as_posix()}")
    page.locator("#key").fill(key.read_text("utf-8").strip() if key.is_file() else "")
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
        page.locator("summary").click()
        for lie in LIES:
            try:
                folder = forge(lie, honest(lie.base), tmp_path / lie.id / "season")
            except EvidenceError:  # the forger's own tools refuse it
                unmade.add(lie.id)
                continue
            holds, unchecked = told_of(page, lie, folder)
            if holds != (lie.id in unseen) or (holds and unseen[lie.id] not in unchecked):
                wrong[lie.id] = holds

    assert wrong == {}
    assert len(unmade) < 5, unmade
    assert unseen.keys() <= {lie.id for lie in LIES}
    assert len(LIES) - len(unseen) > len(unseen)


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
        page.locator("summary").click()

        assert told_of(page, lie, path)[0]
