"""What is published beside the certificate, and the audit's own tables. A chapter of verify.py."""

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from verify import Row, checked, refuse, same, unchecked

PLAIN = {"certificate.note", "verifier.key", "certificate.md", "coverage.json", "honours.json", "nominees.csv"}
COUNTED = {"totals.csv", "voids.csv", "result.json"}
NOTICE = {f"notice.{form}" for form in ("md", "html", "json")}
NOTICE |= {f"{name}.csv" for name in ("cases", "days", "findings", "sensitivity")}
FORMULA, FIGURE = re.compile(r"'*[=+\-@\t\r\n]"), re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def check_names(folder: Path, made: Row) -> None:
    """Refuse a file below published/ that follows from nothing; pages and hidden files are not looked at."""
    known = PLAIN | {f"rules/{name}.{form}" for name in made["rules"] for form in ("toml", "md")}
    known |= {f"charts/{chart['rule']}/entries.csv" for chart in made.get("charts", [])}
    told = ("releases", "superseded") if (folder.parent / "releases").is_dir() else ()
    known |= {f"charts/{chart['rule']}/{name}.csv" for chart in made.get("charts", []) for name in told}
    known |= {f"charts/{c['rule']}/{week['week']}.json" for c in made.get("charts", []) for week in c["weeks"]}
    if "result" in made:
        queries = {f"{purge['rule']}.sql" for purge in made["audit"]["purges"]}
        known |= COUNTED | {f"audit/{name}" for name in NOTICE | queries}
    known |= {"commitment.note"} if "commitment" in made.get("vote", {}) else set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        parts = path.relative_to(folder).parts
        if parts[0] != "site" and not any(part.startswith(".") for part in parts) and "/".join(parts) not in known:
            refuse(f"published/{'/'.join(parts)}", "it follows from nothing")


def guarded(value: Any) -> str:
    """Give a value as CSV holds it: a text that a spreadsheet would take for a formula has an apostrophe before it."""
    text = "" if value is None else str(value)
    is_formula = isinstance(value, str) and FORMULA.match(text) and not FIGURE.fullmatch(text)
    return f"'{text}" if is_formula else text


def check_csv(path: Path, place: str, rows: list[Row]) -> None:
    """Compare a file of rows with the rows that are stated."""
    if not path.is_file():
        refuse(place, "it is missing")
    with path.open(encoding="utf-8", newline="") as file:
        held = [*csv.reader(file)]
    head, lines = (held[0], held[1:]) if held else ([], [])
    if len({*head}) < len(head) or any(len(line) != len(head) for line in lines):
        refuse(place, "its columns cannot be told apart")
    same(
        place,
        [dict(zip(head, line, strict=True)) for line in lines],
        [{k: guarded(row[k]) for k in row} for row in rows],
    )


def check_audit(evidence: Path, stated: Row) -> None:
    """Compare findings and sensitivity with the tables that the certificate cites by digest."""
    rows = pq.ParquetFile(evidence / "findings.parquet").read().to_pylist()
    names = ("check", "subject", "verdict")
    held = [{**{name: row[name] for name in names}, "found": row["found"], "expected": row["expected"]} for row in rows]
    for row in held:
        row |= {name: json.loads(row[name]) if row[name] else [] for name in ("found", "expected")}
    order = [sorted(some, key=lambda row: (row["check"], row["subject"])) for some in (stated["findings"], held)]
    same("certificate.audit.findings", *order)
    rows = pq.ParquetFile(evidence / "sensitivity.parquet").read().to_pylist()
    same("certificate.audit.sensitivity.rows", stated["sensitivity"]["rows"], rows)
    changes = [row["scenario"] for row in rows if row["changes"]]
    same("certificate.audit.sensitivity.changes", stated["sensitivity"]["changes"], changes)


def check_shipped(rules: Row) -> None:
    """Hold the rules against the list of shipped ones, beside this file or in Plaudit's own folder."""
    here = Path(__file__).parent
    lists = [here / "published.toml", here.parent / "src/plaudit/rulebook/files/published.toml"]
    if not (lists := [path for path in lists if path.is_file()]):
        unchecked.append("that a rule called shipped is one: published.toml is not here")
        return
    shipped = tomllib.loads(lists[0].read_text("utf-8"))["sha256"]
    for name, rule in rules.items():
        if name in shipped and shipped[name] != rule["sha256"]:
            refuse(f"rules/{name}.toml", "a shipped rule has that name, and other bytes")
        if rule["shipped"] and name not in shipped:
            refuse(f"certificate.rules.{name}.shipped", "no rule of that name is shipped")
    if later := sorted(name for name, rule in rules.items() if not rule["shipped"] and name in shipped):
        unchecked.append(f"why shipped rules are called the season's own: {', '.join(later)}")


def check(folder: Path, made: Row) -> None:
    """Check them all; the rest is named."""
    check_names(folder / "published", made)
    check_shipped(made["rules"])
    if "nominees" in made:
        rows = [{**row, "source": row["source"]["values"].get("source", "")} for row in made["nominees"]]
        check_csv(folder / "published/nominees.csv", "published/nominees.csv", rows)
    if "result" in made:
        for name in ("totals", "voids"):
            check_csv(folder / f"published/{name}.csv", f"published/{name}.csv", made["result"][name])
        held = json.loads((folder / "published/result.json").read_text("utf-8"))
        same("published/result.json", held, {"evidence": made["evidence"]["kind"], **made["result"]})
        check_audit(folder / "evidence", made["audit"])
        checked.append(
            "published: nominees, totals, voids and result; findings and sensitivity as their tables have them"
        )
        unchecked.append("findings and sensitivity: they are not worked out again")
    unchecked.append("published/: what is said in words, charts/, coverage.json, honours.json, audit/, pages")
