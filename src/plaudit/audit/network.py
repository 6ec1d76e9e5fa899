"""Too many voters behind one network prefix, where a source says which."""

from __future__ import annotations

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import Seen, features, suspects
from plaudit.audit.state import facts_of_voters
from plaudit.rulebook.purge_rule import OneNetwork

__all__: list[str] = []


@features.register(OneNetwork)
def _networks(method: OneNetwork, seen: Seen) -> ibis.Table:  # noqa: ARG001 - the method's numbers come with suspects
    """Give each voter and network, and how many voters of this vote are behind it."""
    behind = facts_of_voters(seen, "network")
    return behind.mutate(voters=_.count().over(ibis.window(group_by="value")))


@suspects.register(OneNetwork)
def _crowded(method: OneNetwork, features: ibis.Table) -> ibis.Table:
    """Name a voter behind several such networks once, with the most crowded one."""
    crowded = features.filter(features.voters > method.voters_most)
    most = ibis.window(group_by="voter", order_by=[ibis.desc("voters"), "value"])
    once = crowded.mutate(place=ibis.row_number().over(most)).filter(_.place == 0)
    return once.select("voter", grouped=once.value, evidence=ground("one-network.crowded", voters=once.voters))
