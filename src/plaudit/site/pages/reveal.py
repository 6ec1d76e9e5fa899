"""The stage for a sealed result: before, that it is sealed; after `plaudit reveal`, who won.

A season whose rule seals nothing has no such page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.seal import is_sealed
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["PATH", "REVEAL"]

PATH: Final = "reveal.html"
"""Where the page lies."""
_WIDTH: Final = 1_000


def _pages(site_data: SiteData) -> Iterator[Page]:
    if not is_sealed(site_data.season):
        return
    told = site_data.statement.get("vote", {}).get("commitment")
    facts: dict[str, Any] = {"nominees": _nominees(site_data), "commitment": site_data.commitment, "told": None}
    if told is not None:  # until then nothing of a result is looked at
        facts["told"] = {**told, **_result(site_data)}
    yield Page(PATH, facts)


def _nominees(site_data: SiteData) -> list[dict[str, Any]]:
    rows = site_data.tables.read("nominees").order_by("nominee")
    ids = [row["nominee"] for row in site_data.tables.to_rows(rows)]
    return [{"nominee": nominee, "names": site_data.names(nominee)} for nominee in ids]


def _result(site_data: SiteData) -> dict[str, Any]:
    result = site_data.statement["result"]
    log = site_data.statement["vote"].get("log")
    return {
        "winners": [{"nominee": winner, "names": site_data.names(winner)} for winner in result["winners"]],
        "unit": result["unit"],
        "positions": [
            {"position": row["position"], "value": row["value"], "names": site_data.names(row["nominee"])}
            for row in result["positions"]
        ],
        "ballots": log["size"] - 2 if log else None,
        "closed_at": log["closed_at"] if log else "",
    }


def _view(facts: Mapping[str, Any], _words: Words) -> dict[str, object]:
    """Add each nominee's bar, the whole width being the winner's."""
    if facts["told"] is None:
        return {"rows": [], "holds": False}
    told, most = facts["told"], max((row["value"] for row in facts["told"]["positions"]), default=0)
    rows = [{**row, "width": _WIDTH * row["value"] // most if most else 0} for row in told["positions"]]
    return {"rows": rows, "holds": facts["commitment"] is not None and facts["commitment"]["sha256"] == told["sha256"]}


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem(PATH, N_("Reveal"))] if is_sealed(site_data.season) else []


REVEAL: Final = PageKind("reveal", "reveal.html", _pages, _view, menu=_menu)
