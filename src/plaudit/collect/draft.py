"""Artists drafted from the accounts that sources name and artists.toml does not have."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.rulebook.season import Season

__all__ = ["Draft", "drafts", "in_toml"]


@dataclass(frozen=True)
class Draft:
    """One artist that may be: an id, a name, its accounts by platform, and how many rows these have.

    known_as : an artist of the season who bears that name already, if any
    """

    id: str
    name: str
    accounts: tuple[tuple[str, str], ...]
    rows: int
    known_as: str = ""


def drafts(season: Season, unknown: Mapping[str, Mapping[str, int]]) -> list[Draft]:
    """Give a draft for each name of an unknown account, those with most rows first.

    unknown : per source, account to rows
    """
    platforms = {source.id: source.platform for source in season.sources}
    rows: dict[str, dict[tuple[str, str], int]] = {}
    for source, accounts in unknown.items():
        for account, count in accounts.items():
            of_name = rows.setdefault(unicodedata.normalize("NFC", account), {})
            key = (platforms[source], account)
            of_name[key] = of_name.get(key, 0) + count
    ids = {artist.id for artist in season.artists.artists}
    names = {name: artist.id for artist in season.artists.artists for name in artist.names.values()}
    found = []
    for name in sorted(rows, key=lambda name: (-sum(rows[name].values()), name)):
        drafted = _free_id(name, ids)
        ids.add(drafted)
        found.append(Draft(drafted, name, tuple(sorted(rows[name])), sum(rows[name].values()), names.get(name, "")))
    return found


def in_toml(found: list[Draft]) -> str:
    """Give drafts as lines of artists.toml; of one whose name is taken, only the accounts to add, as a comment."""
    return "".join(_toml(draft) + "\n" for draft in found)


def _toml(draft: Draft) -> str:
    accounts = ", ".join(
        f"{{ platform = {_quoted(platform)}, account = {_quoted(account)} }}" for platform, account in draft.accounts
    )
    said = f"# {draft.rows} rows" if draft.rows != 1 else "# 1 row"
    if draft.known_as:
        return f"{said}; {draft.known_as} has this name: add to its accounts, if it is the same: {accounts}\n"
    return (
        f"[[artist]]  {said}\n"
        f"id = {_quoted(draft.id)}\n"
        f"names = {{ en = {_quoted(draft.name)} }}\n"
        'kind = "group"  # decide: group or person\n'
        f"accounts = [{accounts}]\n"
    )


def _free_id(name: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "artist"
    number, free = 1, stem
    while free in taken:
        number += 1
        free = f"{stem}-{number}"
    return free


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
