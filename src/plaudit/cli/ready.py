"""Whether a step can be taken: what it reads was made, else the step to run first is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import OutOfTurn
from plaudit.certify.declared import refuse_late_declaration
from plaudit.pipeline import STEPS
from plaudit.store.tables import made_by, table
from plaudit.vote.log import CHECKPOINT, has_log

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["refuse_unready", "refuse_voteless"]

_LOG = "log"
_OF_THE_VOTE = frozenset({"vote", "audit", "tally", "check", "certify"})


def refuse_voteless(season: Season) -> None:
    """Refuse a step of the vote in a season that has none.

    Raises
    ------
    OutOfTurn : says what to add.
    """
    if season.vote is None:
        raise OutOfTurn("the season has no vote", "add [vote] to season.toml")


def refuse_unready(season: Season, tables: Evidence, step: str, *, is_elsewhere: bool = False) -> None:
    """Refuse a step whose inputs were not made.

    Parameters
    ----------
    is_elsewhere : tables are read from another place; the log, which lies with the season, is not asked for

    Raises
    ------
    OutOfTurn : names the step to run first.
    RuleFrozen : the step is one of the vote, and a purge rule joined those that were declared.
    """
    if step in _OF_THE_VOTE:
        refuse_late_declaration(season)
    for name in STEPS[step].split():
        maker = "vote" if name == _LOG or (name == "ballots" and season.live) else table(name).step
        if maker == "vote":
            is_made = is_elsewhere or not has_log(season) or (season.log / CHECKPOINT).is_file()
        else:
            is_made = not _asks_for(season, maker) or any(tables.has(other) for other in made_by(maker))
        if not is_made:
            verb = "vote log" if maker == "vote" else maker
            what = "no log" if maker == "vote" else f"no table {name}"
            raise OutOfTurn(f"{what}, which {step} reads", f"run first: plaudit {verb} SEASON", table=name)


def _asks_for(season: Season, step: str) -> bool:
    """Say whether a step has anything to do in the season."""
    if step in {"measure", "chart"}:
        return bool(season.charts)
    if step == "nominate":
        return season.nomination is not None
    return season.vote is not None or step not in {"audit", "tally"}
