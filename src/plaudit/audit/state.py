"""Accounts that their platform has closed or suspended, where a source says which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import Seen, features, suspects
from plaudit.rulebook.purge_rule import AccountState

if TYPE_CHECKING:
    import ibis

__all__ = ["facts_of_voters"]


def facts_of_voters(seen: Seen, fact: str) -> ibis.Table:
    """Give voter and value of one kind of fact, of those who cast a ballot."""
    stated = seen.facts.filter(seen.facts.fact == fact).select("voter", "value").distinct()
    return stated.semi_join(seen.ballots.select("voter"), "voter")


@features.register(AccountState)
def _states(method: AccountState, seen: Seen) -> ibis.Table:  # noqa: ARG001 - which states count comes with suspects
    return facts_of_voters(seen, "state")


@suspects.register(AccountState)
def _gone(method: AccountState, features: ibis.Table) -> ibis.Table:
    gone = features.filter(features.value.isin(method.states)).group_by("voter").agg(state=_.value.min())
    return gone.select(
        "voter", grouped=gone.voter.cast("string"), evidence=ground("account-state.gone", state=gone.state)
    )
