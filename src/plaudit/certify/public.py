"""What may be said of a season: all that was counted to whoever signs it, and to the public what is not sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.certify.inputs import votes_free
from plaudit.certify.seal import read_commitment
from plaudit.certify.sealed import is_still_sealed, sealed_tables
from plaudit.certify.statement import sealed_statement, statement
from plaudit.certify.unmade import refuse_unmade
from plaudit.vote.log import cited_log, has_log

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["public_statement", "public_tables", "stated_result"]


def stated_result(season: Season, tables: Evidence) -> dict[str, Any]:
    """Give the statement of what was counted, which is what is signed: nothing that was not made.

    Raises
    ------
    NothingMade : a step that the season asks for came out empty.
    """
    refuse_unmade(season, tables)
    return statement(season, tables, _log(season))


def public_statement(season: Season, tables: Evidence) -> dict[str, Any]:
    """Give what the public may know: what the certificate states, or all but the count while that is sealed.

    Raises
    ------
    OutOfTurn : nothing was certified or sealed yet.
    """
    if not is_still_sealed(season):
        return read_certificate(season.published_file(CERTIFICATE)).statement
    read_commitment(season)  # a result that nobody is bound to is not sealed
    made = sealed_statement(season, sealed_tables(season, tables), _log(season))
    return made | {"inputs": votes_free(season, made["inputs"])}


def public_tables(season: Season, tables: Evidence) -> Evidence:
    """Give the tables that what the public reads is made from: without the count while that is sealed."""
    return sealed_tables(season, tables) if is_still_sealed(season) else tables


def _log(season: Season) -> dict[str, Any] | None:
    return cited_log(season) if has_log(season) else None
