"""Why an artist stood where it stood: sentences made from figures, each with its source and its uncertainty.

A sentence is written only where its figures are there. Nothing is claimed of causes
beyond what the points are made of: shares of counted responses, and which posts drew
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from plaudit.base.numbers import MILLION, half_even
from plaudit.words.names import measure as measure_name
from plaudit.words.texts import bdi

if TYPE_CHECKING:
    from markupsafe import Markup

    from plaudit.site.site_data import ChartData, Row, SiteData
    from plaudit.words.words import Words

__all__ = ["Sentence", "reasons_facts", "reasons_in"]


@dataclass(frozen=True)
class Sentence:
    """One statement, the page its figures stand on, and what to mind about it."""

    text: Markup
    source: str
    minding: Markup | None


def reasons_facts(site_data: SiteData, chart: ChartData) -> dict[str, dict[str, Any]]:
    """Give, by artist, the figures of its best week: of those at its peak, the one with most points."""
    best = {
        artist: max(
            (entry for entry in entries), key=lambda entry: (-entry["position"], entry["points"], entry["week"])
        )
        for artist, entries in chart.by_artist.items()
    }
    wanted = {
        (entry["week"], artist, part["measure"].removesuffix("_gain"))
        for artist, entry in best.items()
        for part in chart.parts[entry["week"], artist]
        if part["measure"].endswith("_gain")
    }
    gained = site_data.gains_of(chart.name, wanted)
    return {artist: _best_week(site_data, chart, entry, gained) for artist, entry in best.items()}


def _best_week(
    site_data: SiteData, chart: ChartData, entry: Row, gained: dict[tuple[str, str, str], list[Row]]
) -> dict[str, Any]:
    week, artist = entry["week"], entry["artist"]
    parts = sorted(chart.parts[week, artist], key=lambda part: (-part["points"], part["measure"]))
    before = next((other for other in chart.by_artist[artist][::-1] if other["week"] < week), None)
    measured = site_data.measures.get((chart.name, artist), {}).get(week, {})
    return {
        "chart": chart.name,
        "week": week,
        "position": entry["position"],
        "points": entry["points"],
        "verdict": entry["verdict"],
        "last_week": entry["last_week"],
        "points_before": before["points"] if before and entry["last_week"] is not None else None,
        "parts": [{key: part[key] for key in ("measure", "value", "total", "points")} for part in parts],
        "is_flagged": any(measured.get(part["measure"], (0, False))[1] for part in parts),
        "published": measured.get("posts", (0, False))[0],
        "post": _most(parts, gained, week, artist),
    }


def _most(
    parts: list[Row], gained: dict[tuple[str, str, str], list[Row]], week: str, artist: str
) -> dict[str, Any] | None:
    """Give the post that drew most of the part that made the most points; of a gain that is divided, the artist's."""
    for part in parts:
        rows = gained.get((week, artist, part["measure"].removesuffix("_gain")), [])
        shares = [Fraction(row["gain"], row["shared_by"]) for row in rows]
        if part["measure"].endswith("_gain") and rows and (most := max(shares)) > 0:
            first = rows[shares.index(most)]
            return {
                "title": (first["title"] or "")[:200],
                "measure": part["measure"],
                "gain": int(most),
                "share_ppm": round(MILLION * most / sum(shares)),
                "posts": len(rows),
                "published_at": first["published_at"],
                "gap_at_end": bool(first["gap_at_end"]),
            }
    return None


def reasons_in(reason: dict[str, Any], names: dict[str, str], words: Words) -> list[Sentence]:
    """Give the sentences in one language."""
    name, week = bdi(words.name(names)), words.day(reason["week"])
    source = f"chart/{reason['chart']}/{reason['week']}.html"
    found = [Sentence(_position(reason, name, week, words), source, _verdict_note(reason, words))]
    if reason["parts"]:
        flagged = words.text("A lower bound: some posts or accounts were not read at the week's edges.")
        found.append(Sentence(_parts(reason, words), source, flagged if reason["is_flagged"] else None))
    if reason["post"]:
        seen_less = words.text("A lower bound: the post was last read before the week ended.")
        found.append(Sentence(_post(reason, words), source, seen_less if reason["post"]["gap_at_end"] else None))
    if reason["points_before"]:
        found.append(Sentence(_growth(reason, words), source, None))
    return found


def _position(reason: dict[str, Any], name: Markup, week: str, words: Words) -> Markup:
    values = {"artist": name, "week": week, "points": words.number(reason["points"])}
    if reason["position"] == 1:
        return words.text("In the week of %(week)s, %(artist)s is no. 1 with %(points)s of a million points.", **values)
    return words.text(
        "The best position is no. %(position)s, in the week of %(week)s: "
        "%(artist)s has %(points)s of a million points.",
        position=reason["position"],
        **values,
    )


def _parts(reason: dict[str, Any], words: Words) -> Markup:
    phrases = [
        str(
            words.text(
                "%(points)s for %(share)s of all %(measure)s",
                points=words.number(part["points"]),
                share=words.percent(half_even(MILLION * part["value"], part["total"])),
                measure=measure_name(words, part["measure"]),
            ).striptags()
        )
        for part in reason["parts"]
    ]
    return words.text("The points are made up of %(parts)s.", parts=words.list(phrases))


def _post(reason: dict[str, Any], words: Words) -> Markup:
    post = reason["post"]
    values = {
        "title": bdi(post["title"] or words.text("a post without a title"), 80),
        "day": words.instant_day(post["published_at"]),
        "share": words.percent(post["share_ppm"]),
        "gain": words.number(post["gain"]),
        "measure": measure_name(words, post["measure"]),
    }
    if post["posts"] == 1:
        return words.text(
            "The only post read that week is %(title)s, published on %(day)s: %(gain)s %(measure)s.", **values
        )
    return words.text(
        "Of %(posts)s posts read that week, %(title)s, published on %(day)s, drew most: "
        "%(gain)s %(measure)s, %(share)s of the artist's.",
        posts=words.number(post["posts"]),
        **values,
    )


def _growth(reason: dict[str, Any], words: Words) -> Markup:
    now, before = reason["points"], reason["points_before"]
    values = {"before": words.number(before), "now": words.number(now), "position": reason["last_week"]}
    if now >= before:
        return words.text("Points rose from %(before)s the week before, at no. %(position)s, to %(now)s.", **values)
    return words.text("Points fell from %(before)s the week before, at no. %(position)s, to %(now)s.", **values)


def _verdict_note(reason: dict[str, Any], words: Words) -> Markup | None:
    if reason["verdict"] == "provisional":
        return words.text("Provisional: not every day of the week was seen.")
    return None
