"""What the live pages show, as values for their templates."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import segno
from markupsafe import Markup
from msgspec import UNSET

from plaudit.base.errors import EvidenceError
from plaudit.base.weeks import to_instant
from plaudit.certify.certificate import VERIFIER_KEY
from plaudit.certify.shape import statement_schema
from plaudit.frame.verify import log_facts, verify_view
from plaudit.nominate.nominate import named_nominees
from plaudit.rulebook.live import EMAIL, GUEST
from plaudit.vote.statements import is_statement
from plaudit.web.edition import edition_answer, edition_path
from plaudit.web.standings import standings_answer
from plaudit.words.counted import allowance
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from plaudit.ledger.reader import LogReader
    from plaudit.rulebook.season import Season
    from plaudit.vote.live import LiveVote
    from plaudit.web.ballots import BallotAnswer
    from plaudit.web.edition import EditionAnswer
    from plaudit.web.sessions import Session

__all__ = ["QR_MOST_BYTES", "cast_values", "nominee_texts", "qr_code", "verify_values", "vote_values"]

QR_MOST_BYTES: Final = 1_273
"""The most bytes that a QR code of 117 modules holds; finer ones are not read from a phone's screen."""
_BAR: Final = 1_000
_UNCAPPED: Final = 1_000_000

Names = dict[str, dict[str, str]]
"""Names by language, by nominee."""


def nominee_texts(season: Season) -> Names:
    """Give the names, by language, of every artist and work that could be nominated, by id."""
    names = {artist.id: dict(artist.names) for artist in season.artists.artists}
    if season.nomination:
        named = named_nominees(season.folder, season.nomination)
        names |= {item["nominee"]: {"en": item["name"]} for item in named if item["name"]}
    return names


def vote_values(
    vote: LiveVote, names: Names, session: Session | None, csrf: str, key: str, language: str
) -> dict[str, Any]:
    """Give what the page of the vote shows to a visitor."""
    about = edition_answer(vote, {})
    left = vote.left(session.voter) if session and about.is_open else None
    cap = about.cap
    return {
        "about": about,
        "opens_at": _instant(about.opens_at),
        "closes_at": _instant(about.closes_at),
        "ways": [{"id": way.id, "name": way.name, "path": way.path} for way in about.sign_in],
        "guest_way": GUEST,
        "email_way": EMAIL,
        "is_signed_in": session is not None,
        "csrf": csrf,
        "key": key,
        "left": left,
        "most": _UNCAPPED if left is None else left,
        "allowance": words_of(language).html(allowance(cap.votes, cap.per, cap.scope)) if cap else "",
        "sign_out": edition_path(about.edition, "sign-out"),
        "events": edition_path(about.edition, "standings/events"),
        "choices": [
            {"id": nominee, "names": _named(names, nominee)}
            for nominee in sorted(vote.names.nominees, key=lambda one: words_of(language).name(_named(names, one)))
        ],
        **_standings(vote, about, names),
    }


def _standings(vote: LiveVote, about: EditionAnswer, names: Names) -> dict[str, Any]:
    """Give the standings, the most votes first, each with its bar; no rows while they are not to be seen."""
    now = standings_answer(vote)
    if now.nominees is UNSET:
        return {"ballots": now.ballots, "policy": about.standings, "standings": None}
    ordered = sorted(now.nominees, key=lambda one: (-one.votes, one.id))
    most = max((one.votes for one in ordered), default=0)
    rows = [
        {
            "id": one.id,
            "names": _named(names, one.id),
            "votes": one.votes,
            "width": _BAR * one.votes // most if most else 0,
        }
        for one in ordered
    ]
    return {"ballots": now.ballots, "policy": about.standings, "standings": rows}


def cast_values(cast: BallotAnswer, names: Names, edition: str) -> dict[str, Any]:
    """Give what the answer to an accepted ballot shows."""
    return {
        "cast": cast,
        "names": _named(names, cast.nominee),
        "cast_at": _instant(datetime.fromisoformat(cast.cast_at)),
        "receipts": edition_path(edition, "receipts"),
    }


def verify_values(vote: LiveVote, names: Names, language: str) -> dict[str, Any]:
    """Give what the page that checks receipts holds: the log's key and its last checkpoint."""
    season, log = vote.season, vote.log
    certificate_key = season.published / VERIFIER_KEY
    facts = {
        "certificateKey": certificate_key.read_text("utf-8").strip() if certificate_key.is_file() else "",
        **log_facts(
            vote.signer.verifier,
            vote.names.channels,
            vote.names.nominees,
            log.note(),
            is_closed=vote.closed_at is not None and _ends(log),
        ),
        "schema": statement_schema(),
        "names": {nominee: _named(names, nominee) for nominee in vote.names.nominees},
    }
    return {"facts": facts, **verify_view(facts, words_of(language))}


def _ends(log: LogReader) -> bool:
    """Say whether a log's last leaf is the closing; one that is being made again says nothing."""
    try:
        return log.size > 1 and is_statement(log.entry(log.size - 1))
    except (EvidenceError, OSError, ValueError):
        return False


@lru_cache(64)
def qr_code(text: str) -> Markup:
    """Give a text as a QR code: SVG without size and style.

    Notes
    -----
    The mask is fixed: to try all eight takes three times as long, and any is read.
    """
    code = segno.make(text, error="L", boost_error=False, micro=False, encoding="utf-8", mask=0)
    drawn = code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704  # modules and numbers alone


def _named(names: Names, nominee: str) -> dict[str, str]:
    return names.get(nominee, {"en": nominee})


def _instant(moment: datetime | None) -> int | None:
    return None if moment is None else to_instant(moment)
