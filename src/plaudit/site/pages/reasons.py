"""Why an artist stood where it stood: sentences made from figures, each with its source and its uncertainty.

A sentence is written only where its figures are there. Nothing is claimed of causes
beyond what the points are made of: shares of counted responses, and which posts drew
them.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.base.numbers import MILLION, half_even
from plaudit.base.weeks import instant_text
from plaudit.publish.charts import Part
from plaudit.site.geometry import bars
from plaudit.words.message import Listed, Message, Named, Ppm, WeekOf, say
from plaudit.words.names import measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plaudit.publish.charts import Chart, Entry
    from plaudit.site.site_data import Row, SiteData
    from plaudit.words.message import Value
    from plaudit.words.words import Words

__all__ = ["Reason", "best_weeks", "reasons"]


_PROVISIONAL: Final = say("Provisional: not every day of the week was seen.")
_LEAST: Final = say("A lower bound: some posts or accounts were not read at the week's edges.")
_SEEN_LESS: Final = say("A lower bound: the post was last read before the week ended.")


class MostPost(msgspec.Struct, frozen=True):
    """The post that drew most of a measure, its part of the artist's gain, and how many posts were read."""

    title: str
    measure: str
    gain: int
    share_ppm: int
    posts: int
    day: str
    is_seen_less: bool

    @property
    def said(self) -> Message:
        """The sentence that says it."""
        values: dict[str, Value] = {
            "title": self.title or say("a post without a title"),
            "day": date.fromisoformat(self.day),
            "gain": self.gain,
            "measure": measure(self.measure),
        }
        if self.posts == 1:
            return say(
                "The only post read that week is %(title)s, published on %(day)s: %(gain)s %(measure)s.", **values
            )
        return say(
            "Of %(posts)s posts read that week, %(title)s, published on %(day)s, drew most: "
            "%(gain)s %(measure)s, %(share)s of the artist's.",
            posts=self.posts,
            share=Ppm(self.share_ppm, is_rounded=True),
            **values,
        )


class Reason(msgspec.Struct, frozen=True):
    """The figures of an artist's week on a chart.

    points_before, parts_before : those of the week before, if it was on the chart then; parts by measure
    is_least : some of the figures are lower bounds
    """

    chart: str
    week: str
    position: int
    points: int
    verdict: str
    last_week: int | None
    points_before: int | None
    parts_before: dict[str, int]
    parts: list[Part]
    is_least: bool
    post: MostPost | None

    @property
    def source(self) -> str:
        """The page on which the figures stand."""
        return f"chart/{self.chart}/{self.week}.html"

    def said(self, names: Mapping[str, str]) -> list[tuple[Message, Message | None]]:
        """Give the sentences, each with what to mind about it, or nothing.

        Parameters
        ----------
        names : the artist's by language
        """
        found = [(self._position(Named(names)), _PROVISIONAL if self.verdict == "provisional" else None)]
        if self.parts:
            made = say("The points are made up of %(parts)s.", parts=Listed.of(_said(part) for part in self.parts))
            found.append((made, _LEAST if self.is_least else None))
        if self.post:
            found.append((self.post.said, _SEEN_LESS if self.post.is_seen_less else None))
        if self.points_before:
            found.append((self._growth(self.points_before), None))
        return found

    def shown(self, words: Words, measures: Sequence[str]) -> dict[str, Any]:
        """Give what a page shows of it: the post, the parts with their change, and what to mind.

        Parameters
        ----------
        measures : the chart's parts in the order of the rule, which numbers their colours
        """
        most, seen = self.post, bool(self.points_before)
        return {
            "title": most.title if most else "",
            "post": words.html(most.said) if most else "",
            "post_minding": words.html(_SEEN_LESS) if most and most.is_seen_less else "",
            "parts": [
                {
                    "measure": part.measure,
                    "number": measures.index(part.measure) + 1,
                    "points": part.points,
                    "share": half_even(MILLION * part.value, part.total) if part.total else 0,
                    "change": part.points - self.parts_before.get(part.measure, 0) if seen else None,
                    "bar": bar,
                }
                for part, bar in zip(
                    self.parts, bars([part.points for part in self.parts], max(self.points, 1), 1_000), strict=True
                )
            ],
            "growth": words.html(self._growth(self.points_before)) if self.points_before else "",
            "is_least": self.is_least,
            "least": words.html(_LEAST),
            "provisional": words.html(_PROVISIONAL) if self.verdict == "provisional" else "",
        }

    def position_said(self, names: Mapping[str, str]) -> Message:
        """Give the sentence that says where the artist stood."""
        return self._position(Named(names))

    def _position(self, artist: Named) -> Message:
        values: dict[str, Value] = {
            "artist": artist,
            "week": WeekOf(date.fromisoformat(self.week)),
            "points": self.points,
            "position": self.position,
        }
        if self.position == 1:
            return say("In the week of %(week)s, %(artist)s is no. 1 with %(points)s of a million points.", **values)
        return say(
            "In the week of %(week)s, %(artist)s is no. %(position)s with %(points)s of a million points.",
            **values,
        )

    def _growth(self, before: int) -> Message:
        assert self.last_week is not None
        values: dict[str, Value] = {"before": before, "now": self.points, "position": self.last_week}
        if self.points >= before:
            return say("Points rose from %(before)s the week before, at no. %(position)s, to %(now)s.", **values)
        return say("Points fell from %(before)s the week before, at no. %(position)s, to %(now)s.", **values)


