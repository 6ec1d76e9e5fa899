"""Compare what a season publishes with what its evidence gives, and name what nobody compares."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.digests import file_sha256, files_below
from plaudit.base.errors import DigestMismatch, ProofInvalid
from plaudit.base.numbers import counted
from plaudit.certify.certificate import CERTIFICATE, VERIFIER_KEY
from plaudit.certify.seal import COMMITMENT, is_sealed
from plaudit.publish.publish import SITE
from plaudit.site.manifest import MANIFEST
from plaudit.verify.differences import first_byte

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.rulebook.season import Season
    from plaudit.verify.verified import Verified

__all__ = ["check_pages", "check_published", "leave_prose", "refuse_links", "tell_strangers"]

_SIGNED: Final = frozenset({CERTIFICATE, VERIFIER_KEY})
_PRIVATE: Final = frozenset({"keys", "vote"})
_KNOWN: Final = frozenset({"certificates", "data", "evidence", "published", "rules", *_PRIVATE})
_ANEW: Final = "make it again with: plaudit run SEASON"
_PUBLISH: Final = "publish again with: plaudit publish SEASON"
_BUILD: Final = "build the pages with: plaudit publish SEASON"
_NAMED_MOST: Final = 5


def refuse_links(folder: Path) -> None:
    """Refuse a season in which a file or folder is a link: it may lead the next reader to something else.

    Raises
    ------
    DigestMismatch : names the link.
    """
    for entry in _entries(folder, folder):
        if entry.is_symlink():
            name = Path(entry.path).relative_to(folder).as_posix()
            raise DigestMismatch(
                f"{name} is a link to somewhere else", "put the file or folder itself there", file=name
            )


def _entries(folder: Path, root: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        for entry in sorted(found, key=lambda entry: entry.name):
            if entry.name.startswith(".") or (folder == root and entry.name in _PRIVATE):
                continue
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path), root)


def check_published(season: Season, files: dict[str, bytes], found: Verified) -> None:
    """Compare every published file but the pages.

    Raises
    ------
    ProofInvalid : a file is missing, differs, or follows from nothing; names it, and the line and byte.
    """
    for name, data in files.items():
        path = season.published / name
        if not path.is_file():
            raise ProofInvalid(f"published/{name} is missing", _PUBLISH, file=name)
        if (have := path.read_bytes()) != data:
            raise ProofInvalid(f"published/{name}: {first_byte(data, have)}", _PUBLISH, file=name)
    signed = _SIGNED | ({COMMITMENT} if is_sealed(season) else set())
    for path in files_below(season.published):
        name = path.relative_to(season.published).as_posix()
        if name not in files and name not in signed and not name.startswith(f"{SITE}/"):
            raise ProofInvalid(f"published/{name} follows from nothing", "remove it", file=name)
    found.checked.append(f"{counted(len(files), 'published file')} are what the evidence gives")


def leave_prose(season: Season, files: dict[str, bytes], found: Verified) -> None:
    """Compare the published files that hold no prose; another version worded the others its own way.

    Raises
    ------
    ProofInvalid : a file is missing or differs; names it.
    """
    worded = {name for name in files if name.endswith(".md") or name.startswith("audit/") or name == "nominees.csv"}
    for name, data in files.items():
        path = season.published / name
        if name not in worded and not (path.is_file() and path.read_bytes() == data):
            raise ProofInvalid(f"published/{name} is not what the evidence gives", _ANEW, file=name)
    found.checked.append(f"{len(files) - len(worded)} published files are what the evidence gives")
    found.unchecked.append("the published files in words: another version of the software wrote them")


def check_pages(season: Season, pages: Iterable[tuple[str, bytes]], found: Verified) -> None:
    """Compare the pages as rendered here; pictures in PNG depend on a machine's fonts and are compared by name.

    Raises
    ------
    ProofInvalid : a page is missing, differs, or follows from nothing; names it, and the line and byte.
    """
    folder, names = season.published / SITE, {MANIFEST}
    for name, data in pages:
        names.add(name)
        path = folder / name
        if not path.is_file():
            raise ProofInvalid(f"{SITE}/{name} is missing", _BUILD, file=name)
        if not name.endswith(".png") and (have := path.read_bytes()) != data:
            raise ProofInvalid(f"{SITE}/{name}: {first_byte(data, have)}", _BUILD, file=name)
    for path in files_below(folder):
        if (name := path.relative_to(folder).as_posix()) not in names:
            raise ProofInvalid(f"{SITE}/{name} follows from nothing", "remove it", file=name)
    _check_manifest(folder, names - {MANIFEST})
    found.checked.append(f"{counted(len(names) - 1, 'file')} of the pages are what the evidence gives")
    if pictures := sum(name.endswith(".png") for name in names):
        found.unchecked.append(
            f"what {counted(pictures, 'picture')} in .png show: they depend on fonts, and were compared by name alone"
        )


def _check_manifest(folder: Path, names: set[str]) -> None:
    """Compare the digests in the pages' manifest with the files; what each was made from is a note for its maker."""
    path = folder / MANIFEST
    if not path.is_file():
        return
    try:
        pairs: list[tuple[str, Any]] = json.loads(path.read_bytes(), object_pairs_hook=list)
        listed = [(name, made[1]) for name, made in pairs]
    except (ValueError, TypeError, LookupError, RecursionError):
        listed = []
    right = [(name, file_sha256(folder / name)) for name in sorted(names)]
    if listed != right:
        name = next((one for one, _ in sorted({*listed} ^ {*right})), "") if listed else ""
        raise ProofInvalid(
            f"{SITE}/{MANIFEST} is not a list of the pages and their digests{f': see {name}' if name else ''}",
            _BUILD,
            file=MANIFEST,
        )


def tell_strangers(season: Season, stated: dict[str, Any], found: Verified) -> None:
    """Name the files in the season's folder that nothing was compared with: those beside it, and hidden pages."""
    inputs = {name.partition("/")[0] for name in stated["inputs"]}
    released = {"releases"} if season.release else set()
    strangers = [
        entry.name
        for entry in sorted(season.folder.iterdir())
        if not entry.name.startswith(".") and entry.name not in _KNOWN | inputs | released
    ]
    hidden = sorted(season.published.rglob(".*"))
    strangers += [path.relative_to(season.folder).as_posix() for path in hidden]
    if strangers:
        more = f" and {len(strangers) - _NAMED_MOST} more" if len(strangers) > _NAMED_MOST else ""
        found.unchecked.append(f"files that are not the season's: {', '.join(strangers[:_NAMED_MOST])}{more}")
