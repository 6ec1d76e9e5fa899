"""manifest.json: what each file of the site was made from, and which bytes it has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from plaudit.base.digests import file_sha256, files_below

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.base.change import InPlace

__all__ = ["MANIFEST", "Made", "Manifest", "read_manifest", "remove_stale", "write_file", "write_manifest"]

MANIFEST: Final = "manifest.json"


class Made(NamedTuple):
    """One file: the digest of its inputs, and of its bytes."""

    inputs: str
    sha256: str

    def is_in(self, path: Path) -> bool:
        """Say whether the file is there with these bytes."""
        return path.is_file() and file_sha256(path) == self.sha256


Manifest = dict[str, Made]
"""By path below the site's folder."""


def read_manifest(folder: Path) -> Manifest:
    """Give what a site's folder says of itself; a folder that says nothing readable is made anew."""
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Made])
    except msgspec.DecodeError:
        return {}


def write_manifest(folder: InPlace, manifest: Manifest) -> None:
    """Write the manifest, by path, unless it is there already."""
    text = json.dumps({path: list(made) for path, made in sorted(manifest.items())}, ensure_ascii=False, indent=0)
    write_file(folder, MANIFEST, f"{text}\n".encode())


def write_file(folder: InPlace, name: str, data: bytes) -> bool:
    """Write a file unless it has those bytes; say whether it was written."""
    path = folder.found(name)
    if path.is_file() and path.read_bytes() == data:
        return False
    folder.write(name, data)
    return True


def remove_stale(folder: InPlace, wanted: set[str]) -> int:
    """Remove files that are not wanted, and folders that are left empty; give how many files went."""
    there = [path.relative_to(folder.folder).as_posix() for path in _below(folder.folder)]
    stale = [name for name in there if name not in {*wanted, MANIFEST}]
    for name in stale:
        folder.remove(name)
    return len(stale)


def _below(folder: Path) -> list[Path]:
    return list(files_below(folder)) if folder.is_dir() else []
