"""The files that a season was made from: their digests, and what became of the rows of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.audit.appeals import appealed_files
from plaudit.base.digests import file_sha256, folder_sha256
from plaudit.base.file_names import file_named, in_nfc, name_below, named_like
from plaudit.base.paths import is_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["input_digests", "inputs_sha256", "inputs_stated", "not_cited", "votes_free"]


def inputs_sha256(season: Season) -> dict[str, str]:
    """Give the SHA-256 of every file the organiser wrote or was given, by path in the season."""
    digests: dict[str, str] = {}
    names = ["season.toml", "artists.toml", "honours.csv"]
    if season.nomination and season.nomination.nominees_file:
        names.append(season.nomination.nominees_file)
    names += [lookup.file for source in season.sources for lookup in source.lookup.values()]
    names += appealed_files(season)
    for name in names:
        if is_file(path := file_named(season.folder, name)):
            digests[in_nfc(name)] = file_sha256(path)
    for folder in ("certificates", "data"):
        below = season.folder / folder
        if below.is_dir():
            digests |= {
                f"{folder}/{name}": digest for name, digest in folder_sha256(below, but=not_cited(folder)).items()
            }
    return dict(sorted(digests.items()))


def not_cited(folder: str) -> str:
    """Give the folder below `data` or `certificates` whose files no certificate cites: nothing, or the archive.

    An archive grows, and bodies in it may be deleted: a certificate cites its checkpoint instead, by the table
    `checkpoints`, and the checkpoint proves every record.
    """
    return "archive/" if folder == "data" else ""


def inputs_stated(digests: Mapping[str, str], tables: Evidence | None = None) -> dict[str, dict[str, Any]]:
    """Give what is stated of the inputs.

    Parameters
    ----------
    digests : SHA-256 by path
    tables : where the rows of each file are accounted for; without them only digests are stated
    """
    rows = _rows(tables) if tables else {}
    return {
        name: {"sha256": digest} | ({"rows": rows[name]} if name in rows else {}) for name, digest in digests.items()
    }


def input_digests(statement: Mapping[str, Any]) -> dict[str, str]:
    """Give the SHA-256 of every input that a statement of any version cites, by path in the season."""
    return {
        name: stated if isinstance(stated, str) else stated["sha256"] for name, stated in statement["inputs"].items()
    }


def _rows(tables: Evidence) -> dict[str, dict[str, Any]]:
    """Give, by file and source, how many rows were read and what became of them."""
    aside = tables.read("set_aside")
    by_reason = aside.group_by("source", "file", "reason").agg(rows=aside.count()).order_by("reason")
    reasons: dict[tuple[str, str], dict[str, int]] = {}
    for row in tables.to_rows(by_reason):
        reasons.setdefault((row["source"], row["file"]), {})[row["reason"]] = row["rows"]
    found: dict[str, dict[str, Any]] = {}
    for row in tables.to_rows(tables.read_or_empty("source_files").order_by("file", "source")):
        found.setdefault(row["file"], {})[row["source"]] = {
            "read": row["rows"],
            "used": row["rows"] - row["passed_over"] - row["set_aside"],
            "passed_over": row["passed_over"],
            "set_aside": reasons.get((row["source"], row["file"]), {}),
        }
    return found


def votes_free(season: Season, inputs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give those of the inputs whose digest no vote changes: whoever has a digest can test guesses by it.

    What is neither a source of posts or readings nor read by one may follow from votes, and is left out.
    """
    voting = {name for source in season.sources if source.holds_votes for name in _read_by(season, source)}
    kept = {name for source in season.sources if not source.holds_votes for name in _read_by(season, source)}
    kept |= {"season.toml", "artists.toml", "honours.csv"}
    if season.nomination:
        kept.add(in_nfc(season.nomination.nominees_file))
    return {
        name: stated
        for name, stated in inputs.items()
        if (name in kept or name.startswith("certificates/")) and name not in voting
    }


def _read_by(season: Season, source: Source) -> set[str]:
    """Give the files that a source reads, by path in the season."""
    looked_up = {in_nfc(lookup.file) for lookup in source.lookup.values()}
    return looked_up | {name_below(path, season.folder) for path in named_like(season.folder, source.files)}
