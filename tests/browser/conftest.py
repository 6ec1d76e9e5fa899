"""Debian's chromium, and what it looks at: two sites behind a plain server, and a served demonstration."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.base.change import InPlace
from plaudit.site.manifest import write_file
from plaudit.site.render import Job, job_paths, rendered
from plaudit.site.site import build, jobs
from tests.site.conftest import inputs
from tests.site.kinds import site_data_of
from tests.web.serving import Running, running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Site:
    """A site: its address, the folder of its files, and one page of each kind, by kind."""

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


class _MadeWhenAsked(_Quiet):
    """Serves the files of a site, each made when it is first asked for: of 2,000 pages these tests open fifty."""

    _making = threading.Lock()

    def __init__(self, *args: Any, made_by: dict[str, Job], directory: str, **kwargs: Any) -> None:
        self._made_by = made_by
        super().__init__(*args, directory=directory, **kwargs)

    def translate_path(self, path: str) -> str:
        file = Path(super().translate_path(path))
        job = self._made_by.get(os.path.relpath(file, self.directory))
        with self._making:
            if job and not file.exists():
                for name, data in zip(job_paths(job), rendered(job), strict=True):
                    write_file(InPlace(Path(self.directory)), name, data)
        return str(file)


@contextmanager
def served_files(folder: Path, handler: Callable[..., SimpleHTTPRequestHandler] = _Quiet) -> Iterator[str]:
    """Serve a folder as any static host does, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@contextmanager
def served_site(season_folder: Path, folder: Path) -> Iterator[Site]:
    """Serve the site of a season that was run."""
    made_by: dict[str, Job] = {}
    kinds: dict[str, str] = {}
    for job in jobs(site_data_of(season_folder)):
        made_by |= dict.fromkeys(job_paths(job), job)
        if job.language and job.path != "index.html":
            kinds.setdefault(job.kind, job.path)
    with served_files(folder, partial(_MadeWhenAsked, made_by=made_by)) as url:
        yield Site(url, folder, kinds | {"home": "index.html"})


@pytest.fixture(scope="session")
def template_pages(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the season that `plaudit init` makes."""
    folder = tmp_path_factory.mktemp("template-site")
    build(*inputs(made_template), InPlace(folder))  # whole, for it is opened as files too
    with served_site(made_template, folder) as site:
        yield site


@pytest.fixture(scope="session")
def social_pages(made_social: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the example of 2018, with fewer ballots."""
    with served_site(made_social, tmp_path_factory.mktemp("social-site")) as site:
        yield site


@pytest.fixture(scope="module")
def demo(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`plaudit serve --demo` beside the template's season."""
    folder = tmp_path_factory.mktemp("demo") / "my-award"
    shutil.copytree(made_template, folder)
    with running_server(folder, "--demo") as running:
        yield running
