"""About the evidence: real or made up, whose it is, the log and the keys, and how to check without trusting anybody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.weeks import to_instant
from plaudit.certify.certificate import VERIFIER_KEY
from plaudit.certify.inputs import input_digests
from plaudit.site.kinds import Page, PageKind
from plaudit.site.limits import limits_html
from plaudit.site.pages.coverage import source_facts
from plaudit.site.pages.edition import nominee_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["EVIDENCE"]

_FILES_MOST: Final = 40


def _pages(site_data: SiteData) -> Iterator[Page]:
    stated = site_data.statement
    key = site_data.season.published_file(VERIFIER_KEY)
    inputs = sorted(input_digests(stated).items())
    yield Page(
        "evidence.html",
        {
            "kind": site_data.evidence_kind,
            "readings_kind": site_data.readings_kind,
            "sources": [
                {name: value for name, value in source_facts(source).items() if name not in ("gaps", "sampling")}
                for source in site_data.season.sources
            ],
            "ways": list(site_data.season.live.ways) if site_data.season.live else [],
            "log": stated.get("vote", {}).get("log"),
            "key": key.read_text("utf-8").strip() if key.is_file() else "",
            "software": stated["software"]["plaudit"],
            "limits": stated["limits"],
            "not_checked": stated.get("not_checked", []),
            "names": nominee_names(site_data),
            "inputs": inputs[:_FILES_MOST],
            "inputs_count": len(inputs),
            "tables_count": len(stated["evidence"]["tables"]),
            "is_sealed": site_data.is_still_sealed,
            "has_edition": site_data.season.nomination is not None,
        },
    )


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    made: dict[str, object] = {key: limits_html(facts[key], facts["names"], words) for key in ("limits", "not_checked")}
    if facts["log"]:
        made["closed_at"] = to_instant(datetime.fromisoformat(facts["log"]["closed_at"]))
    return made


EVIDENCE: Final = PageKind("evidence", "evidence.html", _pages, _view)
