"""The sentences of the press kit: one for each claim, in one language and format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.words.names import known, measure, unit_of
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from plaudit.site.press.voice import Voice

__all__ = ["headline", "sentence"]

Claim = dict[str, Any]

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


def sentence(claim: Claim, award: str, voice: Voice) -> Markup:
    """Give a claim as one or two sentences."""
    return _SAID[claim["says"]](claim, award, voice)


def headline(claims: list[Claim], award: str, voice: Voice, called: Markup | None = None) -> Markup | None:
    """Give the headline of the record's claims; nothing where it names no winner.

    Parameters
    ----------
    called : what was won, where the season itself says it better than the award's id
    """
    told = {claim["says"]: claim for claim in reversed(claims)}
    if "won" not in told:
        return None
    won, titles = told["won"], told.get("titles", {})
    values = {"prize": called or voice.prize(award, won["edition"]), "winners": voice.people(won["winners"])}
    if titles.get("in_a_row", 0) > 1:
        nth = voice.ordinal(titles["in_a_row"])
        if titles["is_yearly"]:
            return voice.say(N_("%(winners)s: %(prize)s for the %(nth)s year in a row"), nth=nth, **values)
        return voice.say(N_("%(winners)s: %(prize)s for the %(nth)s time in a row"), nth=nth, **values)
    if "first" in told:
        return voice.say(
            N_("%(winners)s: %(prize)s, the first %(what)s to win it"), what=_what(told["first"], voice), **values
        )
    return voice.say(N_("%(winners)s: %(prize)s"), **values)


def _won(claim: Claim, award: str, voice: Voice) -> Markup:
    values = {"winners": voice.people(claim["winners"]), "prize": voice.prize(award, claim["edition"])}
    if claim["over"]:
        return voice.say(
            N_("%(winners)s won %(prize)s, over %(others)s."), others=voice.beaten(claim["over"]), **values
        )
    return voice.say(N_("%(winners)s won %(prize)s."), **values)


def _titles(claim: Claim, _award: str, voice: Voice) -> Markup:
    winner, titles, run = voice.name(claim["winner"]), claim["titles"], claim["in_a_row"]
    if titles == 1:
        return voice.say(N_("It is the first title of %(winner)s."), winner=winner)
    in_all = voice.ordinal(titles)
    if run == 1:
        return voice.say(N_("It is the %(nth)s title of %(winner)s in all."), winner=winner, nth=in_all)
    nth = voice.ordinal(run)
    said = (
        voice.say(N_("%(winner)s won for the %(nth)s year in a row."), winner=winner, nth=nth)
        if claim["is_yearly"]
        else voice.say(N_("%(winner)s won for the %(nth)s time in a row."), winner=winner, nth=nth)
    )
    if titles == run:
        return said
    return said + " " + voice.say(N_("It is the %(nth)s title of %(winner)s in all."), winner=winner, nth=in_all)


def _before(claim: Claim, _award: str, voice: Voice) -> Markup:
    artist = voice.name(claim["artist"])
    if claim["in_a_row"] == 1:
        return voice.say(N_("The title before it went to %(artist)s."), artist=artist)
    times = claim["in_a_row"]
    return voice.words.count(
        "The titles before it went to %(artist)s, %(n)s time in a row.",
        "The titles before it went to %(artist)s, %(n)s times in a row.",
        times,
        artist=artist,
    )


def _first(claim: Claim, _award: str, voice: Voice) -> Markup:
    values = {
        "winner": voice.name(claim["winner"]),
        "what": _what(claim, voice),
        "since": voice.edition(claim["since"]),
    }
    return voice.say(N_("%(winner)s is the first %(what)s to win it since the record began in %(since)s."), **values)


def _what(claim: Claim, voice: Voice) -> Markup:
    if "country" in claim:
        return voice.say(N_("artist from %(country)s"), country=voice.mark(voice.words.country(claim["country"])))
    if "genre" not in claim:
        return voice.say(N_("group")) if claim["kind"] == "group" else voice.say(N_("solo artist"))
    message = _GENRES.get(claim["genre"])
    genre = voice.say(message) if message else voice.mark(claim["genre"])
    if claim["kind"] == "group":
        return voice.say(N_("%(genre)s group"), genre=genre)
    return voice.say(N_("%(genre)s solo artist"), genre=genre)


def _counted_first(claim: Claim, _award: str, voice: Voice) -> Markup:
    written = voice.words.percent if claim["unit"] == "ppm" else voice.number
    values: dict[str, object] = {"winners": voice.people(claim["winners"]), "value": written(claim["value"])}
    if claim["second"]:
        values |= {"second": voice.name(claim["second"]), "margin": written(claim["margin"])}
    if claim["unit"] == "ppm":
        if claim["second"]:
            return voice.say(
                N_("First in this count: %(winners)s with %(value)s, %(margin)s ahead of %(second)s."), **values
            )
        return voice.say(N_("First in this count: %(winners)s with %(value)s."), **values)
    if claim["second"]:
        message = N_("First in this count: %(winners)s with %(value)s votes, %(margin)s more than %(second)s.")
        return voice.say(message, **values)
    return voice.say(N_("First in this count: %(winners)s with %(value)s votes."), **values)


def _fates(claim: Claim, _award: str, voice: Voice) -> Markup:
    values = {name: voice.number(value) for name, value in claim.items() if name not in {"says", "notes"}}
    message = N_(
        "Of %(cast)s votes cast, %(counted)s were counted, %(over_cap)s were over the cap, "
        "%(outside_window)s came outside the hours of voting, %(void)s were void and "
        "%(set_aside)s were set aside by the audit."
    )
    return voice.say(message, **values)


def _no_1(claim: Claim, _award: str, voice: Voice) -> Markup:
    return voice.say(
        N_("No. 1 of “%(chart)s” in the week of %(week)s: %(artists)s with %(points)s of a million points."),
        artists=voice.people(claim["artists"]),
        chart=voice.mark(voice.words.title(claim["chart"])),
        week=voice.words.day(claim["week"]),
        points=voice.number(claim["points"]),
    )


def _weeks_at_no_1(claim: Claim, _award: str, voice: Voice) -> Markup:
    artist, run = voice.name(claim["artist"]), claim["in_a_row"]
    if claim["weeks"] == 1:
        return voice.say(N_("It is the first week at no. 1 for %(artist)s."), artist=artist)
    nth = voice.ordinal(claim["weeks"])
    if run == 1:
        return voice.say(N_("It is the %(nth)s week at no. 1 for %(artist)s."), artist=artist, nth=nth)
    return voice.words.count(
        "It is the %(nth)s week at no. 1 for %(artist)s, %(n)s in a row.",
        "It is the %(nth)s week at no. 1 for %(artist)s, %(n)s in a row.",
        run,
        artist=artist,
        nth=nth,
    )


def _provisional(claim: Claim, _award: str, voice: Voice) -> Markup:
    return voice.say(N_("This week is provisional; not seen: %(days)s."), days=voice.words.days(claim["days"]))


def _gain(claim: Claim, _award: str, voice: Voice) -> Markup:
    name, written = claim["measure"], voice.number(claim["value"])
    if unit_of(name) == "thousandths":
        written = voice.words.of_thousandths(claim["value"])
    values = {"artist": voice.name(claim["artist"]), "measure": measure(voice.words, name), "value": written}
    if claim["is_least"]:
        return voice.say(N_("Biggest gain of the week: %(artist)s, at least %(value)s %(measure)s."), **values)
    return voice.say(N_("Biggest gain of the week: %(artist)s, %(value)s %(measure)s."), **values)


def _post(claim: Claim, _award: str, voice: Voice) -> Markup:
    values = {
        "artist": voice.name(claim["artist"]),
        "day": voice.words.instant_day(claim["published_at"]),
        "response": voice.number(claim["response"]),
        "metrics": voice.words.list([known(voice.words, "metric", metric) for metric in claim["metrics"]]),
    }
    if not claim["title"]:
        return voice.say(
            N_("Most responded post: one by %(artist)s of %(day)s, with %(response)s %(metrics)s as last read."),
            **values,
        )
    message = N_(
        "Most responded post: “%(title)s” by %(artist)s, of %(day)s, with %(response)s %(metrics)s as last read."
    )
    return voice.say(message, title=voice.mark(claim["title"]), **values)


_SAID: Final[dict[str, Callable[[Claim, str, Voice], Markup]]] = {
    "won": _won,
    "titles": _titles,
    "before": _before,
    "first": _first,
    "counted_first": _counted_first,
    "fates": _fates,
    "no_1": _no_1,
    "weeks_at_no_1": _weeks_at_no_1,
    "provisional": _provisional,
    "gain": _gain,
    "post": _post,
}
