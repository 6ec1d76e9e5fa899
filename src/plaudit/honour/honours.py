"""The step honour: titles, nominations, streaks and firsts, derived and never typed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.editions import UNDERSTOOD, edition_places
from plaudit.base.errors import ProofInvalid, RuleInvalid, SignatureInvalid, TieUnresolved
from plaudit.base.ids import exact_id, why_no_id
from plaudit.base.spelling import meant
from plaudit.base.texts import csv_table
from plaudit.certify.certificate import read_certificate
from plaudit.ledger.note import Verifier

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    from plaudit.rulebook.artists import Artist, Artists

__all__ = [
    "First",
    "Honour",
    "Record",
    "earlier_certificates",
    "firsts",
    "honours_of",
    "in_order",
    "read_honours",
    "records",
]

_COLUMNS: Final = ["award", "edition", "artist", "outcome", "source", "grade"]
_ORDER: Final = "order"
_ORDER_TEXT: Final = re.compile(r"\d{1,9}|\d{4}-\d{2}-\d{2}", re.ASCII)
_OUTCOMES: Final = frozenset({"won", "nominated"})
_GRADES: Final = {"P": "primary", "N": "news", "F": "fan site", "D": "derived"}
"""What may be typed in; a verified certificate, C, is found in certificates/ alone."""


@dataclass(frozen=True, order=True)
class Honour:
    """One title or nomination of the record, and who says so.

    grade : P primary, N news, F fan site, D derived, C a verified certificate.
    edition_order : what the record says of the edition's place among the others, where names do not tell it.
    """

    award: str
    edition: str
    outcome: str
    artist: str
    source: str
    grade: str
    edition_order: str = ""

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
    TieUnresolved : as `in_order`.
    """
    if not path.is_file():
        return []
    known = artists.by_id()
    found: dict[tuple[str, str, str], Honour] = {}
    for line, fields in csv_table(path, path.name, _COLUMNS, may_have_more=True):
        if surplus := set(fields) - {*_COLUMNS, _ORDER}:
            use = f"use {', '.join(_COLUMNS)}, and if need be {_ORDER}"
            raise _invalid(path, 1, f"it has no column {', '.join(sorted(surplus))}", use)
        honour = _read_honour({column: exact_id(text) for column, text in fields.items()}, known, path, line)
        key = (honour.award, honour.edition, honour.artist)
        if key in found:
            raise _invalid(path, line, f"{honour.artist} in {honour.edition} is given twice", "keep one row")
        found[key] = honour
    in_order(found.values())
    return sorted(found.values())


def _read_honour(row: dict[str, str], known: Container[str], path: Path, line: int) -> Honour:
    if reason := why_no_id(row["artist"]):
        raise _invalid(path, line, f"artist {row['artist']!r} is not an id ({reason})", "give the artist's id")
    if row["outcome"] not in _OUTCOMES:
        raise _invalid(path, line, f"outcome {row['outcome']!r}", "use won or nominated")
    if row["grade"] not in _GRADES:
        remedy = meant(row["grade"], _GRADES, f"use one of {', '.join(_GRADES)}")
        raise _invalid(path, line, f"grade {row['grade']!r}", remedy)
    if row["artist"] not in known:
        raise _invalid(path, line, f"no artist {row['artist']!r}", "add it to artists.toml")
    order = row.get(_ORDER, "")
    if order and not _ORDER_TEXT.fullmatch(order):
        raise _invalid(path, line, f"{_ORDER} {order!r}", "give a whole number, or the date as in 2018-05-20")
    return Honour(row["award"], row["edition"], row["outcome"], row["artist"], row["source"], row["grade"], order)


def in_order(honours: Iterable[Honour]) -> dict[tuple[str, str], int]:
    """Give the place of each award's editions, from 0: as the record states it, or as their names tell.

    Raises
    ------
    TieUnresolved : neither tells it.

    Examples
    --------
    >>> in_order([Honour("a", edition, "won", "x", "", "N") for edition in ("10th", "9th")])
    {('a', '9th'): 0, ('a', '10th'): 1}
    """
    editions: dict[str, dict[str, set[str]]] = {}
    for honour in honours:
        said = editions.setdefault(honour.award, {}).setdefault(honour.edition, set())
        said |= {honour.edition_order} if honour.edition_order or honour.grade != "C" else set()
    found: dict[tuple[str, str], int] = {}
    for award, of_award in sorted(editions.items()):
        places = _stated_places(of_award) or edition_places(of_award)
        if places is None:
            raise TieUnresolved(
                f"the order of the editions of {award} cannot be determined: {', '.join(sorted(of_award))}",
                f"write them in one form; these are understood: {UNDERSTOOD}. Or add to honours.csv a last "
                f"column {_ORDER} with a whole number or a date for every edition of the award",
                award=award,
            )
        found |= {(award, edition): place for edition, place in places.items()}
    return found


