"""Rows of an import that say the same, contradict each other, or compete for one allowance at one instant."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.base.errors import SourceChanged, TieUnresolved
from plaudit.base.weeks import instant_text
from plaudit.collect.same_ballots import AGAIN, CONTRADICTED, SAME_ROWS_REMEDY
from plaudit.rulebook.counting_rule import SAME_INSTANT_REMEDY
from plaudit.vote.posts import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.sources import Source
    from plaudit.vote.admission import Admission, Allowance, BallotRequest

__all__ = ["TORN", "each_once", "torn_requests"]

TORN: Final = "same instant"
Placed = tuple[str, "BallotRequest"]
"""File and row, and what the row asks for."""


def each_once(rows: Sequence[Placed], source: Source) -> tuple[list[BallotRequest], list[Refused]]:
    """Give the asks of an import without those told before, and those refused for it.

    What `plaudit collect` does with rows of a file is done here too: of rows with one
    id, or of one act on a post, the first stands if all say the same, and else none.

    Raises
    ------
    SourceChanged : rows without an id are the same, and the source does not say what that means.
    """
    refused: list[Refused] = []
    rows = _agreed(rows, lambda ask: ask.ballot, refused)
    rows = _agreed(rows, lambda ask: _act(ask) if ask.post else None, refused)
    copies: dict[BallotRequest, str] = {}
    numbers: dict[BallotRequest, int] = {}
    asks: list[BallotRequest] = []
    for place, ask in rows:
        if ask.ballot or ask.post or ask not in copies:
            copies.setdefault(ask, place)
            asks.append(ask)
            continue
        if not source.same_rows:
            raise SourceChanged(
                f"source {source.id}: {place} says the same as {copies[ask]} ({ask.nominee} in {ask.channel}). "
                "Nothing says whether these are two ballots or one given twice",
                SAME_ROWS_REMEDY,
                source=source.id,
            )
        if source.same_rows == "one":
            refused.append(_refused(place, ask, AGAIN, f"as in {copies[ask]}"))
        else:
            numbers[ask] = number = numbers.get(ask, 1) + 1
            asks.append(msgspec.structs.replace(ask, key=_numbered(ask.key, number)))
    return asks, refused


def _agreed(rows: Iterable[Placed], key: Callable[[BallotRequest], Hashable], refused: list[Refused]) -> list[Placed]:
    """Give the first row of each key, or none where its rows differ; rows without a key stay."""
    groups: dict[Hashable, list[Placed]] = {}
    kept: list[Placed] = []
    for place, ask in rows:
        if named := key(ask):
            groups.setdefault(named, []).append((place, ask))
        else:
            kept.append((place, ask))
    for group in groups.values():
        (first, ask), *others = group
        if all(_said(other) == _said(ask) for _, other in others):
            kept.append((first, ask))
            refused += [_refused(place, other, AGAIN, f"as in {first}") for place, other in others]
        else:
            refused += [_refused(place, other, CONTRADICTED, f"see {first}") for place, other in group]
    return kept


def torn_requests(
    asks: Sequence[BallotRequest],
    admission: Admission,
    rule: CountingRule,
    spent: dict[Allowance, int],
    known: set[tuple[int, str]],
) -> list[BallotRequest]:
    """Give the asks of one instant of a voter of which the allowance lets only some in, unless they are all alike.

    Parameters
    ----------
    spent, known : what the ballot store holds of these voters' allowances and keys

    Raises
    ------
    TieUnresolved : there are any, and the rule raises them.
    """
    if rule.same_instant.then == "recorded":
        return []
    by_allowance: dict[Allowance, dict[int, list[BallotRequest]]] = {}
    for ask in asks:
        if ask.cast_at is None or (ask.voter, ask.key) in known:
            continue
        slot = admission.slot(ask.channel, ask.nominee, ask.cast_at)
        if slot is not None:
            by_allowance.setdefault((ask.voter, slot), {}).setdefault(ask.cast_at, []).append(ask)
    torn: list[BallotRequest] = []
    for allowance, instants in by_allowance.items():
        most = admission.most(next(iter(instants.values()))[0].channel)
        before = 0 if rule.keep == "last" else spent.get(allowance, 0)
        for _, together in sorted(instants.items()):
            votes = sum(ask.votes for ask in together)
            if most is not None and before < most < before + votes and len(_kinds(together)) > 1:
                torn += together
            before = 0 if rule.keep == "last" else min(before + votes, most or 0)
    if torn and rule.same_instant.then == "raise":
        raise _tie(torn, rule)
    return torn


def _kinds(asks: Iterable[BallotRequest]) -> set[tuple[str, int]]:
    return {(ask.nominee, ask.votes) for ask in asks}


def _tie(torn: list[BallotRequest], rule: CountingRule) -> TieUnresolved:
    first = min(torn, key=lambda ask: (ask.cast_at or 0, ask.voter))
    together = [ask for ask in torn if (ask.voter, ask.cast_at) == (first.voter, first.cast_at)]
    voters = len({ask.voter for ask in torn})
    return TieUnresolved(
        f"{voters:,} voter{'' if voters == 1 else 's'} cast ballots at one instant of which the cap lets only some in, "
        f"and nothing says which; the first: voter {first.voter}, channel {first.channel}, at "
        f"{instant_text(first.cast_at or 0)}, for {', '.join(sorted({ask.nominee for ask in together}))}",
        SAME_INSTANT_REMEDY,
        rule=rule.name,
        voters=voters,
    )


def _act(ask: BallotRequest) -> tuple[Any, ...]:
    return ask.channel, ask.nominee, ask.voter, ask.gesture, ask.post


def _said(ask: BallotRequest) -> BallotRequest:
    return msgspec.structs.replace(ask, key="", ballot="")


def _refused(place: str, ask: BallotRequest, reason: str, detail: str) -> Refused:
    return Refused(place, ask.source, ask.gesture, ask.post, ask.nominee, reason, detail)


def _numbered(key: str, number: int) -> str:
    return f"import-{hashlib.sha256(f'{key} {number}'.encode()).hexdigest()[:40]}"
