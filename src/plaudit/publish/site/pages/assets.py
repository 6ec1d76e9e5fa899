"""Files that lie beside the pages as they are: the style sheet."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from plaudit.publish.site.kinds import FileKind, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.site.material import Material

__all__ = ["ASSETS"]

_FOLDER: Final = files("plaudit.publish.site") / "assets"


def _pages(_material: Material) -> Iterator[Page]:
    for file in sorted(_FOLDER.iterdir(), key=lambda found: found.name):
        if file.is_file() and not file.name.startswith((".", "_")):
            yield Page(f"assets/{file.name}", file.name)


def _render(name: Any) -> list[bytes]:
    return [(_FOLDER / name).read_bytes()]


ASSETS: Final = FileKind("assets", _pages, _render)
