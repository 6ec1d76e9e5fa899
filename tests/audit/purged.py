"""The template's season with purge rules of its own, small enough to look through."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.conftest import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

__all__ = ["appeals", "declare", "plain_copy", "purged", "rulings"]

THREE_DAYS, THREE_AGAIN, TWO_DAYS = "three-days@1", "three-again@1", "two-days@1"
_RULE = """\
kind = "purge"
id = "{id}"
version = 1
title = "Ballots on {days} days in a row"
because = "Made for a test."
does = "{does}"
told = "You voted on {days} days in a row."

[method]
name = "sleepless"
hours_least = 1
days_least = {days}
"""


def declare(folder: Path, purges: Sequence[str], late: Sequence[str] = (), does: str = "set aside") -> None:
    """Give a season the rules it names in [audit], in place of those it had."""
    for name in (*purges, *late):
        days = 2 if name.startswith("two") else 3
        text = _RULE.format(id=name.partition("@")[0], days=days, does=does)
        (folder / "rules" / f"{name}.toml").write_text(text, "utf-8")
    file = folder / "season.toml"
    text = re.sub(r"\n\[audit\]\n.*\n.*\n", "", file.read_text("utf-8"))
    audit = f"\n[audit]\npurges = {[*purges]}\nlate = {[*late]}\n".replace("'", '"')
    file.write_text(text + audit, "utf-8")


def plain_copy(made: Path, folder: Path) -> Path:
    """Copy what an organiser wrote of a season, and nothing that was made."""
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("evidence", "published", "keys"))
    return folder


def purged(made: Path, folder: Path) -> Path:
    """Run the season with two declared rules that match alike, and a late one that matches more."""
    declare(plain_copy(made, folder), [THREE_DAYS, THREE_AGAIN], [TWO_DAYS])
    return run(folder)


def appeals(folder: Path, *rows: str) -> None:
    """Write a season's appeals."""
    (folder / "appeals.csv").write_text("\n".join(["receipt,decision,why", *rows, ""]), "utf-8")


def rulings(folder: Path) -> list[dict[str, Any]]:
    """Give the rows of a season's rulings."""
    tables = Evidence(read_season(folder).evidence)
    return tables.to_rows(tables.read("rulings").order_by("ballot", "rule"))
