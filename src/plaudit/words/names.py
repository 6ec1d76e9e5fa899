"""Words for what data name: metrics, measures, media, statuses and kinds of evidence.

A name that is not here is shown as it stands in the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.words.audit_names import AUDIT_NAMES
from plaudit.words.message import Message
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from plaudit.words.message import Value

__all__ = ["evidence_note", "grade", "known", "measure", "unit_of"]

_KNOWN: Final = {
    "metric": {
        "views": N_("views"),
        "likes": N_("likes"),
        "comments": N_("comments"),
        "reposts": N_("reposts"),
        "quotes": N_("quotes"),
        "shares": N_("shares"),
        "followers": N_("followers"),
        "subscribers": N_("subscribers"),
    },
    "measure": {
        "posts": N_("posts published"),
        "posts_photo": N_("photos published"),
        "posts_video": N_("videos published"),
        "posts_text": N_("texts published"),
        "response_per_1000_views": N_("response per 1,000 views"),
        "response_per_1000_followers": N_("response per 1,000 followers"),
    },
    "media": {"photo": N_("photo"), "video": N_("video"), "text": N_("text"), "unknown": N_("not stated")},
    "verdict": {"final": N_("final"), "provisional": N_("provisional"), "uncharted": N_("no chart")},
    "kind": {"person": N_("person"), "group": N_("group")},
    "outcome": {"won": N_("won"), "nominated": N_("nominated")},
    "platform": {"youtube": "YouTube", "twitter": "Twitter", "instagram": "Instagram", "tiktok": "TikTok"},
    "evidence": {
        "real": N_("Real evidence"),
        "synthetic": N_("Synthetic: made up"),
        "synthetic ballots": N_("Real readings, synthetic ballots"),
        "guest ballots": N_("Guests' ballots"),
        "partly synthetic": N_("Partly synthetic"),
        "demonstration": N_("A demonstration"),
    },
    **AUDIT_NAMES,
}
_NOTES: Final = {
    "real": N_("Everything this rests on is real."),
    "synthetic": N_("Everything this rests on is synthetic: it was made up."),
    "synthetic ballots": N_(
        "The readings and so the charts are real. The ballots were made up; no award rests on them."
    ),
    "guest ballots": N_("Anyone could vote, any number of times: a demonstration. Nobody is given a title."),
    "partly synthetic": N_("Part of what this rests on is synthetic: it was made up."),
    "demonstration": N_("Anyone can vote here, any number of times. Nobody wins anything by it."),
}
_GRADES: Final = {
    "P": N_("primary source"),
    "N": N_("news"),
    "F": N_("fan site"),
    "D": N_("derived"),
    "C": N_("verified certificate"),
}


def known(what: str, name: str) -> Value:
    """Give the word for a name in the data: `known("metric", "views")`."""
    message = _KNOWN[what].get(name)
    return Message(message) if message else name


def measure(name: str) -> Value:
    """Give the word for a measure; see docs/reference/measures.md."""
    for ending, message in (("_gain", N_("%(metric)s gained")), ("_addition", N_("%(metric)s added"))):
        if name.endswith(ending):
            return Message(message, {"metric": known("metric", name.removesuffix(ending))})
    return known("measure", name)


def unit_of(name: str) -> str:
    """Give how a measure's values are written: whole `counts`, or `thousandths`."""
    return "thousandths" if name.startswith("response_per_") else "counts"


def evidence_note(kind: str) -> Value:
    """Give the sentence that says what a kind of evidence means."""
    return Message(_NOTES[kind]) if kind in _NOTES else kind


def grade(letter: str) -> Value:
    """Give the word for how good a source is."""
    return Message(_GRADES[letter]) if letter in _GRADES else letter
