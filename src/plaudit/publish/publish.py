"""The step publish: what the public reads, as files with the same bytes each time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.digests import files_below
from plaudit.base.weeks import instant_text
from plaudit.certify.certificate import CERTIFICATE, VERIFIER_KEY
from plaudit.certify.statement import readings_kind
from plaudit.honour.honours import firsts, records
from plaudit.publish.account import certificate_account
from plaudit.publish.audited import audit_files
from plaudit.publish.charts import charts
from plaudit.publish.coverage import coverage
from plaudit.publish.formats import csv_bytes, json_bytes
from plaudit.rulebook.sentences.rule import rule_blocks
from plaudit.store.joins import left_join_unique
from plaudit.words.document import as_markdown
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.base.change import InPlace
    from plaudit.honour.honours import Honour
    from plaudit.publish.charts import Chart, Entry, Week
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["SITE", "publish", "released_week_file", "write_files", "write_notice"]

SITE: Final = "site"
"""The folder of the pages, which are built and kept by themselves."""
_SIGNED: Final = frozenset({CERTIFICATE, VERIFIER_KEY})
_ENTRY_KEYS: Final = (
    *("position", "artist", "points", "last_week", "peak", "weeks_on_chart", "weeks_at_no_1", "streak"),
    *("streak_at_no_1", "status", "flags"),
)
_PART_KEYS: Final = ("measure", "value", "total", "weight_ppm", "points")


def publish(season: Season, tables: Evidence, statement: dict[str, Any], honours: list[Honour]) -> dict[str, bytes]:
    """Give every published file but the signed ones, by path below `published/`.

    A statement without the result of the season's vote, which is sealed then, gives what does not tell it.
    """
    is_told = season.vote is None or "result" in statement
    files: dict[str, bytes] = {"coverage.json": json_bytes(coverage(tables, statement, season.withheld_platforms()))}
    if is_told:
        files["certificate.md"] = certificate_account(season, statement).encode()
    for chart in charts(season, tables):
        files |= _chart_files(chart, tables, season)
    if season.nomination:
        files["nominees.csv"] = csv_bytes(tables.to_rows(tables.read("nominees").order_by("nominee")))
    if season.vote and is_told:
        files["totals.csv"] = csv_bytes(statement["result"]["totals"])
        files["voids.csv"] = csv_bytes(statement["result"]["voids"])
        files |= audit_files(season, tables, statement)
        files["result.json"] = json_bytes({"evidence": statement["evidence"]["kind"], **statement["result"]})
    if honours:
        files["honours.json"] = json_bytes(
            {
                "honours": [asdict(honour) for honour in honours],
                "records": [asdict(record) for record in records(honours)],
                "firsts": [asdict(first) for first in firsts(honours, season.artists)],
            }
        )
    for name, cited in sorted(season.rules.items()):
        files[f"rules/{name}.toml"] = cited.path.read_bytes()
        files[f"rules/{name}.md"] = as_markdown(rule_blocks(cited.rule), words_of(SOURCE_LANGUAGE)).encode()
    return files


def write_files(folder: InPlace, files: dict[str, bytes]) -> None:
    """Write the files that changed and remove those that are no longer published; the pages are left alone."""
    for path in list(files_below(folder.folder)) if folder.folder.is_dir() else []:
        name = path.relative_to(folder.folder).as_posix()
        if name not in files and name not in _SIGNED and not name.startswith(f"{SITE}/"):
            folder.remove(name)
    for name, data in files.items():
        path = folder.found(name)
        if not (path.is_file() and path.read_bytes() == data):
            folder.write(name, data)


def write_notice(season: Season, tables: Evidence, statement: dict[str, Any]) -> Path:
    """Write the purge notice and the queries of the rules, and give their folder; nothing else is touched.

    Parameters
    ----------
    statement : its `audit`
    """
    files = audit_files(season, tables, statement)
    notice = season.files.below("published/audit")
    write_files(notice, {name.removeprefix("audit/"): data for name, data in files.items()})
    return notice.folder


def _chart_files(chart: Chart, tables: Evidence, season: Season) -> dict[str, bytes]:
    responses, readings = _responses(tables, chart.name, season.withheld_platforms()), readings_kind(season)
    folder = f"charts/{chart.name}"
    files = {f"{folder}/entries.csv": csv_bytes(chart.rows())}
    told = _releases(tables, chart.name)
    if told:
        files[f"{folder}/releases.csv"] = csv_bytes([row for week in told.values() for row in week])
        superseded = tables.read("superseded")
        replaced = superseded.filter(superseded.chart == chart.name).order_by("week", "release", "position", "artist")
        files[f"{folder}/superseded.csv"] = csv_bytes(tables.to_rows(replaced))
    for week in chart.weeks:
        files[f"{folder}/{week.week}.json"] = _week_file(week, told.get(week.week, []), readings, responses)
    return files


def released_week_file(season: Season, tables: Evidence, releases: list[dict[str, Any]]) -> bytes:
    """Give the file of the one week that the tables of its release hold, as publishing the season gives it.

    Parameters
    ----------
    releases : the week's rows of the table releases
    """
    chart = next(chart for chart in charts(season, tables) if chart.weeks)
    responses = _responses(tables, chart.name, season.withheld_platforms())
    return _week_file(chart.weeks[0], [_told(row) for row in releases], readings_kind(season), responses)


def _week_file(
    week: Week,
    releases: list[dict[str, Any]],
    readings: str,
    responses: dict[tuple[str, str], list[dict[str, Any]]],
) -> bytes:
    return json_bytes(
        {
            "chart": week.chart,
            "week": week.week,
            "verdict": week.verdict,
            "missing_days": week.days_missing,
            **({"unfed_parts": week.unfed.split()} if week.unfed else {}),
            **({"releases": releases} if releases else {}),
            "readings": readings,
            "entries": [_entry(entry, responses[week.week, entry.artist]) for entry in week.entries],
        }
    )


def _releases(tables: Evidence, rule_name: str) -> dict[str, list[dict[str, Any]]]:
    """Give the releases of each week, where weeks are released."""
    if not tables.has("releases"):
        return {}
    releases, found = tables.read("releases"), defaultdict(list)
    for row in tables.to_rows(releases.filter(releases.chart == rule_name).order_by("week", "release")):
        found[row["week"]].append(_told(row))
    return found


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row of the table releases as it is published."""
    told = {key: instant_text(row[key]) if key == "released_at" else row[key] for key in row}
    return {key: told[key] for key in told if key != "chart"}


