"""The next edition of a season: the same artists, accounts and rules, a year later, with the certificates so far."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.certify.certificate import read_certificate, read_verifier
from plaudit.rulebook.season import read_season
from plaudit.vote.keys import make_keys

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season

__all__ = ["begin_next", "moved"]

_YEAR: Final = timedelta(weeks=52)
"""Dates move by whole weeks, so that a chart's week begins on the weekday that its rule says."""
_LEFT: Final = frozenset({"acts", "data", "evidence", "keys", "published", "releases", "vote"})
_DATE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|#.*|\b(\d{4}-\d\d-\d\d)(?=[\s,}\]T]|$)')
_TABLE: Final = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")


def begin_next(folder: Path, after: Path, edition: str = "", *, same_key: bool = False) -> str:
    """Fill an empty folder with the edition after a certified one, and give the edition's name.

    Parameters
    ----------
    edition : its name; the next number if none is given
    same_key : sign with the same key, under the same origin; else with a new one

    Raises
    ------
    OutOfTurn : the season has no certificate, or the key that is to sign lacks.
    SignatureInvalid, ProofInvalid : its certificate is not one of the key beside it.
    UnknownName : the edition's name is no number, and no other is given; or it is the same.
    RuleInvalid : what was made is no season.
    """
    season = read_season(after)
    edition = edition or _following(season)
    if edition == season.edition:
        raise UnknownName(f"the season after is of the edition {edition}, too", "give another: --edition NAME")
    note, signer = after / "published" / "certificate.note", read_verifier(after / "published" / "verifier.key")
    read_certificate(note, signer)
    for path in sorted(after.iterdir()):
        is_ours = path.name not in _LEFT and (not path.name.startswith(".") or path.name.startswith(".git"))
        if path.is_file() and is_ours:
            shutil.copyfile(path, folder / path.name)
        elif path.is_dir() and path.name in {"rules", "certificates"}:
            shutil.copytree(path, folder / path.name)
    (folder / "certificates").mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", season.edition)
    shutil.copyfile(note, folder / "certificates" / f"{name}.note")
    keys = [*season.honours.keys, *({str(signer)} - {*season.honours.keys})]
    text = (after / "season.toml").read_bytes().decode()
    text = _renamed(_with_keys(moved(text), keys), season, edition, is_origin_kept=same_key)
    (folder / "season.toml").write_bytes(text.encode())
    if same_key:
        _copy_key(after, folder)
    make_keys(folder)
    read_season(folder)
    return edition


def moved(text: str, by: timedelta = _YEAR) -> str:
    """Move the dates of a season's file, but for those in texts and comments, and those of terms.

    Examples
    --------
    >>> moved('from = 2026-01-02 # not 2026-01-02')
    'from = 2027-01-01 # not 2026-01-02'
    """
    found, table, is_text = [], "", False
    for line in text.splitlines(keepends=True):
        marks = line.count('"""') + line.count("'''")
        if header := None if is_text else _TABLE.match(line):
            table = header[1]
        is_moved = not is_text and not marks and not table.endswith("terms") and not line.lstrip().startswith("terms")
        found.append(_DATE.sub(lambda one: _later(one, by), line) if is_moved else line)
        is_text ^= marks % 2 == 1
    return "".join(found)


def _later(found: re.Match[str], by: timedelta) -> str:
    return (date.fromisoformat(found[1]) + by).isoformat() if found[1] else found[0]


def _following(season: Season) -> str:
    if not season.edition.isdecimal():
        raise UnknownName(f"the edition after {season.edition!r} is not told by its name", "give it: --edition NAME")
    return str(int(season.edition) + 1)


def _renamed(text: str, season: Season, edition: str, *, is_origin_kept: bool) -> str:
    """Write the new edition where the old one stands as `edition`, in titles and in the origin."""
    found, table = [], ""
    for line in text.splitlines(keepends=True):
        if header := _TABLE.match(line):
            table = header[1]
        key = line.partition("=")[0].strip()
        is_title = table == "title" or (not table and key == "title")
        if not table and key == "edition":
            line = line.replace(season.edition, edition)  # noqa: PLW2901 - the line as it is kept
        elif is_title or (not table and key == "origin" and not is_origin_kept):
            line = re.sub(rf"(?<!\d){re.escape(season.edition)}(?!\d)", edition, line)  # noqa: PLW2901 - as above
        found.append(line)
    return "".join(found)


def _with_keys(text: str, keys: list[str]) -> str:
    """Pin the keys of the certificates so far under [honours], where they stand alone."""
    stated = "[honours]\nkeys = [" + ", ".join(f'"{key}"' for key in keys) + "]\n"
    bare = re.sub(r"(?ms)^\[honours\]\s*\n.*?(?=^\[|\Z)", "", text)
    return f"{bare.rstrip()}\n\n# Whose certificates of earlier editions count; they are in certificates/.\n{stated}"


def _copy_key(after: Path, folder: Path) -> None:
    key = after / "keys" / "signing.pem"
    if not key.is_file():
        raise OutOfTurn(f"no file signing.pem in {after.name}/keys/", "put it there, or leave out --same-key")
    (folder / "keys").mkdir(mode=0o700)
    shutil.copy(key, folder / "keys" / "signing.pem")
