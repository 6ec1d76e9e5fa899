"""A browser window that remembers what a page complained of and whom it asked."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["SCREENSHOTS", "faults", "overflow", "photographed", "window"]

SCREENSHOTS = Path(os.environ.get("PLAUDIT_SCREENSHOTS") or Path(__file__).parents[2] / "build" / "screenshots")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ASKED: dict[str, Any] = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}


@contextmanager
def window(browser: Browser, width: int = 1280, height: int = 800, **how: Any) -> Iterator[Page]:
    """Open a window without cookies; in the end, no page in it may have complained or asked another host.

    Pages that were sent with a refusal are noted by the browser as failed; those lines are no complaint.
    """
    context = browser.new_context(viewport={"width": width, "height": height}, **how)
    page = context.new_page()
    said: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda request: asked.add(urlsplit(request.url).hostname or "") if is_sent(request.url) else None
    )
    try:
        yield page
        assert [line for line in said if not line.startswith("Failed to load resource: the server responded")] == []
        assert asked <= {"127.0.0.1"}
    finally:
        context.close()


def is_sent(url: str) -> bool:
    return urlsplit(url).scheme not in {"data", "blob"}


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def faults(page: Page) -> list[str]:
    """Give what axe-core finds wrong with the page, everything that can be opened being open."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    _settle(page)
    page.evaluate(_axe())
    # Only what is wrong leaves the browser: what is right is megabytes of it.
    found = page.evaluate("(asked) => axe.run(document, asked).then((all) => all.violations)", _ASKED)
    where = urlsplit(page.url).path
    nodes = [(one["id"], node) for one in found for node in one["nodes"]]
    return [f"{where}: {rule}: {node['html'][:200]} {node.get('failureSummary')}" for rule, node in nodes]


def _settle(page: Page) -> None:
    """Wait until nothing moves."""
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def photographed(page: Page, name: str) -> None:
    """Keep a picture of the whole page, as far as three windows down."""
    _settle(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = min(page.evaluate("document.documentElement.scrollHeight"), 3 * page.viewport_size["height"])  # type: ignore[index]
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}  # type: ignore[index]
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
