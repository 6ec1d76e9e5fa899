"""What a check says: a verdict, the numbers found, and those expected."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from plaudit.audit.checks.wording import JOINT, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ALARM_BELOW",
    "FAIL_BELOW",
    "MORE",
    "RARITIES",
    "Judged",
    "Verdict",
    "chance_text",
    "finding",
    "not_checked",
    "some",
]

Verdict = Literal["passes", "fails", "alarm", "not checked"]

ALARM_BELOW = Fraction(1, 10**4)
FAIL_BELOW = Fraction(1, 10**9)
"""What chance gives less often than this is an alarm, or a failure."""

MORE: Final = Wording("and {faults:,} more")
"""What `some` says of the faults it leaves out."""

RARITIES: Final = (Wording("not rare"), Wording("impossible"), Wording("less than 1 in 10^{power}"))
"""What `chance_text` says."""


@dataclass(frozen=True)
class Judged:
    """The outcome of a check.

    verdict : `passes`; `fails`, where the numbers cannot be right; `alarm`, where
        they need an explanation; `not checked`, where nothing can be said.
    found, expected : texts that carry the numbers, of one wording or several.
    """

    verdict: Verdict
    found: str
    expected: str


def not_checked(because: str, expected: str = "") -> Judged:
    """Give the outcome of a check that has nothing to go on."""
    return Judged("not checked", because, expected)


def finding(check: str, subject: str, judged: Judged, repeat: str) -> dict[str, str]:
    """Give a row of the table findings."""
    return {
        "check": check,
        "subject": subject,
        "verdict": judged.verdict,
        "found": judged.found,
        "expected": judged.expected,
        "repeat": repeat,
    }


def chance_text(chance: Fraction) -> str:
    """Say how rare something is, by the power of ten that bounds it.

    Examples
    --------
    >>> chance_text(Fraction(3, 70_000))
    'less than 1 in 10^4'
    >>> chance_text(Fraction(2, 7))
    'not rare'
    """
    not_rare, impossible, less_than = RARITIES
    if chance * 10 > 1:
        return not_rare()
    if chance == 0:
        return impossible()
    return less_than(power=len(str(chance.denominator // chance.numerator)) - 1)


def some(faults: Iterable[str], most: int = 3) -> str:
    """Join the first faults, and say how many more there are.

    Examples
    --------
    >>> some(["a", "b", "c", "d", "e"])
    'a; b; c; and 2 more'
    """
    listed = list(faults)
    more = [MORE(faults=len(listed) - most)] if len(listed) > most else []
    return JOINT.join([*listed[:most], *more])
