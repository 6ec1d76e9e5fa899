"""Correct a released week in the open: it is released again, and so is every later week that this moves."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import OutOfTurn, RuleInvalid, UnknownName
from plaudit.base.progress import quiet
from plaudit.base.weeks import instant_text
from plaudit.release.cut import Cut, cut
from plaudit.release.gather import gather
from plaudit.release.log import logged_in_order
from plaudit.release.moves import moves
from plaudit.release.release import earlier, follow_log, make, refuse_not_releasing, shelf_of, sign, terms_of
from plaudit.release.shelf import INPUTS, Released, as_instant
from plaudit.release.terms import cited_terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.base.weeks import Week
    from plaudit.release.terms import Terms
    from plaudit.rulebook.season import Season

__all__ = ["correct"]

_LONGEST: Final = 2_000
_DECIDES: Final = ("evidence", "made", "standings", "charts", "seen")
"""What of a statement says what the week is; where it is the same, nothing is released again."""


def correct(
    season: Season,
    chart: str,
    week: str,
    because: str,
    now: int,
    *,
    on_progress: Callable[[str, int], None] = quiet,
) -> list[Released]:
    """Release a week again from the evidence there is now, as of its own instant, and the later weeks that this moves.

    Later weeks keep their terms, and the readings of their own days that they were released
    with: what is late of them waits for a correction of theirs.

    Returns
    -------
    The releases that were made, in order.

    Raises
    ------
    OutOfTurn : the week was not released, or nothing would differ.
    RuleInvalid : no reason is given.
    RuleFrozen : the rule is not the one that the week was released under.
    """
    refuse_not_releasing(season)
    because = " ".join(because.split())
    if not because or len(because) > _LONGEST:
        raise RuleInvalid("a correction says why it is made, in 1 to 2,000 characters", 'add --because "…"')
    terms, shelf = terms_of(season, chart), shelf_of(season)
    if week not in shelf.weeks(chart):
        raise UnknownName(f"no week {week!r} of {chart} is released", "plaudit release SEASON releases what is due")
    follow_log(season)
    with tempfile.TemporaryDirectory() as scratch, season.changing("plaudit correct") as working:
        made = _corrected(working, terms, week, because, now, Path(scratch), on_progress)
    follow_log(season)
    found = shelf_of(season)
    return [found.release(one.chart, one.week, one.number) for one in made]


def _corrected(
    season: Season,
    terms: Terms,
    week: str,
    because: str,
    now: int,
    scratch: Path,
    on_progress: Callable[[str, int], None],
) -> list[Released]:
    shelf, chart = shelf_of(season), terms.rule.name
    index = len(logged_in_order(shelf))
    made: list[Released] = []
    weeks = {one.id: one for one in terms.weeks}
    gathered = gather(season, shelf, None, on_progress=on_progress)
    for name in [one for one in shelf.weeks(chart) if one >= week]:
        on_progress(f"release {chart} {name} again", 0)
        held, before = shelf.latest(chart, name), earlier(shelf, chart, name)
        is_it = name == week
        source = gathered.tables if is_it else {table: held.table(table) for table in held.cut}
        by = terms if is_it else cited_terms(shelf.folder / INPUTS, held.stated["inputs"], chart, scratch)
        of = cut(source, weeks[name], as_instant(held.stated["as_of"]), by, before)
        stated = _stated(held, week, because, now, index + len(made))
        if archive := gathered.archive if is_it else held.stated.get("archive"):
            stated["archive"] = archive
        fresh = _again(season, by, weeks[name], of, before, stated, held)
        if fresh is None:
            _refuse_nothing(name, week)
            continue
        shelf.put(fresh)
        made.append(fresh)
    return made


def _stated(held: Released, week: str, because: str, now: int, index: int) -> dict[str, Any]:
    return {
        "index": index,
        "number": held.number + 1,
        "as_of": held.stated["as_of"],
        "released_at": instant_text(now),
        "correction": {"because": because, "week": week, "replaces": held.cited, "moved": []},
    }


def _again(
    season: Season,
    terms: Terms,
    week: Week,
    of: Cut,
    before: list[Released],
    stated: dict[str, Any],
    held: Released,
) -> Released | None:
    """Release a week again, with whom it moves; or give nothing, and leave nothing, where nothing differs."""
    stands_on = before[0] if before else None
    made = make(season, terms, week, of, stands_on, stated)
    if all(made.stated[name] == held.stated[name] for name in _DECIDES):
        season.files.remove(made.folder.relative_to(season.files.apart).as_posix())
        return None
    stated["correction"]["moved"] = moves(held.table("entries").to_pylist(), made.table("entries").to_pylist())
    sign(season, made)
    return made


def _refuse_nothing(name: str, week: str) -> None:
    if name == week:
        raise OutOfTurn(
            f"week {week} comes to what was released: there is nothing to correct",
            "plaudit release SEASON --late lists what came late",
            week=week,
        )
