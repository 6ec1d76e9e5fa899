"""What a forger of released weeks has: notes signed again, and a release log that never said otherwise."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from plaudit.certify.certificate import canonical
from plaudit.ledger.note import sign_note
from plaudit.release.log import LOG, release_signer, write_log
from plaudit.release.note import NOTE
from plaudit.release.release import shelf_of
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.release.shelf import Released

__all__ = ["relog", "resign", "the_release"]

CHART = "views-only@1"


def the_release(folder: Path, week: str, number: int) -> Released:
    """Give one release of the season."""
    return shelf_of(read_season(folder)).release(CHART, week, number)


def resign(folder: Path, week: str, number: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a release states, and sign it again with the season's own key."""
    one = the_release(folder, week, number)
    change(one.stated)
    note = sign_note(canonical(one.stated), release_signer(read_season(folder))[0])
    (one.folder / NOTE).write_bytes(note.encode())


def relog(folder: Path) -> None:
    """Write the release log anew, of the releases that are there now."""
    season = read_season(folder)
    shutil.rmtree(folder / "releases" / LOG)
    releases = sorted(shelf_of(season).all(), key=lambda one: int(one.stated["index"]))
    write_log(folder / "releases" / LOG, releases, release_signer(season)[1])
