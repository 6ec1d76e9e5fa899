"""What the press kit claims, and each claim as one or two sentences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from plaudit.words.awards import prize, year_or_id
from plaudit.words.counted import ordinal
from plaudit.words.message import Country, Listed, Message, Named, Own, Ppm, Thousandths, WeekOf, count, say
from plaudit.words.names import known, measure, unit_of
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.words.message import Said, Value

__all__ = [
    "Before",
    "Claim",
    "CountedFirst",
    "Fates",
    "First",
    "Gain",
    "No1",
    "Post",
    "Provisional",
    "Titles",
    "WeeksAtNo1",
    "Won",
    "beaten",
    "genre_name",
    "headline",
    "people",
    "what_kind",
]

Names = dict[str, str]
"""An artist's names by language."""

_GENRES: Final = {
    "k-pop": N_("K-pop"),
    "j-pop": N_("J-pop"),
    "pop": N_("pop"),
    "hip hop": N_("hip-hop"),
    "r&b": N_("R&B"),
    "rock": N_("rock"),
    "country": N_("country music"),
    "electronic": N_("electronic music"),
}
_NAMED_MOST: Final = 12


class _Claim(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One claim.

    notes : the numbers of its footnotes, from 0
    """

    notes: list[int]


class Won(_Claim, frozen=True, kw_only=True):
    """Who won an edition, and over whom."""

    winners: list[Names]
    over: list[Names]
    award: str
    edition: str

    def said(self) -> Said:
        """Give its sentence."""
        values: dict[str, Value] = {"winners": people(self.winners), "prize": prize(self.award, self.edition)}
        if self.over:
            return say("%(winners)s won %(prize)s, over %(others)s.", others=beaten(self.over), **values)
        return say("%(winners)s won %(prize)s.", **values)


class Titles(_Claim, frozen=True, kw_only=True):
    """Which title of the winner it is, in all and in a row."""

    winner: Names
    titles: int
    in_a_row: int
    is_yearly: bool

    def said(self) -> Said:
        """Give its sentences."""
        winner = Named(self.winner)
        if self.titles == 1:
            return say("It is the first win for %(winner)s.", winner=winner)
        in_all = say("It is the %(nth)s title of %(winner)s in all.", winner=winner, nth=ordinal(self.titles))
        if self.in_a_row == 1:
            return in_all
        nth = ordinal(self.in_a_row)
        in_a_row = say("%(winner)s won for the %(nth)s time in a row.", winner=winner, nth=nth)
        if self.is_yearly:
            in_a_row = say("%(winner)s won for the %(nth)s year in a row.", winner=winner, nth=nth)
        return in_a_row if self.titles == self.in_a_row else (in_a_row, in_all)


class Before(_Claim, frozen=True, kw_only=True):
    """Whose run of titles the winner ended."""

    artist: Names
    in_a_row: int

    def said(self) -> Said:
        """Give its sentence."""
        if self.in_a_row == 1:
            return say("The title before it went to %(artist)s.", artist=Named(self.artist))
        return count(
            "The titles before it went to %(artist)s, %(n)s time in a row.",
            "The titles before it went to %(artist)s, %(n)s times in a row.",
            self.in_a_row,
            artist=Named(self.artist),
        )


class First(_Claim, frozen=True, kw_only=True):
    """What the winner is the first of: its kind, of its genre, or from its country."""

    winner: Names
    since: str
    kind: str = ""
    genre: str = ""
    country: str = ""

    def said(self) -> Said:
        """Give its sentence."""
        return say(
            "%(winner)s is the first %(what)s to win it since the record began in %(since)s.",
            winner=Named(self.winner),
            what=self.what,
            since=year_or_id(self.since),
        )

    @property
    def what(self) -> Message:
        """What it is the first of."""
        if self.country:
            return say("artist from %(country)s", country=Country(self.country))
        return what_kind(self.kind, self.genre)


class CountedFirst(_Claim, frozen=True, kw_only=True):
    """Who leads this season's count, and by how much; without a second where the first place is shared."""

    winners: list[Names]
    value: int
    unit: str
    second: Names | None
    margin: int

    def said(self) -> Said:
        """Give its sentence."""
        values: dict[str, Value] = {"winners": people(self.winners), "value": self.value, "margin": self.margin}
        if self.unit == "ppm":
            values |= {"value": Ppm(self.value, is_rounded=True), "margin": Ppm(self.margin, is_rounded=True)}
            if not self.second:
                return say("First in this count: %(winners)s with %(value)s.", **values)
            return say(
                "First in this count: %(winners)s with %(value)s, %(margin)s ahead of %(second)s.",
                second=Named(self.second),
                **values,
            )
        if not self.second:
            return say("First in this count: %(winners)s with %(value)s votes.", **values)
        return say(
            "First in this count: %(winners)s with %(value)s votes, %(margin)s more than %(second)s.",
            second=Named(self.second),
            **values,
        )


class Fates(_Claim, frozen=True, kw_only=True):
    """Where the votes of this season's count went."""

    cast: int
    counted: int
    over_cap: int
    outside_window: int
    void: int
    set_aside: int

    def said(self) -> Said:
        """Give its sentence."""
        return say(
            "Of %(cast)s votes cast, %(counted)s were counted, %(over_cap)s were over the cap, "
            "%(outside_window)s came outside the hours of voting, %(void)s were void and "
            "%(set_aside)s were set aside by the audit.",
            **{name: getattr(self, name) for name in self.__struct_fields__ if name != "notes"},
        )


class No1(_Claim, frozen=True, kw_only=True):
    """Who is at no. 1 in the latest week of a chart."""

    artists: list[Names]
    chart: str
    week: str
    points: int

    def said(self) -> Said:
        """Give its sentence."""
        return say(
            "No. 1 of “%(chart)s” in the week of %(week)s: %(artists)s with %(points)s of a million points.",
            artists=people(self.artists),
            chart=Own(self.chart),
            week=WeekOf(date.fromisoformat(self.week)),
            points=self.points,
        )


class WeeksAtNo1(_Claim, frozen=True, kw_only=True):
    """Which week at no. 1 it is, in all and in a row."""

    artist: Names
    weeks: int
    in_a_row: int

    def said(self) -> Said:
        """Give its sentence."""
        artist = Named(self.artist)
        if self.weeks == 1:
            return say("It is the first week at no. 1 for %(artist)s.", artist=artist)
        nth = ordinal(self.weeks)
        if self.in_a_row == 1:
            return say("It is the %(nth)s week at no. 1 for %(artist)s.", artist=artist, nth=nth)
        return count(
            "It is the %(nth)s week at no. 1 for %(artist)s, %(n)s in a row.",
            "It is the %(nth)s week at no. 1 for %(artist)s, %(n)s in a row.",
            self.in_a_row,
            artist=artist,
            nth=nth,
        )


class Provisional(_Claim, frozen=True, kw_only=True):
    """Which days of the latest week were not seen."""

    days: list[str]

    def said(self) -> Said:
        """Give its sentence."""
        days = Listed.of(map(date.fromisoformat, self.days))
        return say("This week is provisional; not seen: %(days)s.", days=days)


class Gain(_Claim, frozen=True, kw_only=True):
    """Who gained most of the measure that weighs most."""

    artist: Names
    measure: str
    value: int
    is_least: bool

    def said(self) -> Said:
        """Give its sentence."""
        is_decimal = unit_of(self.measure) == "thousandths"
        values: dict[str, Value] = {
            "artist": Named(self.artist),
            "measure": measure(self.measure),
            "value": Thousandths(self.value, is_cut=True) if is_decimal else self.value,
        }
        if self.is_least:
            return say("Biggest gain of the week: %(artist)s, at least %(value)s %(measure)s.", **values)
        return say("Biggest gain of the week: %(artist)s, %(value)s %(measure)s.", **values)


class Post(_Claim, frozen=True, kw_only=True):
    """The post with the biggest response of the season."""

    artist: Names
    title: str
    day: str
    response: int
    metrics: list[str]

    def said(self) -> Said:
        """Give its sentence."""
        values: dict[str, Value] = {
            "artist": Named(self.artist),
            "day": date.fromisoformat(self.day),
            "response": self.response,
            "metrics": Listed.of(known("metric", metric) for metric in self.metrics),
        }
        if not self.title:
            return say(
                "Post with the biggest response: one by %(artist)s of %(day)s, with %(response)s %(metrics)s "
                "as last read.",
                **values,
            )
        return say(
            "Post with the biggest response: “%(title)s” by %(artist)s, of %(day)s, with %(response)s %(metrics)s "
            "as last read.",
            title=self.title,
            **values,
        )


Claim = Won | Titles | Before | First | CountedFirst | Fates | No1 | WeeksAtNo1 | Provisional | Gain | Post


def what_kind(kind: str, genre: str = "") -> Message:
    """Give the words for a kind of artist, of a genre or of any."""
    if not genre:
        return say("group") if kind == "group" else say("solo artist")
    if kind == "group":
        return say("%(genre)s group", genre=genre_name(genre))
    return say("%(genre)s solo artist", genre=genre_name(genre))


def genre_name(genre: str) -> Value:
    """Give the word for a genre, or the genre as the season writes it."""
    return Message(_GENRES[genre]) if genre in _GENRES else genre


def people(artists: Sequence[Names]) -> Listed:
    """Give several artists as one phrase."""
    return Listed.of(map(Named, artists))


def beaten(artists: Sequence[Names]) -> Value:
    """Give those who did not win: by name, or by number where nobody would read the names."""
    if len(artists) > _NAMED_MOST:
        return count("%(n)s other nominee", "%(n)s other nominees", len(artists))
    return people(artists)


def headline(claims: Sequence[Claim], called: Value | None = None) -> Message | None:
    """Give the headline of the record's claims; nothing where it names no winner.

    Parameters
    ----------
    called : what was won, where the season itself says it better than the award's id
    """
    won = next((claim for claim in claims if isinstance(claim, Won)), None)
    if won is None:
        return None
    values: dict[str, Value] = {"prize": called or prize(won.award, won.edition), "winners": people(won.winners)}
    titles = next((claim for claim in claims if isinstance(claim, Titles)), None)
    if titles and titles.in_a_row > 1:
        values["nth"] = ordinal(titles.in_a_row)
        if titles.is_yearly:
            return say("%(winners)s: %(prize)s for the %(nth)s year in a row", **values)
        return say("%(winners)s: %(prize)s for the %(nth)s time in a row", **values)
    first = next((claim for claim in claims if isinstance(claim, First)), None)
    if first:
        return say("%(winners)s: %(prize)s, the first %(what)s to win it", what=first.what, **values)
    return say("%(winners)s: %(prize)s", **values)
