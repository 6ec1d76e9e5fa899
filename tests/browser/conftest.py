"""Debian's chromium, and what it looks at: two sites as files behind a plain server, and a served demonstration."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.publish.site.material import Material
from plaudit.publish.site.site import LANGUAGES, build, jobs
from tests.publish.site.conftest import inputs
from tests.web.serving import Running, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Site:
    """A built site: its address, its folder, and one page of each kind, by kind."""

    url: str
    folder: Path
    kinds: dict[str, str]

    def page(self, language: str, path: str) -> str:
        return f"{self.url}/{language}/{path}"


@pytest.fixture(scope="module")  # it keeps an event loop running, in which other modules' `asyncio.run` would fail
def browser() -> Iterator[Browser]:
    """The browser; without one, these tests are skipped."""
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served_files(folder: Path) -> Iterator[str]:
    """Serve a folder as any static host does, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@contextmanager
def built_site(season_folder: Path, folder: Path) -> Iterator[Site]:
    """Build the site of a season that was run, and serve it."""
    made = inputs(season_folder)
    build(*made, folder)
    kinds: dict[str, str] = {}
    for job in jobs(Material(*made, LANGUAGES)):
        if job.language and job.path != "index.html":
            kinds.setdefault(job.kind, job.path)
    with served_files(folder) as url:
        yield Site(url, folder, kinds | {"home": "index.html"})


@pytest.fixture(scope="session")
def template_pages(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the season that `plaudit init` makes."""
    with built_site(made_template, tmp_path_factory.mktemp("template-site")) as site:
        yield site


@pytest.fixture(scope="session")
def social_pages(made_social: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the example of 2018, with fewer ballots."""
    with built_site(made_social, tmp_path_factory.mktemp("social-site")) as site:
        yield site


@pytest.fixture(scope="module")
def demo(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`plaudit serve --demo` beside the template's season."""
    folder = tmp_path_factory.mktemp("demo") / "my-award"
    shutil.copytree(made_template, folder)
    with running_server(folder, "--demo") as running:
        yield running
