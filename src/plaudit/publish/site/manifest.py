"""manifest.json: what each file of the site was made from, and which bytes it has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from plaudit.base.digests import file_sha256, files_below

if TYPE_CHECKING:
    from pathlib import Path

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


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, by path, unless it is there already."""
    text = json.dumps({path: list(made) for path, made in sorted(manifest.items())}, ensure_ascii=False, indent=0)
    write_file(folder / MANIFEST, f"{text}\n".encode())


def write_file(path: Path, data: bytes) -> bool:
    """Write a file unless it has those bytes; say whether it was written."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def remove_stale(folder: Path, wanted: set[str]) -> int:
    """Remove files that are not wanted, and folders that are left empty; give how many files went."""
    removed, kept = 0, wanted | {MANIFEST}
    for path in list(files_below(folder)) if folder.is_dir() else []:
        if path.relative_to(folder).as_posix() not in kept:
            path.unlink()
            removed += 1
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    return removed
