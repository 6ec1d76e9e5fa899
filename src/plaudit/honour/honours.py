"""The step honour: titles, nominations, streaks and firsts, derived and never typed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import ProofInvalid, RuleInvalid, SignatureInvalid
from plaudit.base.ids import exact_id, why_no_id
from plaudit.base.texts import csv_table
from plaudit.certify.certificate import read_certificate
from plaudit.ledger.note import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from plaudit.rulebook.artists import Artist, Artists

__all__ = ["First", "Honour", "Record", "earlier_certificates", "firsts", "honours_of", "read_honours", "records"]

_COLUMNS: Final = ["award", "edition", "artist", "outcome", "source", "grade"]
_OUTCOMES: Final = frozenset({"won", "nominated"})
_GRADES: Final = {"P": "primary", "N": "news", "F": "fan site", "D": "derived", "C": "certificate"}


@dataclass(frozen=True, order=True)
class Honour:
    """One title or nomination of the record, and who says so.

    grade : P primary, N news, F fan site, D derived, C a verified certificate.
    """

    award: str
    edition: str
    outcome: str
    artist: str
    source: str
    grade: str

    @property
    def is_title(self) -> bool:
        """Whether the artist won."""
        return self.outcome == "won"


@dataclass(frozen=True)
class Record:
    """What one artist holds of one award.

    current_streak : titles in a row up to the award's last edition in the record.
    """

    award: str
    artist: str
    titles: tuple[str, ...]
    nominations: tuple[str, ...]
    longest_streak: int
    current_streak: int
    is_defending: bool


@dataclass(frozen=True)
class First:
    """The first title of anyone with an attribute, as 'first K-pop group to win'."""

    award: str
    attribute: str
    edition: str
    artist: str
    source: str


def read_honours(path: Path, artists: Artists) -> list[Honour]:
    """Read honours.csv; no file, no honours.

    Raises
    ------
    RuleInvalid : a wrong header, outcome or grade, an artist artists.toml lacks,
        or one edition and artist given twice; with its line.
    """
    if not path.is_file():
        return []
    known = artists.by_id()
    found: dict[tuple[str, str, str], Honour] = {}
    for line, fields in csv_table(path, path.name, _COLUMNS):
        row = {column: exact_id(text) for column, text in fields.items()}
        if reason := why_no_id(row["artist"]):
            raise _invalid(path, line, f"artist {row['artist']!r} is no id ({reason})", "give the artist's id")
        if row["outcome"] not in _OUTCOMES:
            raise _invalid(path, line, f"outcome {row['outcome']!r}", "use won or nominated")
        if row["grade"] not in _GRADES:
            raise _invalid(path, line, f"grade {row['grade']!r}", f"use one of {', '.join(_GRADES)}")
        if row["artist"] not in known:
            raise _invalid(path, line, f"no artist {row['artist']!r}", "add it to artists.toml")
        key = (row["award"], row["edition"], row["artist"])
        if key in found:
            raise _invalid(path, line, f"{row['artist']} in {row['edition']} is given twice", "keep one row")
        found[key] = Honour(row["award"], row["edition"], row["outcome"], row["artist"], row["source"], row["grade"])
    return sorted(found.values())


def honours_of(held: Iterable[Honour], certificates: Iterable[dict[str, Any]]) -> list[Honour]:
    """Give the record with what certificates add to it.

    A certificate that rests on synthetic evidence, or has no result, adds nothing.

    Raises
    ------
    ProofInvalid : a certificate and the record name different winners of one edition.
    """
    found = {(honour.award, honour.edition, honour.artist): honour for honour in held}
    for certificate in certificates:
        season, result = certificate["season"], certificate.get("result")
        if result is None or certificate["evidence"]["kind"] != "real":
            continue
        award, edition = season["award"], season["edition"]
        winners = set(result["winners"])
        told = {
            honour.artist
            for honour in found.values()
            if (honour.award, honour.edition) == (award, edition) and honour.is_title
        }
        if told and told != winners:
            raise ProofInvalid(
                f"{award} {edition}: the record (honours.csv) says {', '.join(sorted(told))} won, "
                f"the certificate says {', '.join(sorted(winners))}",
                "find out which is wrong; mend honours.csv or withdraw the certificate",
            )
        source = f"certificate of {season['origin']}"
        for nominee in (row["nominee"] for row in result["positions"]):
            outcome = "won" if nominee in winners else "nominated"
            key = (award, edition, nominee)
            if key not in found or (outcome == "won" and not found[key].is_title):
                found[key] = Honour(award, edition, outcome, nominee, source, "C")
    return sorted(found.values())


def earlier_certificates(folder: Path) -> list[dict[str, Any]]:
    """Give the statements of the certificates kept in a folder, each signed by a key of `keys.txt` there.

    Raises
    ------
    SignatureInvalid : a certificate is signed by none of those keys.
    ProofInvalid : a signed file is no certificate.
    """
    paths = sorted(folder.glob("*.note")) if folder.is_dir() else []
    if not paths:
        return []
    keys_file = folder / "keys.txt"
    lines = keys_file.read_bytes().decode("utf-8", "replace").split("\n") if keys_file.is_file() else []
    keys = [Verifier.parse(line) for line in lines if line.strip()]
    statements = []
    for path in paths:
        signed = next((stated for key in keys if (stated := _signed_by(path, key)) is not None), None)
        if signed is None:
            raise SignatureInvalid(
                f"{path.name} is signed by no key of {folder.name}/keys.txt", "add its signer's verifier key there"
            )
        statements.append(signed)
    return statements


def _signed_by(path: Path, key: Verifier) -> dict[str, Any] | None:
    try:
        return read_certificate(path, key).statement
    except SignatureInvalid:
        return None


def records(honours: Iterable[Honour], *, as_of: str = "") -> list[Record]:
    """Give each artist's titles, nominations and streaks per award.

    A title implies a nomination. A streak counts editions of the award that the
    record holds, in their order; a year without one does not break it. With
    `as_of`, later editions are not looked at.

    Examples
    --------
    >>> won = [Honour("tsa", str(year), "won", "bts", "…", "N") for year in (2017, 2018)]
    >>> [(record.artist, record.current_streak) for record in records(won)]
    [('bts', 2)]
    """
    known = [honour for honour in honours if not as_of or honour.edition <= as_of]
    found = []
    for award in sorted({honour.award for honour in known}):
        of_award = [honour for honour in known if honour.award == award]
        editions = sorted({honour.edition for honour in of_award if honour.is_title})
        for artist in sorted({honour.artist for honour in of_award}):
            titles = tuple(sorted(h.edition for h in of_award if h.artist == artist and h.is_title))
            nominations = tuple(sorted(h.edition for h in of_award if h.artist == artist))
            runs = _runs([edition in titles for edition in editions])
            found.append(
                Record(
                    award,
                    artist,
                    titles,
                    nominations,
                    max(runs, default=0),
                    runs[-1] if runs else 0,
                    is_defending=bool(runs and runs[-1]),
                )
            )
    return sorted(
        found, key=lambda record: (record.award, -len(record.titles), -len(record.nominations), record.artist)
    )


def firsts(honours: Sequence[Honour], artists: Artists) -> list[First]:
    """Give the first title of each kind, country and genre, and of groups of each genre."""
    known = artists.by_id()
    found: dict[tuple[str, str], First] = {}
    for honour in sorted(h for h in honours if h.is_title):
        for attribute in _attributes(known.get(honour.artist)):
            first = First(honour.award, attribute, honour.edition, honour.artist, honour.source)
            found.setdefault((honour.award, attribute), first)
    return sorted(found.values(), key=lambda first: (first.award, first.edition, first.attribute))


def _attributes(artist: Artist | None) -> list[str]:
    if artist is None:  # a work, not an artist
        return []
    return [
        artist.kind,
        *([f"country {artist.country}"] if artist.country else []),
        *(f"genre {genre}" for genre in artist.genres),
        *(f"{genre} {artist.kind}" for genre in artist.genres),
    ]


def _runs(won: Sequence[bool]) -> list[int]:
    """Give the length of the run that ends at each edition, 0 where not won."""
    runs: list[int] = []
    for is_won in won:
        runs.append((runs[-1] if runs else 0) + 1 if is_won else 0)
    return runs


def _invalid(path: Path, line: int, what: str, remedy: str) -> RuleInvalid:
    return RuleInvalid(f"{path.name}, line {line}: {what}", remedy, file=path.name, line=line)
