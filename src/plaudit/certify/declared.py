"""The purge rules that a published certificate says were declared before the vote: none may join them later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import EvidenceError, OutOfTurn, RuleFrozen
from plaudit.certify.certificate import CERTIFICATE, read_certificate

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season

__all__ = ["refuse_late_declaration"]


def refuse_late_declaration(season: Season) -> None:
    """Refuse purge rules that are not those of the certificate that is published, in its order.

    A live vote needs no such look: its log's first leaf says what was declared.

    Raises
    ------
    RuleFrozen : names the first rule that was added; or says which rules were declared.
    """
    if season.vote is None or season.live is not None:
        return
    try:
        stated = read_certificate(season.published / CERTIFICATE).statement
    except (EvidenceError, OutOfTurn):
        return  # none was published; a damaged or foreign one declares nothing, and a new one replaces it
    if (stated["season"]["award"], stated["season"]["edition"]) != (season.award, season.edition):
        return
    declared = [row["rule"] for row in stated.get("audit", {"purges": []})["purges"] if not row["late"]]
    if added := [name for name in season.audit.purges if name not in declared]:
        raise RuleFrozen(
            f"{CERTIFICATE} does not say that the purge rule {added[0]} was declared before the vote",
            "put it under late in [audit] of season.toml: its effect is then shown separately",
            rule=added[0],
        )
    if list(season.audit.purges) != declared:
        raise RuleFrozen(
            f"{CERTIFICATE} says that these purge rules were declared before the vote: {', '.join(declared)};"
            f" season.toml names {', '.join(season.audit.purges) or 'none'}",
            "put them back, in their order",
        )
