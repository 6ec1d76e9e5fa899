"""What the self-checks found, in one reader's language.

Their sentences stand in the certificate in English; `audit.checks.wording` says how
each is found again by its wording, whose messages these are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from plaudit.audit.checks.findings import WORDINGS
from plaudit.audit.checks.wording import JOINT, read
from plaudit.words.texts import N_, bdi

if TYPE_CHECKING:
    from plaudit.audit.checks.wording import Values
    from plaudit.words.words import Words

__all__ = ["MESSAGES", "finding_text", "subject_name"]

MESSAGES: Final = frozenset(wording.message for wordings in WORDINGS.values() for wording in wordings)
"""All that checks can say, as messages to translate."""
_LETTERS: Final = 1_000
_SUBJECTS: Final = {
    ("categories-equal", "categories"): N_("categories"),
    ("categories-equal", "result"): N_("the result"),
    ("categories-equal", "totals"): N_("the totals"),
    ("common-factor", "all channels"): N_("all channels together"),
    ("first-digit", "votes by nominee and hour"): N_("votes by nominee and hour"),
    ("first-digit", "votes by voter"): N_("votes by voter"),
    ("log-holds-all", "ballots"): N_("all ballots"),
    ("rate", "nominees together"): N_("nominees together"),
    ("running-totals", "totals"): N_("the totals"),
}
"""By check and subject; every other subject is a channel, a source or a nominee, and stands as it is."""


def subject_name(words: Words, check: str, subject: str) -> Markup:
    """Give what a check looked at."""
    message = _SUBJECTS.get((check, subject))
    return words.text(message) if message else bdi(subject, _LETTERS)


def finding_text(words: Words, check: str, said: str) -> Markup:
    """Give what a check found or expected; a text of no wording stands as it is, marked as English.

    Parameters
    ----------
    on_progress : in English, as the table findings has it
    """
    if not said:
        return Markup()
    sentences = read(said, WORDINGS.get(check, ()))
    if sentences is None:
        return words.own(said)
    told = [words.text(wording.message, **_shown(check, values, words)) for wording, values in sentences]
    return Markup(JOINT).join(told)  # noqa: S704  # our own two characters


def _shown(check: str, values: Values, words: Words) -> dict[str, Markup | str]:
    return {
        name: words.number(value) if isinstance(value, int) else subject_name(words, check, value)
        for name, value in values.items()
    }