def _entry(entry: Entry, posts: list[dict[str, Any]]) -> dict[str, Any]:
    """Give an entry as the week's file has it: with `exact` only where two have the same points."""
    return {
        **{key: getattr(entry, key) for key in _ENTRY_KEYS},
        **({"exact": entry.exact} if entry.exact else {}),
        "names": entry.names,
        "parts": [{key: getattr(part, key) for key in _PART_KEYS} for part in entry.parts],
        "posts": posts,
    }


def _responses(tables: Evidence, rule_name: str, withheld: list[str]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Give each entry's posts and what they gained between which readings, the most gained first.

    Parameters
    ----------
    withheld : platforms whose rows may not be published; their posts are left out
    """
    gains, posts = tables.read("gains"), tables.read("posts")
    of_posts = gains.filter(gains.chart == rule_name, gains.post != "")
    if withheld:
        of_posts = of_posts.filter(~of_posts.platform.isin(withheld))
    titled = left_join_unique(of_posts, posts.select("platform", "post", "title", "published_at"), ["platform", "post"])
    on_chart = titled.semi_join(tables.read("entries"), ["chart", "week", "artist"])
    found: dict[tuple[str, str], dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    for row in tables.to_rows(on_chart.order_by("week", "artist", "platform", "post", "metric")):
        post = found[row["week"], row["artist"]].setdefault(
            (row["platform"], row["post"]),
            {key: row[key] for key in ("platform", "account", "post", "title")}
            | {"published_at": instant_text(row["published_at"]), "gains": {}},
        )
        post["gains"][row["metric"]] = {
            "gain": row["gain"],
            "from": row["baseline"],
            "from_at": instant_text(row["baseline_at"]) if row["baseline_at"] is not None else None,
            "to": row["last_value"],
            "to_at": instant_text(row["last_at"]),
        } | ({"shared_by": row["shared_by"]} if row["shared_by"] > 1 else {})
    return defaultdict(
        list,
        {
            key: sorted(
                of_entry.values(), key=lambda post: (-max(g["gain"] for g in post["gains"].values()), post["post"])
            )
            for key, of_entry in found.items()
        },
    )
