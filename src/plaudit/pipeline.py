"""The whole line: fetch → collect → measure → chart → nominate → vote → audit → tally → check → … → publish.

What `fetch` asks of platforms lies in the archive, from which `collect` reads; it runs beside the line, and not in it.
After check come certify and honour.
Each step reads tables, asks the room of its name, and writes tables; a season may
stop after any of them. `STEPS` says what each reads. A season whose rule seals the
result takes the step seal where others certify, until it reveals it.

`run` walks the line in order, apart from what is there: tables, log, certificate and
pages take their places together, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.progress import NumberedSteps, quiet, silent
from plaudit.certify.certificate import Certificate, refuse_changed_rules
from plaudit.certify.declared import refuse_late_declaration
from plaudit.certify.sealed import is_still_sealed
from plaudit.certify.unmade import refuse_empty_sources
from plaudit.collect.near_misses import declared_ids, in_tables
from plaudit.nominate.nominate import named_nominees
from plaudit.steps import (
    audit,
    certify,
    chart,
    check,
    collect,
    honour,
    measure,
    nominate,
    publish,
    seal,
    site,
    tally,
    vote,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plaudit.collect.collect import Collected
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = [
    "audit",
    "certify",
    "chart",
    "check",
    "collect",
    "honour",
    "measure",
    "nominate",
    "publish",
    "reveal",
    "run",
    "seal",
    "site",
    "tally",
    "vote",
]


STEPS: Final = {
    "collect": "",
    "measure": "posts credits readings coverage",
    "chart": "measures weeks",
    "nominate": "entries",
    "vote": "nominees ballots",
    "audit": "ballots voter_facts",
    "tally": "nominees ballots source_totals rulings",
    "check": "rulings suspects trials totals voids result nominees log ballots voter_facts source_totals "
    "measures weeks",
    "seal": "set_aside weeks entries nominees log cases rulings totals voids result findings sensitivity",
    "certify": "set_aside weeks entries nominees log cases rulings totals voids result findings sensitivity",
    "honour": "certificate",
    "publish": "certificate honours",
    "site": "certificate honours",
}
"""The steps in their order, each with what it reads.

What makes a table is said where the table is declared; vote makes the log, and where the
season takes its ballots itself also these; certify makes the certificate, or seal what stands for it.
"""
_TO_TABLES: Final = tuple(STEPS)[:8]
_TOLD: Final = ("certify", "honour", "publish")


@dataclass(frozen=True)
class Run:
    """What a run made: a certificate, or the commitment to a result that is still sealed."""

    collected: Collected
    certificate: Certificate | None
    commitment: Path | None = None
    near_misses: tuple[str, ...] = ()


def run(
    season: Season,
    tables: Evidence,
    *,
    strict: bool = False,
    pages: bool = False,
    on_progress: Callable[[str, int], None] = quiet,
    on_warning: Callable[[str], None] = silent,
) -> Run:
    """Walk the whole line once: from sources to published files, and with `pages` to these.

    Parameters
    ----------
    on_warning : is told each id that a source writes nearly as the season declares it, before anything is counted

    Raises
    ------
    NothingMade : a step that the season asks for came out empty.
    RuleFrozen : a rule is not the one that the published certificate cites, or a purge rule joined the declared ones.
    PlauditError : whatever a step refuses; all that earlier runs made stays, byte for byte.
    """
    refuse_changed_rules(season.published, {name: cited.sha256 for name, cited in season.rules.items()})
    refuse_late_declaration(season)
    with season.changing("plaudit run") as season:  # noqa: PLR1704 - the same season, as it is being changed
        tables, is_kept = tables.within(season.files), is_still_sealed(season)
        last = (*(("seal",) if is_kept else _TOLD), *(("site",) if pages else ()))
        step = NumberedSteps((*_TO_TABLES, *last), on_progress)
        step("collect", 0)
        collected = collect(season, tables, strict=strict, on_progress=on_progress)
        misses = near_misses(season, tables)
        for miss in misses:
            on_warning(miss)
        refuse_empty_sources(season, tables)
        walk(season, tables, (measure, chart, nominate, vote, audit, tally, check), step)
        if is_kept:
            step("seal", 0)
            made = Run(collected, None, seal(season, tables), misses)
        else:
            made = Run(collected, tell(season, tables, step), near_misses=misses)
        if pages:
            step("site", 0)
            site(season, tables, on_progress=on_progress)
        return made


def reveal(
    season: Season, tables: Evidence, *, pages: bool = False, on_progress: Callable[[str, int], None] = quiet
) -> Certificate:
    """Count once more, and if the result is the sealed one, certify and publish it.

    Raises
    ------
    OutOfTurn : nothing was sealed.
    ProofInvalid : the result is not the sealed one.
    NothingMade : a step that the season asks for came out empty.
    """
    with season.changing("plaudit reveal") as season:  # noqa: PLR1704 - the same season, as it is being changed
        tables = tables.within(season.files)
        step = NumberedSteps((*_TO_TABLES[1:], *_TOLD, *(("site",) if pages else ())), on_progress)
        walk(season, tables, (measure, chart, nominate, vote, audit, tally, check), step)
        certificate = tell(season, tables, step)
        if pages:
            step("site", 0)
            site(season, tables, on_progress=on_progress)
        return certificate


def tell(season: Season, tables: Evidence, step: Callable[[str, int], None] = quiet) -> Certificate:
    """Certify, honour and publish what was counted."""
    step("certify", 0)
    certificate = certify(season, tables)
    step("honour", 0)
    honours = honour(season, tables, certificate.statement)
    step("publish", 0)
    publish(season, tables, certificate.statement, honours)
    return certificate


def recompute(season: Season, tables: Evidence, *, on_progress: Callable[[str, int], None] = quiet) -> None:
    """Make every table that follows from the evidence."""
    walk(season, tables, (measure, chart, nominate, audit, tally, check), on_progress)


def walk(
    season: Season,
    tables: Evidence,
    steps: Sequence[Callable[[Season, Evidence], None]],
    on_progress: Callable[[str, int], None],
) -> None:
    """Take some steps in order; each is named before it is taken."""
    for step in steps:
        on_progress(step.__name__, 0)
        step(season, tables)


def near_misses(season: Season, tables: Evidence) -> tuple[str, ...]:
    """Give a line for each id that a source writes nearly as the season declares it."""
    named = [item["nominee"] for item in named_nominees(season.folder, season.nomination)] if season.nomination else []
    return tuple(in_tables(season, tables, declared_ids(season, named)))
