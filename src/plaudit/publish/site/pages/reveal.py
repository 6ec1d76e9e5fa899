"""The stage for a sealed result: before, that it is sealed; after `plaudit reveal`, who won.

A season whose rule seals nothing has no such page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.seal import is_sealed
from plaudit.publish.site.kinds import N_, MenuItem, Page, PageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plaudit.publish.site.material import Material
    from plaudit.publish.site.words import Words

__all__ = ["PATH", "REVEAL"]

PATH: Final = "reveal.html"
"""Where the page lies."""
_WIDTH: Final = 1_000


def _pages(material: Material) -> Iterator[Page]:
    if not is_sealed(material.season):
        return
    told = material.statement.get("vote", {}).get("commitment")
    facts: dict[str, Any] = {"nominees": _nominees(material), "commitment": material.commitment, "told": None}
    if told is not None:  # until then nothing of a result is looked at
        facts["told"] = {**told, **_result(material)}
    yield Page(PATH, facts)


def _nominees(material: Material) -> list[dict[str, Any]]:
    rows = material.tables.read("nominees").order_by("nominee")
    ids = [row["nominee"] for row in material.tables.to_rows(rows)]
    return [{"nominee": nominee, "names": material.names(nominee)} for nominee in ids]


def _result(material: Material) -> dict[str, Any]:
    result = material.statement["result"]
    log = material.statement["vote"].get("log")
    return {
        "winners": [{"nominee": winner, "names": material.names(winner)} for winner in result["winners"]],
        "unit": result["unit"],
        "positions": [
            {"position": row["position"], "value": row["value"], "names": material.names(row["nominee"])}
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


def _menu(material: Material) -> Iterable[MenuItem]:
    return [MenuItem(PATH, N_("Reveal"))] if is_sealed(material.season) else []


REVEAL: Final = PageKind("reveal", "reveal.html", _pages, _view, menu=_menu)
