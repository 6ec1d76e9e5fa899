"""All self-checks of one count, as rows of the table findings."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from plaudit.audit.checks import (
    categories_equal,
    columns_add_up,
    common_factor,
    first_digit,
    gaps,
    log_holds_all,
    picks_divide,
    rate,
    running_totals,
    two_ways,
    voters_fit,
)
from plaudit.audit.checks.judged import MORE
from plaudit.words.message import Several, say
from plaudit.words.sentence import catalogue, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plaudit.audit.checks.counted import Counted
    from plaudit.words.message import Value
    from plaudit.words.sentence import Sentence

__all__ = ["CHECKS", "SENTENCES", "findings", "found", "subject"]

_MODULES: Final = (
    columns_add_up,
    categories_equal,
    common_factor,
    picks_divide,
    voters_fit,
    rate,
    gaps,
    running_totals,
    first_digit,
    two_ways,
    log_holds_all,
)
CHECKS: Final[dict[str, Callable[[Counted], Iterable[dict[str, str]]]]] = {
    module.CHECK: module.check for module in _MODULES
}
"""Every check by its name; each has a page docs/audit/check-NAME.md."""
SENTENCES: Final[dict[str, Sentence]] = catalogue([MORE, *(one for module in _MODULES for one in module.SENTENCES)])
"""What checks can say as found and expected, by code."""


_SUBJECTS: Final = {
    ("categories-equal", "categories"): say("categories"),
    ("categories-equal", "result"): say("the result"),
    ("categories-equal", "totals"): say("the totals"),
    ("common-factor", "all channels"): say("all channels together"),
    ("first-digit", "votes by nominee and hour"): say("votes by nominee and hour"),
    ("first-digit", "votes by voter"): say("votes by voter"),
    ("log-holds-all", "ballots"): say("all ballots"),
    ("rate", "nominees together"): say("nominees together"),
    ("running-totals", "totals"): say("the totals"),
}
"""By check and subject; every other subject is a channel, a source or a nominee, and stands as it is."""


def subject(check: str, name: str) -> Value:
    """Give what a check looked at."""
    return _SUBJECTS.get((check, name), name)


def found(stated: Iterable[dict[str, Any]] | str) -> Several:
    """Give what a check found or expected, as a certificate states it."""
    return Several(told(stated, SENTENCES))


def findings(counted: Counted) -> list[dict[str, str]]:
    """Check a count.

    Returns
    -------
    Rows of the table findings, by check and subject. A check that has nothing to go
    on says so in a row of its own: `not checked`, and why.
    """
    rows = [row for check in CHECKS.values() for row in check(counted)]
    return sorted(rows, key=itemgetter("check", "subject"))