def _said(part: Part) -> Message:
    share = Ppm(half_even(MILLION * part.value, part.total), is_rounded=True)
    return say(
        "%(points)s for %(share)s of all %(measure)s", points=part.points, share=share, measure=measure(part.measure)
    )


def best_weeks(site_data: SiteData, chart: Chart) -> dict[str, Reason]:
    """Give, by artist, the figures of its best week: of those at its peak, the one with most points."""
    told = reasons(site_data, chart)
    best = {
        artist: max(entries, key=lambda entry: (-entry.position, entry.points, entry.week))
        for artist, entries in chart.by_artist.items()
    }
    return {artist: told[entry.week, artist] for artist, entry in best.items()}


@lru_cache(8)  # the pages of weeks, of artists and the first page tell of the same entries
def reasons(site_data: SiteData, chart: Chart) -> dict[tuple[str, str], Reason]:
    """Give the figures behind every entry of a chart, by week and artist."""
    entries = [entry for found in chart.by_artist.values() for entry in found]
    wanted = {
        (entry.week, entry.artist, part.measure.removesuffix("_gain"))
        for entry in entries
        for part in entry.parts
        if part.measure.endswith("_gain")
    }
    gained = site_data.gains_of(chart.name, wanted)
    return {(entry.week, entry.artist): _reason(site_data, chart, entry, gained) for entry in entries}


def _reason(site_data: SiteData, chart: Chart, entry: Entry, gained: dict[tuple[str, str, str], list[Row]]) -> Reason:
    parts = sorted(entry.parts, key=lambda part: (-part.points, part.measure))
    before = next((other for other in chart.by_artist[entry.artist][::-1] if other.week < entry.week), None)
    measured = site_data.measures.get((chart.name, entry.artist), {}).get(entry.week, {})
    return Reason(
        chart.name,
        entry.week,
        entry.position,
        entry.points,
        entry.verdict,
        entry.last_week,
        before.points if before and entry.last_week is not None else None,
        {part.measure: part.points for part in before.parts} if before and entry.last_week is not None else {},
        parts,
        any(measured.get(part.measure, (0, False))[1] for part in parts),
        _most(parts, gained, entry.week, entry.artist),
    )


def _most(parts: list[Part], gained: dict[tuple[str, str, str], list[Row]], week: str, artist: str) -> MostPost | None:
    """Give the post that drew most of the part that made the most points; of a gain that is divided, the artist's."""
    for part in parts:
        rows = gained.get((week, artist, part.measure.removesuffix("_gain")), [])
        shares = [Fraction(row["gain"], row["shared_by"]) for row in rows]
        if part.measure.endswith("_gain") and rows and (most := max(shares)) > 0:
            first = rows[shares.index(most)]
            return MostPost(
                (first["title"] or "")[:200],
                part.measure,
                int(most),
                round(MILLION * most / sum(shares)),
                len(rows),
                instant_text(first["published_at"])[:10],
                bool(first["gap_at_end"]),
            )
    return None
