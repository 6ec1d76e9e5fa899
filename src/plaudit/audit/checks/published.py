"""The checks that need no season: plain functions on figures that somebody published.

docs/how-to/check-published-totals.md applies them to a press release.
"""

from __future__ import annotations

from plaudit.audit.checks.categories_equal import categories_equal
from plaudit.audit.checks.columns_add_up import columns_add_up
from plaudit.audit.checks.common_factor import common_factor
from plaudit.audit.checks.first_digit import first_digit
from plaudit.audit.checks.gaps import gaps
from plaudit.audit.checks.jumps import jump_together, jumps_of
from plaudit.audit.checks.picks_divide import picks_divide
from plaudit.audit.checks.rate import rate
from plaudit.audit.checks.running_totals import running_totals
from plaudit.audit.checks.two_ways import two_ways
from plaudit.audit.checks.voters_fit import voters_fit, voters_needed

__all__ = [
    "categories_equal",
    "columns_add_up",
    "common_factor",
    "first_digit",
    "gaps",
    "jump_together",
    "jumps_of",
    "picks_divide",
    "rate",
    "running_totals",
    "two_ways",
    "voters_fit",
    "voters_needed",
]
