"""The page on which a receipt or a certificate is checked in the reader's own browser: see `frame.verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.certificate import VERIFIER_KEY
from plaudit.certify.shape import statement_schema
from plaudit.frame.verify import log_facts, verify_view
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.vote.log import CHECKPOINT, read_log_key
from plaudit.vote.statements import is_statement, read_opening
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.site.site_data import SiteData

__all__ = ["PATH", "VERIFY"]

PATH: Final = "verify.html"
"""Where the page lies."""


def _pages(site_data: SiteData) -> Iterator[Page]:
    published = {"certificateKey": _certificate_key(site_data), **_published_log(site_data)}
    named = {*published["nominees"], *site_data.statement.get("result", {}).get("winners", [])}
    published["schema"] = statement_schema()
    yield Page(PATH, {**published, "names": {nominee: site_data.names(nominee) for nominee in sorted(named)}})


def _certificate_key(site_data: SiteData) -> str:
    path = site_data.season.published_file(VERIFIER_KEY)
    return path.read_text("utf-8").strip() if path.is_file() else ""


def _published_log(site_data: SiteData) -> dict[str, Any]:
    folder = site_data.season.log
    if not (folder / CHECKPOINT).is_file():
        return {"logKey": "", "checkpoint": None, "isClosed": False, "channels": None, "nominees": []}
    log = LogReader(FolderFiles(folder))
    is_closed = log.size > 1 and is_statement(log.entry(log.size - 1))
    names = read_opening(log.entry(0)).names
    note = (folder / CHECKPOINT).read_text("utf-8")
    return log_facts(read_log_key(folder), names.channels, names.nominees, note, is_closed=is_closed)


def _menu(_site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem(PATH, N_("Verify"))]


VERIFY: Final = PageKind("verify", "verify.html", _pages, verify_view, menu=_menu)
