"""What operators do: allowed where enough of them signed it, and written down once it is done."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from plaudit.acts.act import Act
from plaudit.acts.acts import acts_origin, record
from plaudit.acts.agreed import agreed, signed_note
from plaudit.certify.subjects import subject_of
from plaudit.vote.clock import wall_clock
from plaudit.vote.keys import acts_signer

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["acted", "allowed", "operator"]

_NAME = "PLAUDIT_OPERATOR"


def operator() -> str:
    """Give who acts: the name in PLAUDIT_OPERATOR, or else that of the machine's user."""
    try:
        return os.environ.get(_NAME) or getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "unknown"


def allowed(season: Season, tables: Evidence, act: str) -> None:
    """Refuse an act that the season's operators must sign, and have not.

    Raises
    ------
    OutOfTurn : names those who may sign, and how.
    """
    if season.operators is not None:
        agreed(season, act, subject_of(season, tables, act))


def acted(season: Season, tables: Evidence, act: str, because: str = "", *, subject: str = "", by: str = "") -> None:
    """Write down what was done, where the season has operators or a calendar; what is written down stays as it is.

    Parameters
    ----------
    subject : where it is not the one that the season has now
    by : who did it, where it was not whoever started the command
    """
    if season.operators is None and season.calendar is None:
        return
    subject = subject or subject_of(season, tables, act)
    done = Act(act, wall_clock(), by or operator(), subject, because, signed_note(season, act, subject))
    record(season.folder, done, acts_signer(season.folder, acts_origin(season.origin)))
