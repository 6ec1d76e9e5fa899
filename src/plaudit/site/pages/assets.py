"""Files that lie beside the pages as they are: the style sheet."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import FileKind, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData

__all__ = ["ASSETS"]

_FILES: Final = {
    file.name: file
    for room in ("plaudit.frame", "plaudit.site")
    for file in (files(room) / "assets").iterdir()
    if file.is_file() and not file.name.startswith((".", "_"))
}


def _pages(_site_data: SiteData) -> Iterator[Page]:
    for name in sorted(_FILES):
        yield Page(f"assets/{name}", name)


def _render(name: Any) -> list[bytes]:
    return [_FILES[name].read_bytes()]


ASSETS: Final = FileKind("assets", _pages, _render)
