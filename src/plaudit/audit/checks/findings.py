"""All self-checks of one count, as rows of the table findings."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plaudit.audit.checks.counted import Counted
    from plaudit.audit.checks.wording import Wording

__all__ = ["CHECKS", "WORDINGS", "findings"]

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
WORDINGS: Final[dict[str, tuple[Wording, ...]]] = {module.CHECK: (*module.WORDINGS, MORE) for module in _MODULES}
"""What each check can say as found and expected; what says more stands first."""


def findings(counted: Counted) -> list[dict[str, str]]:
    """Check a count.

    Returns
    -------
    Rows of the table findings, by check and subject. A check that has nothing to go
    on says so in a row of its own: `not checked`, and why.
    """
    rows = [row for check in CHECKS.values() for row in check(counted)]
    return sorted(rows, key=itemgetter("check", "subject"))