def _stated_places(said: dict[str, set[str]]) -> dict[str, int] | None:
    """Give the places that the record states, and after them those that only certificates name; None without them."""
    held = {edition: orders for edition, orders in said.items() if orders}
    if not held or any(len(orders) != 1 or "" in orders for orders in held.values()):
        return None
    stated = {edition: next(iter(orders)) for edition, orders in held.items()}
    if len({"-" in order for order in stated.values()}) > 1 or len(set(stated.values())) < len(stated):
        return None
    later = edition_places(edition for edition in said if edition not in held)
    if later is None:
        return None
    in_turn = sorted(stated, key=lambda edition: [int(part) for part in stated[edition].split("-")])
    return {edition: place for place, edition in enumerate([*in_turn, *sorted(later, key=later.__getitem__)])}


def honours_of(held: Iterable[Honour], certificates: Iterable[dict[str, Any]]) -> list[Honour]:
    """Give the record with what certificates add to it.

    A certificate that rests on synthetic evidence, or has no result, adds nothing.

    Raises
    ------
    ProofInvalid : a certificate and the record name different winners of one edition.
    TieUnresolved : as `in_order`.
    """
    held = list(held)
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
                "find out which is wrong; correct honours.csv or withdraw the certificate",
            )
        source = f"certificate of {season['origin']}"
        for nominee in (row["nominee"] for row in result["positions"]):
            outcome = "won" if nominee in winners else "nominated"
            key = (award, edition, nominee)
            if key not in found or (outcome == "won" and not found[key].is_title):
                order = next((h.edition_order for h in held if (h.award, h.edition) == (award, edition)), "")
                found[key] = Honour(award, edition, outcome, nominee, source, "C", order)
    in_order(found.values())
    return sorted(found.values())


def earlier_certificates(folder: Path, pinned: Iterable[str]) -> list[dict[str, Any]]:
    """Give the statements of the certificates kept in a folder.

    Parameters
    ----------
    pinned : verifier keys that season.toml names; a key that came with the certificates vouches for nothing

    Raises
    ------
    SignatureInvalid : a certificate is signed by none of those keys, or one of them is no key.
    ProofInvalid : a signed file is no certificate.
    """
    paths = sorted(folder.glob("*.note")) if folder.is_dir() else []
    keys = [Verifier.parse(key) for key in pinned]
    statements = []
    for path in paths:
        signed = next((stated for key in keys if (stated := _signed_by(path, key)) is not None), None)
        if signed is None:
            raise SignatureInvalid(
                f"{folder.name}/{path.name} is signed by no key that season.toml names under [honours]",
                "add its signer's verifier key to keys there, as the signer publishes it; or put the titles into"
                " honours.csv, with their source",
                file=path.name,
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
    known = list(honours)
    place = in_order(known)
    if as_of:
        last = {award: place[award, edition] for award, edition in place if edition == as_of}
        known = [h for h in known if place[h.award, h.edition] <= last.get(h.award, len(place))]
    found = []
    for award in sorted({honour.award for honour in known}):
        of_award = [honour for honour in known if honour.award == award]
        editions = _in_turn(place, (honour.edition for honour in of_award if honour.is_title), award)
        for artist in sorted({honour.artist for honour in of_award}):
            titles = tuple(_in_turn(place, (h.edition for h in of_award if h.artist == artist and h.is_title), award))
            nominations = tuple(_in_turn(place, (h.edition for h in of_award if h.artist == artist), award))
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


def _in_turn(place: dict[tuple[str, str], int], editions: Iterable[str], award: str) -> list[str]:
    return sorted(set(editions), key=lambda edition: place[award, edition])


def firsts(honours: Sequence[Honour], artists: Artists) -> list[First]:
    """Give the first title of each kind, country, genre and groups of a genre; a shared one for each winner."""
    known, place = artists.by_id(), in_order(honours)
    found: dict[tuple[str, str], list[First]] = {}
    for honour in sorted((h for h in honours if h.is_title), key=lambda h: (place[h.award, h.edition], h)):
        for attribute in _attributes(known.get(honour.artist)):
            first = First(honour.award, attribute, honour.edition, honour.artist, honour.source)
            firsts_so_far = found.setdefault((honour.award, attribute), [])
            if all(one.edition == first.edition for one in firsts_so_far):
                firsts_so_far.append(first)
    every = [first for some in found.values() for first in some]
    return sorted(every, key=lambda one: (one.award, place[one.award, one.edition], one.attribute, one.artist))


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
