"""Look at a season's source files without collecting them: what of them can be used, and what cannot, and why."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import SourceRefused
from plaudit.collect.collect import collect_into
from plaudit.collect.idle import idle_artists, idle_eligibility, idle_keys
from plaudit.collect.live import has_answers
from plaudit.collect.staging import SetAside
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["ROWS_LOOKED_AT", "Looks", "Reason", "SourceLook", "look_at", "useless"]

ROWS_LOOKED_AT: Final = 1_000
"""How many rows of each file are read."""
_NO_KEY: Final = b"no ballot is kept of what is looked at"
_PAST_THE_HEAD: Final = "unknown post"
"""Whether a post is known cannot be told from the heads of files."""


@dataclass(frozen=True)
class Reason:
    """Why rows cannot be used: how many, and one of them."""

    reason: str
    rows: int
    file: str
    row: int
    detail: str


@dataclass(frozen=True)
class SourceLook:
    """What the heads of a source's files hold.

    made : whether there are files; those of a synthetic source may still be made
    is_whole : whether the files end there
    passed_over : rows that `where` says are not ours
    idle : declared keys that met no row, as they are written in season.toml
    unknown_accounts : by name, with the rows that each has
    made_by : the verb that makes what is not there yet
    """

    source: str
    made: bool
    files: int = 0
    rows: int = 0
    is_whole: bool = True
    passed_over: int = 0
    usable: int = 0
    reasons: tuple[Reason, ...] = ()
    idle: tuple[str, ...] = ()
    unknown_accounts: dict[str, int] | None = None
    made_by: str = "simulate"

    @property
    def is_useless(self) -> bool:
        """Whether there are files and none of their rows can be used."""
        return self.made and not self.usable


@dataclass(frozen=True)
class Looks:
    """What the heads of all files hold.

    idle : what artists.toml and chart rules declare and no source or artist has, as far as files were read whole
    """

    sources: list[SourceLook]
    idle: list[str]


def look_at(season: Season, rows_most: int = ROWS_LOOKED_AT) -> Looks:
    """Collect the first rows of every file into a folder that is thrown away, and tell what became of them.

    With `rows_most` 0, all rows are read.

    Raises
    ------
    SourceUnavailable : a source has no file; synthetic ones may still be made.
    SourceChanged : a file cannot be read, is empty or lacks a declared column.
    """
    made = [source for source in season.sources if not _is_to_come(season, source)]
    set_aside = SetAside(rows_most)
    with tempfile.TemporaryDirectory(prefix="plaudit-look-") as scratch:
        looked_at = replace(season, sources=tuple(made))
        collect_into(looked_at, Evidence(Path(scratch)), _NO_KEY, set_aside, lambda _name, _rows: None, ballots=True)
    looks = [
        _told(season, source, set_aside)
        if source in made
        else SourceLook(source.id, made=False, made_by="fetch" if source.is_live else "simulate")
        for source in season.sources
    ]
    whole = {look.source for look in looks if look.made and look.is_whole}
    idle = [f"artists.toml: {text}" for text in idle_artists(season.artists, season.sources, whole, set_aside.met)]
    rules = [season.chart_rule(name) for name in dict.fromkeys(use.rule for use in season.charts)]
    return Looks(looks, idle + [text for rule in rules for text in idle_eligibility(rule, season.artists)])


def useless(looks: list[SourceLook]) -> SourceRefused | None:
    """Give the error of the first source without a usable row, with the commonest reason; None if there is none."""
    look = next((look for look in looks if look.is_useless), None)
    if look is None:
        return None
    return SourceRefused(
        f"source {look.source}: {_why_useless(look)}",
        "correct the source or its block in season.toml; for a block that fits: plaudit doctor --suggest FILE",
        source=look.source,
        rows=look.rows,
    )


def _why_useless(look: SourceLook) -> str:
    if not look.rows:
        return "its files hold no row"
    if not look.reasons:
        return f"[source.where] passes over all {look.rows} rows that were read"
    first = look.reasons[0]
    where = f"{first.file}, row {first.row}: {first.detail}"
    return f"none of {look.rows} rows can be used; {first.rows} of them: {first.reason}, as in {where}"


def _is_to_come(season: Season, source: Source) -> bool:
    if source.is_live:
        return not has_answers(season.folder, source)
    return source.coverage.synthetic and not list(season.folder.glob(source.files))


def _told(season: Season, source: Source, set_aside: SetAside) -> SourceLook:
    heads = [read for (of, _), read in set_aside.files.items() if of == source.id]
    is_whole = not any(head.is_cut for head in heads)
    aside = {
        place: "; ".join(details)
        for place, details in sorted(set_aside.rows.items())
        if place[0] == source.id and (is_whole or place[3] != _PAST_THE_HEAD)
    }
    rows, passed_over = sum(head.rows for head in heads), sum(head.passed_over for head in heads)
    lost = len({(file, row) for _, file, row, _ in aside})
    unknown = Counter(detail for place, detail in aside.items() if place[3] == "unknown account")
    return SourceLook(
        source=source.id,
        made=True,
        files=len(heads),
        rows=rows,
        is_whole=is_whole,
        passed_over=passed_over,
        usable=rows - passed_over - lost,
        reasons=_reasons(aside),
        idle=tuple(idle_keys(season.folder, source, set_aside.used, is_whole=is_whole)) if rows else (),
        unknown_accounts=dict(sorted(unknown.items(), key=lambda item: (-item[1], item[0]))),
    )


def _reasons(aside: dict[tuple[str, str, int, str], str]) -> tuple[Reason, ...]:
    counts = Counter(reason for _, _, _, reason in aside)
    first: dict[str, Any] = {}
    for (_, file, row, reason), detail in aside.items():
        first.setdefault(reason, (file, row, detail))
    return tuple(
        Reason(reason, rows, *first[reason])
        for reason, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
