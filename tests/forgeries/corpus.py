"""The corpus: one folder a lie, with the script that forges it and a file that says what the lie is."""

from __future__ import annotations

import runpy
import shutil
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.forgeries.forged import Forged

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIES", "OPEN", "OPEN_TO_SECOND", "WHO", "Lie", "forge", "publish", "words"]

FOLDER: Final = Path(__file__).parent
WHO: Final = ("operator", "third party")


@dataclass(frozen=True)
class Lie:
    """One lie.

    id : its folder's name
    base : the honest season it begins with
    claims : what it wants to be believed
    who : who can do it, `operator` with the keys or a `third party` without
    breaks : the clause of docs/spec that it breaks, as `page.md#heading`
    named : what a refusal must name
    winner : who wins by it, if that is another than in the honest season
    verifies : what is verified, a path in the season; the season itself if left out
    options : further words of the command
    told : nobody could refuse it; `named` must stand among what was not checked
    second : what the second verifier names, where it names another place
    """

    id: str
    base: str
    claims: str
    who: str
    breaks: str
    named: str
    winner: str = ""
    verifies: str = ""
    options: tuple[str, ...] = ()
    told: bool = False
    second: str = ""


def _read(folder: Path) -> Lie:
    stated: dict[str, Any] = tomllib.loads((folder / "lie.toml").read_text("utf-8"))
    stated["options"] = tuple(stated.get("options", ()))
    return Lie(id=folder.name, **stated)


LIES: Final = [_read(path.parent) for path in sorted(FOLDER.glob("*/lie.toml"))]
OPEN: Final[dict[str, str]] = tomllib.loads((FOLDER / "open.toml").read_text("utf-8"))
"""Lies that get past plaudit verify, each with the reason; whatever is refused now must be taken off."""

OPEN_TO_SECOND: Final[dict[str, str]] = tomllib.loads((FOLDER / "second.toml").read_text("utf-8"))
"""Lies that the second verifier does not refuse, each with the reason."""


def words(lie: Lie, honest: Path, folder: Path) -> list[str]:
    """Give the further words of the command; the reader has the honest season's keys from elsewhere."""
    at = {"key": honest / "published" / "verifier.key", "log_key": honest / "evidence" / "log" / "verifier.key"}
    keys = {name: path.read_text("utf-8").strip() for name, path in at.items() if path.is_file()}
    return [word.format(season=folder, **keys) for word in lie.options]


def forge(lie: Lie, honest: Path, folder: Path) -> Path:
    """Forge a season: copy the honest one, let the script change it, and leave what nobody would publish."""
    shutil.copytree(honest, folder, symlinks=True)
    change: Callable[[Forged], None] = runpy.run_path(str(FOLDER / lie.id / "forge.py"))["forge"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what forges may wrap a number
        change(Forged(folder))
    return publish(folder)


def publish(folder: Path) -> Path:
    """Leave out of a season what nobody would publish."""
    for private in ("keys", "vote"):
        shutil.rmtree(folder / private, ignore_errors=True)
    return folder
