"""Ballots that were given more than once: by id, by the act on a post, or row for row as the source declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.base.errors import SourceChanged
from plaudit.store.joins import left_join_unique
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.collect.staging import SetAside
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["AGAIN", "CONTRADICTED", "SAME_ROWS_REMEDY", "each_once"]

AGAIN: Final = "ballot given again"
CONTRADICTED: Final = "duplicate key with different values"
SAME_ROWS_REMEDY: Final = (
    'map the column that holds a ballot\'s id, as in ballot = "id"; or say under [[source]] what such rows are: '
    'same_rows = "one" (one ballot, given again) or same_rows = "each" (each a ballot)'
)
_PLACE: Final = ["source", "file", "row"]
_SAID: Final = [name for name in table("ballots").columns if name not in {"ballot", "source"}]
"""What a row says of a ballot."""
_ACT: Final = ["channel", "nominee", "voter", "gesture", "post"]
_FILES_SHOWN: Final = 4


def each_once(ballots: ibis.Table, sources: Sequence[Source], evidence: Evidence, set_aside: SetAside) -> ibis.Table:
    """Give ballots without those that were told before; they are listed with the place of the first.

    Of rows with one id, or of one act on a post, that say different things, none is believed.

    Raises
    ------
    SourceChanged : rows without an id are the same, and their source does not say what that means.
    """
    if any("ballot" in source.columns for source in sources):
        of_id = ballots.filter(_.ballot_id != "")
        ballots = _without(
            ballots, _again(of_id, ["source", "ballot_id"], evidence), "ballot {ballot_id}", evidence, set_aside
        )
        if len(sources) > 1:  # the same file under two sources
            again = _again(ballots.filter(_.ballot_id != ""), ["ballot_id", *_SAID], evidence)
            ballots = _without(ballots, again, "ballot {ballot_id}", evidence, set_aside)
    if any("post" in {*source.columns, *source.constants} for source in sources):
        again = _again(ballots.filter(_.post != ""), _ACT, evidence)
        ballots = _without(ballots, again, "{gesture} {post}", evidence, set_aside)
    return _same_rows_once(ballots, sources, evidence, set_aside)


def _again(ballots: ibis.Table, key: list[str], evidence: Evidence) -> ibis.Table | None:
    """Give the rows that share a key with another: which copy each is, the first one, and how many things they say."""
    repeated = ballots.group_by(key).agg(rows=_.count()).filter(_.rows > 1).drop("rows")
    if not _any(repeated, evidence):
        return None
    theirs = ballots.semi_join(repeated, [name for name in key if name != "account_created_at"])
    rest = [name for name in _SAID if name not in key]
    if rest:  # counted apart: engines count distinct values of groups, and not all of them those of windows
        kinds = theirs.group_by(key).agg(kinds=ibis.struct({name: theirs[name] for name in rest}).nunique())
        theirs = left_join_unique(theirs, kinds, key)
    else:
        theirs = theirs.mutate(kinds=ibis.literal(1, "int64"))
    in_order = ibis.window(group_by=key, order_by=_PLACE)
    return theirs.mutate(
        copy=ibis.row_number().over(in_order),
        copies=_.count().over(ibis.window(group_by=key)),
        first_file=_.file.first().over(in_order),
        first_row=_.row.first().over(in_order),
    ).filter(_.copies > 1)


def _without(
    ballots: ibis.Table, again: ibis.Table | None, named: str, evidence: Evidence, set_aside: SetAside
) -> ibis.Table:
    """Give ballots without what was told before or contradicts itself, which is set aside."""
    if again is None:
        return ballots
    out = evidence.materialize(again.filter((_.kinds > 1) | (_.copy > 0)))
    for row in evidence.to_rows(out.order_by(_PLACE)):
        what = named.format(**row)
        if row["kinds"] > 1:
            reason = CONTRADICTED
        else:
            reason, what = AGAIN, f"{what}, as in {row['first_file']}, row {row['first_row']}".removeprefix(", ")
        set_aside.add(row["source"], row["file"], row["row"], reason, what)
    return ballots.anti_join(out.select(_PLACE), _PLACE)


def _same_rows_once(
    ballots: ibis.Table, sources: Sequence[Source], evidence: Evidence, set_aside: SetAside
) -> ibis.Table:
    plain = ballots.filter(_.ballot_id == "", _.post == "")
    moments = plain.group_by("voter", "cast_at").agg(rows=_.count()).filter(_.rows > 1).drop("rows")
    moments = evidence.materialize(moments)  # few, where instants are fine
    if not _any(moments, evidence):
        return ballots
    again = _again(plain.semi_join(moments, ["voter", "cast_at"]), _SAID, evidence)
    if again is None:
        return ballots
    declared = {source.id: source.same_rows for source in sources}
    of_row = ibis.window(group_by=_SAID)
    said = again.source.cases(*declared.items(), else_="")
    again = again.mutate(said=said).mutate(least=_.said.min().over(of_row), most=_.said.max().over(of_row))
    _refuse_undeclared(again.filter((_.least != _.most) | (_.least == "")), evidence)
    return _without(ballots, again.filter(_.least == "one"), "", evidence, set_aside)


def _refuse_undeclared(again: ibis.Table, evidence: Evidence) -> None:
    rows = evidence.to_rows(again.agg(rows=_.count(), copies=(_.copy > 0).sum().cast("int64")))[0]
    if not rows["rows"]:
        return
    one = evidence.to_rows(again.filter(_.copy > 0).order_by(_PLACE).limit(1))[0]
    files = evidence.to_rows(again.group_by("file").agg(rows=_.count()).order_by("file").limit(_FILES_SHOWN + 1))
    named = ", ".join(row["file"] for row in files[:_FILES_SHOWN]) + (", …" if len(files) > _FILES_SHOWN else "")
    raise SourceChanged(
        f"source {one['source']}: {rows['copies']} rows say the same as another row, in {named}; "
        f"the first: {one['file']}, row {one['row']} and {one['first_file']}, row {one['first_row']} "
        f"({one['nominee']} in {one['channel']}). Nothing says whether these are two ballots or one given twice",
        SAME_ROWS_REMEDY,
        source=one["source"],
        file=one["file"],
        row=one["row"],
    )


def _any(found: ibis.Table, evidence: Evidence) -> bool:
    return bool(evidence.to_arrow(found.limit(1)).num_rows)
