"""What the record of titles says of one edition: derived from honours and from what artists.toml states."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from plaudit.honour.honours import firsts, in_order, records
from plaudit.site.downloads import artists_cut, whole_cut
from plaudit.site.press.claims import Before, First, Titles, Won

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.honour.honours import Honour
    from plaudit.site.press.claims import Claim
    from plaudit.site.press.notes import Notes
    from plaudit.site.site_data import SiteData

__all__ = ["editions_told", "record_claims"]

_HONOURS: Final = "honours.csv"


def editions_told(site_data: SiteData) -> list[str]:
    """Give the editions of the season's award that the record names a winner of, the latest first."""
    place = _places(site_data)
    told = {h.edition for h in site_data.honours if h.award == site_data.season.award and h.is_title}
    return sorted(told, key=place.__getitem__, reverse=True)


def record_claims(site_data: SiteData, edition: str, notes: Notes) -> list[Claim]:
    """Give what the record says of an edition, as it stood then; nothing where it names no winner."""
    place = _places(site_data)
    if edition not in place:
        return []
    held = [h for h in site_data.honours if h.award == site_data.season.award and place[h.edition] <= place[edition]]
    of_edition = [honour for honour in held if honour.edition == edition]
    won = [honour for honour in of_edition if honour.is_title]
    if not won:
        return []
    beaten = [honour for honour in of_edition if not honour.is_title]
    claims: list[Claim] = [
        Won(
            winners=[site_data.names(honour.artist) for honour in won],
            over=[site_data.names(honour.artist) for honour in beaten],
            award=site_data.season.award,
            edition=edition,
            notes=[_note(site_data, notes, {"edition": edition}, of_edition)],
        )
    ]
    if len(won) == 1:
        claims += _titles(site_data, held, won[0], notes)
        claims += _firsts(site_data, held, won[0], notes)
    return claims


def _titles(site_data: SiteData, held: Sequence[Honour], winner: Honour, notes: Notes) -> list[Claim]:
    """Give which title it is, in a row and in all, and whose run it ends."""
    record = next(record for record in records(held) if record.artist == winner.artist)
    place = _places(site_data)
    mine = [h for h in held if h.artist == winner.artist and h.is_title]
    note = _note(site_data, notes, {"artist": winner.artist, "outcome": "won"}, mine)
    claims: list[Claim] = [
        Titles(
            winner=site_data.names(winner.artist),
            titles=len(record.titles),
            in_a_row=record.current_streak,
            is_yearly=_is_yearly(sorted({h.edition for h in held if h.is_title}, key=place.__getitem__)),
            notes=[note],
        )
    ]
    earlier = [h for h in held if place[h.edition] < place[winner.edition] and h.is_title]
    last = [h for h in earlier if place[h.edition] == max(place[other.edition] for other in earlier)]
    if len(last) == 1 and last[0].artist != winner.artist:
        before = next(record for record in records(earlier) if record.artist == last[0].artist)
        theirs = [h for h in earlier if h.artist == last[0].artist]
        claims.append(
            Before(
                artist=site_data.names(last[0].artist),
                in_a_row=before.current_streak,
                notes=[_note(site_data, notes, {"artist": last[0].artist, "outcome": "won"}, theirs)],
            )
        )
    return claims


def _firsts(site_data: SiteData, held: Sequence[Honour], winner: Honour, notes: Notes) -> list[Claim]:
    """Give what the winner is the first of; in the first edition of the record every winner is, which says nothing."""
    titles = [honour for honour in held if honour.is_title]
    artist = site_data.artists.get(winner.artist)
    since = min((honour.edition for honour in titles), key=_places(site_data).__getitem__)
    if artist is None or winner.edition == since:
        return []
    new = {
        first.attribute
        for first in firsts(titles, site_data.season.artists)
        if (first.edition, first.artist) == (winner.edition, winner.artist)
    }
    named: list[tuple[str, dict[str, str]]] = [
        *((f"{genre} {artist.kind}", {"genre": genre, "kind": artist.kind}) for genre in artist.genres[:1]),
        (artist.kind, {"kind": artist.kind}),
        (f"country {artist.country}", {"country": artist.country}),
    ]
    told = [what for attribute, what in named if attribute in new]
    if not told:
        return []
    because = [
        _note(site_data, notes, {"outcome": "won"}, titles),
        notes.add(artists_cut(site_data), {"artist": artist.id}, made_from="artists.toml"),
    ]
    return [First(winner=site_data.names(artist.id), since=since, notes=because, **what) for what in told]


def _places(site_data: SiteData) -> dict[str, int]:
    """Give the place of each edition of the season's award."""
    held = [honour for honour in site_data.honours if honour.award == site_data.season.award]
    return {edition: place for (_, edition), place in in_order(held).items()}


def _note(site_data: SiteData, notes: Notes, row: dict[str, str], rows: Sequence[Honour]) -> int:
    sources = [(honour.source, honour.grade) for honour in rows]
    where = {"award": site_data.season.award, **row}
    return notes.add(whole_cut(site_data, "honours"), where, sources=sources, made_from=_HONOURS)


def _is_yearly(editions: Sequence[str]) -> bool:
    """Say whether editions are years, one after the other without a gap."""
    years = [int(edition) for edition in editions if edition.isdecimal() and len(edition) == 4]
    return len(years) == len(editions) and all(after - before == 1 for before, after in pairwise(years))
