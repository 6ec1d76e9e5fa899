"""Files that lie beside the pages as they are: the style sheet."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import FileKind, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData

__all__ = ["ASSETS"]

_FOLDER: Final = files("plaudit.site") / "assets"


def _pages(_site_data: SiteData) -> Iterator[Page]:
    for file in sorted(_FOLDER.iterdir(), key=lambda found: found.name):
        if file.is_file() and not file.name.startswith((".", "_")):
            yield Page(f"assets/{file.name}", file.name)


def _render(name: Any) -> list[bytes]:
    return [(_FOLDER / name).read_bytes()]


ASSETS: Final = FileKind("assets", _pages, _render)
