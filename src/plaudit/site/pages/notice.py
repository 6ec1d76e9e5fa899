"""The purge notice: what each rule set aside, before and after, and how a voter finds a ballot again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs

from plaudit.publish.figures import DAYS_MOST, Purge
from plaudit.publish.notice_blocks import became, cast_said, late_said, without_said
from plaudit.site.kinds import Page, PageKind
from plaudit.site.limits import limits_html
from plaudit.site.pages.edition import nominee_names
from plaudit.site.pages.rules import rule_said
from plaudit.words.message import with_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from plaudit.publish.figures import BeforeAndAfter, Figures
    from plaudit.site.site_data import SiteData
    from plaudit.words.message import Value
    from plaudit.words.words import Words

__all__ = ["NOTICE"]

_SHOWN_ROWS: Final = 200


def _pages(site_data: SiteData) -> Iterator[Page]:
    if "audit" not in site_data.statement:
        return
    found = site_data.audit_figures
    yield Page(
        "notice.html",
        {
            "names": nominee_names(site_data),
            "winners": site_data.statement["result"]["winners"],
            "votes": [found.votes(column) for column in ("cast", "counted", "set_aside")],
            "purges": [_purge(site_data, row) for row in found.purges],
            "without": found.scenario("none"),
            "late": found.scenario("late"),
            "before_and_after": _before_and_after(found),
            "day_count": len(found.days),
            "days": _days(found) if len(found.days) <= DAYS_MOST else [],
            "appeals": found.appeals,
            "not_seen": found.not_seen,
        },
    )


def _purge(site_data: SiteData, row: Purge) -> dict[str, Any]:
    return {**structs.asdict(row), "values": msgspec.to_builtins(site_data.season.rules[row.rule].rule)}


def _before_and_after(found: Figures) -> list[BeforeAndAfter]:
    rows = found.before_and_after()
    return sorted(rows, key=lambda row: (-row.after, row.nominee, row.channel))[:_SHOWN_ROWS]


def _days(found: Figures) -> list[dict[str, Any]]:
    return [
        {
            "nominee": day.nominee,
            "channel": day.channel,
            "day": day.day,
            "cast": day.cast,
            "set_aside": sum(day.purged.values()),
            "before": day.before["counted"],
            "after": day.after["counted"],
        }
        for day in found.days
    ]


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    def told(said: Value) -> Markup:
        return words.html(with_names(said, facts["names"]))

    purges = [
        {
            **row,
            "sections": rule_said(row["values"], words),
            "became": words.html(tuple(became(msgspec.convert(row, Purge)))),
        }
        for row in facts["purges"]
    ]
    declared = [row for row in purges if not row["late"]]
    return {
        "declared": declared,
        "idle": [row for row in declared if not row["voters"]],
        "late": [row for row in purges if row["late"]],
        "not_seen": limits_html(facts["not_seen"], facts["names"], words),
        "purging": [row for row in declared if row["does"] == "set aside"],
        "lead": words.html(cast_said(*facts["votes"])),
        "without": told(without_said(facts["without"])),
        "late_said": [told(said) for said in late_said(facts["late"])],
        "label_of": {nominee: words.name(names) for nominee, names in facts["names"].items()},
        "day_of": {
            "before the vote": words.text("before the vote"),
            "after the vote": words.text("after the vote"),
        },
    }


NOTICE: Final = PageKind("notice", "notice.html", _pages, _view)
