"""What a certificate says of its sources, its limits, and what nobody can check. A chapter of verify.py."""

import json
import re
from collections import Counter, defaultdict
from csv import DictReader
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

from verify import (
    COLUMNS,
    TABLES,
    Row,
    canonical,
    chapter,
    digests,
    read_key,
    read_note,
    read_table,
    refuse,
    same,
    text_of,
    unchecked,
    written,
)

VOTES = ("ballots", "totals", "voters")
MAPS = ("where", "replace", "lookup", "unless")


def kind_of(sources: list[Row]) -> str:
    """Say what sources are: real, made up, or some of each."""
    kinds = {source["coverage"]["synthetic"] for source in sources}
    return "partly synthetic" if len(kinds) > 1 else "synthetic" if kinds == {True} else "real"


def sources_of(season: Row) -> Row:
    """Give what the result rests on, and each source as it is stated."""
    votes = [source for source in season["source"] if source["kind"] in VOTES]
    others = kind_of([source for source in season["source"] if source["kind"] not in VOTES])
    taken = [{"coverage": {"synthetic": False}}] if "live" in season.get("vote", {}) else []
    kind, is_made_up = kind_of([*season["source"], *taken]), kind_of([*votes, *taken]) == "synthetic"
    if kind == "partly synthetic" and is_made_up and others == "real":
        kind = "synthetic ballots"
    if season.get("vote", {}).get("live", {}).get("guests"):
        kind = "guest ballots" if others == "real" else "partly synthetic"
    rows = []
    for source in season["source"]:
        row, seen = (
            {key: source.get(key, "") for key in ("id", "kind", "title", "publisher", "licence")},
            source["coverage"],
        )
        gaps = [{"account": "", **gap, "from": str(gap["from"]), "to": str(gap["to"])} for gap in seen.get("gaps", [])]
        row |= {"from": str(seen["from"]), "to": str(seen["to"]), "sampling": seen["sampling"], "gaps": gaps}
        rows.append(row | {"synthetic": seen["synthetic"]})
    return {"kind": kind, "sources": rows}


def mapping_of(source: Row, rows: list[Any], nominees: set[str]) -> list[Row]:
    """Give what a source's mapping did to how many rows, by nominee; whoever is no nominee is not named."""
    keys, found = ("key", "column", "said", "ours", "nominee"), Counter()
    for row in rows:
        if row.source == source["id"]:
            said = (row.said, row.ours) if row.nominee in nominees or row.key != "lookup" else ("", "")
            found[row.key, row.column, *said, row.nominee if row.nominee in nominees else ""] += row.rows
    return [dict(zip(keys, told, strict=True)) | {"rows": many} for told, many in sorted(found.items())]


def rows_of(tables: Row) -> dict[str, Row]:
    """Give, by file and source, how many rows were read, and what became of them."""
    reasons, found = defaultdict(Counter), defaultdict(dict)
    for row in tables["set_aside"]:
        reasons[row.source, row.file][row.reason] += 1
    for row in tables.get("source_files", []):
        used = {"read": row.rows, "passed_over": row.passed_over, "used": row.rows - row.passed_over - row.set_aside}
        found[row.file][row.source] = used | {"set_aside": {**reasons[row.source, row.file]}}
    return found


def cited(code: str, **values: Any) -> Row:
    """Give a sentence by its code."""
    return {"code": code, "values": values}


def limits_of(season: Row, rules: Row, made: Row) -> list[Row]:
    """Give what the result cannot show."""
    vote, found = season.get("vote", {}), []
    log, live = made.get("vote", {}).get("log"), vote.get("live")
    if live and live.get("guests"):
        found.append(cited("limits.guests"))
    last = max((one["to"] for one in vote.get("window", [])), default=None)
    if log and last and datetime.fromisoformat(log["closed_at"]) < last:
        found.append(cited("limits.closed-early", at=log["closed_at"], end=written(last), why=log["because"]))
    for source in season["source"]:
        named = {"source": source["id"], "title": source["title"] or source["id"]}
        found += [cited("limits.synthetic", **named)] if source["coverage"]["synthetic"] else []
        found += [cited("limits.totals", **named)] if source["kind"] == "totals" else []
        if not (terms := source.get("terms", {})).get("redistribute", True):
            found.append(cited("limits.withheld", why=terms["because"], **named))
    if not vote:
        return found
    choices = sorted(rules[vote["rule"]].get("not_found", {}).items())
    found += [cited("limits.choice", rule=vote["rule"], key=key, choice=choice) for key, choice in choices]
    witnesses = (log or {}).get("witnesses", {})
    is_seen = len(witnesses.get("opened", {}).get("cosigned", [])) >= max(
        1, witnesses.get("policy", {}).get("least", 1)
    )
    if live is None and not is_seen:
        purges = season.get("audit", {}).get("purges", [])
        found += [cited("limits.not-provably-declared", rule=rule) for rule in purges]
    audit, names = made["audit"], ("check", "subject", "found", "expected")
    for finding in audit["findings"]:
        if finding["verdict"] == "fails":
            found.append(cited("limits.check-fails", **{name: finding[name] for name in names}))
    rows = {row["scenario"]: row for row in audit["sensitivity"]["rows"]}
    for scenario in audit["sensitivity"]["changes"]:
        told = {name: rows[scenario][name] for name in ("kind", "scenario", "winners")}
        found.append(cited("limits.another-winner", **told))
    return found


def not_checked(season: Row) -> list[Row]:
    """Give what nobody can check who has every file of the season."""
    live, sources = season.get("vote", {}).get("live"), season["source"]

    def titles(some: list[Row]) -> list[str]:
        return [source["title"] or source["id"] for source in some]

    of = {kind: [source for source in sources if source["kind"] == kind] for kind in ("ballots", "totals")}
    mapped = [source for source in sources if any(source.get(key) for key in MAPS)]
    who = "guests" if live and live.get("guests") else "voters"
    told = [
        ("truth", titles(sources), sources),
        ("files", None, sources),
        ("mapped", titles(mapped), mapped),
        ("accounts", None, any(source.get("platform") for source in sources)),
        ("ballots", titles(of["ballots"]), of["ballots"]),
        ("totals", titles(of["totals"]), of["totals"]),
        (who, None, live is not None or of["ballots"]),
        ("turned-away", None, live is not None),
    ]
    return [cited(f"not-checked.{code}", **({"titles": of} if of else {})) for code, of, is_so in told if is_so]


def check_margin(made: Row) -> None:
    """Compare what is said of the margin with the result."""
    placed, winners, stated = made["result"]["positions"], made["result"]["winners"], made["audit"]["sensitivity"]
    second = next((row for row in placed if row["nominee"] not in winners), {"nominee": "", "value": 0})
    margin = placed[0]["value"] - second["value"] if len(winners) == 1 else 0
    right = {"margin": margin, "second": second["nominee"], "unit": made["result"]["unit"]}
    same("certificate.audit.sensitivity", {key: stated[key] for key in right}, right)
    certified = [row for row in stated["rows"] if row["kind"] == "certified"]
    same("certificate.audit.sensitivity.rows", [row["winners"] for row in certified], ["; ".join(sorted(winners))])


TOTALS = [f"{of}_{one}" for of in ("ballots", "votes") for one in COLUMNS] + ["votes_weighted"]
MADE = {  # tables that follow from the statement itself, with their columns
    "nominees": {"nominee": "", "name": "", "ground": "", "points": ":i", "charts": ":n", "source": ""},
    "totals": {"nominee": "", "channel": "", **dict.fromkeys(TOTALS, ":i")},
    "voids": {"nominee": "", "channel": "", "reason": "", "ballots": ":i", "votes": ":i"},
    "result": {"position": ":n", "nominee": "", "value": ":i", "exact": "", "unit": "", "is_winner": ":b"},
}


def check_made(made: Row) -> None:
    """Compare the digests of tables with those of the rows that are stated; the others are not made here."""
    result, cited = made.get("result", {}), made["evidence"]["made"]
    rest = {"exact": "", "unit": result.get("unit")}
    rows = {
        "nominees": [{**row, "source": row["source"]["values"].get("source", "")} for row in made.get("nominees", [])],
        "totals": result.get("totals", []),
        "voids": result.get("voids", []),
        "result": [{**rest, **row, "is_winner": row["position"] == 1} for row in result.get("positions", [])],
    }
    for name, columns in MADE.items():
        if name in cited:
            streams = {column: digests(kind, [row[column] for row in rows[name]]) for column, kind in columns.items()}
            part = {"rows": len(rows[name]), "columns": streams}
            text = canonical({"table": name, "parts": {"": part}})
            right = {"rows": len(rows[name]), "sha256": sha256(text.encode()).hexdigest()}
            same(f"certificate.evidence.made.{name}", cited[name], right)
    others = sorted({*cited} - {*MADE, *TABLES})
    unchecked.append(f"made tables, beyond their digest: {', '.join(others)}")


def check_honours(folder: Path, season: Row, made: Row) -> None:
    """Compare the record of titles with honours.csv, this certificate, and earlier ones under keys of season.toml."""
    path, held, names = folder / "honours.csv", {}, ("award", "edition", "artist", "outcome", "source", "grade")
    for line in DictReader(path.read_text("utf-8-sig").splitlines(keepends=True)) if path.is_file() else ():
        row = {name: normalize("NFC", line[name]).strip() for name in names} | {
            "edition_order": (line.get("order") or "").strip()
        }
        if (key := (row["award"], row["edition"], row["artist"])) in held or row["grade"] not in tuple("PNFD"):
            refuse("honours.csv", f"{', '.join(key)}: given twice, or of a grade that no row can have")
        held[key] = row
    statements, keys = [made], [read_key(text) for text in season.get("honours", {}).get("keys", [])]
    for note in sorted((folder / "certificates").glob("*.note")):
        signers = [key for key in keys if f"\n— {key.name} " in text_of(note)]
        if not signers:
            refuse(f"certificates/{note.name}", "it is signed by no key that season.toml names under [honours]")
        statements.append(json.loads(read_note(f"certificates/{note.name}", text_of(note), signers[0])[0]))
    found = dict(held)
    for of in statements:
        if of.get("result") and of["evidence"]["kind"] == "real":
            award, edition, winners = of["season"]["award"], of["season"]["edition"], {*of["result"]["winners"]}
            editions = [row for row in held.values() if (row["award"], row["edition"]) == (award, edition)]
            told = {row["artist"] for row in editions if row["outcome"] == "won"}
            if told and told != winners:
                refuse("honours.csv", f"{award} {edition}: it says {sorted(told)} won, a certificate {sorted(winners)}")
            for who in (row["nominee"] for row in of["result"]["positions"]):
                outcome = "won" if who in winners else "nominated"
                if (award, edition, who) not in found or (outcome, found[award, edition, who]["outcome"]) == (
                    "won",
                    "nominated",
                ):
                    source, order = (
                        f"certificate of {of['season']['origin']}",
                        [row["edition_order"] for row in editions],
                    )
                    row = {"award": award, "edition": edition, "artist": who, "outcome": outcome, "source": source}
                    found[award, edition, who] = row | {"grade": "C", "edition_order": order[0] if order else ""}
    TABLES["honours"] = "award! edition! artist! outcome source grade edition_order"
    rows, _ = read_table(folder / "evidence", "honours", 1_000_000)
    same("evidence/honours", [row._asdict() for row in rows], [found[key] for key in sorted(found)])


def made(folder: Path, season: Row, rules: Row, tables: Row, made: Row) -> Row:
    """Give all that a certificate says of itself."""
    for name, version in made["software"].items():
        if not re.fullmatch(r"[0-9][0-9A-Za-z.+!-]{0,63}", version):
            refuse(f"certificate.software.{name}", f"{version!r:.99} is no version")
    rows, said = rows_of(tables), sources_of(season)
    maps = {source["id"] for source in season["source"] if source.get("where")}
    for row in tables.get("source_files", []):
        if row.passed_over and row.source not in maps:
            refuse(f"evidence/source_files, {row.file}", f"{row.source} has no where, and passed rows over")
    nominees = {row["nominee"] for row in made.get("nominees", [])}
    for source, row in zip(season["source"], said["sources"], strict=True):
        if any(source.get(key) for key in MAPS):
            row["mapping"] = mapping_of(source, tables.get("mappings", []), nominees)
    inputs = {
        name: {"sha256": of["sha256"]} | ({"rows": rows[name]} if name in rows else {})
        for name, of in made["inputs"].items()
    }
    if "result" in made:
        check_margin(made)
    check_made(made)
    check_honours(folder, season, made)
    if evidence := chapter("evidence", "the files of the evidence as files, and whose posts and readings are"):
        evidence.check(folder, season, made["evidence"], tables)
    if sources := chapter("sources", "that evidence is what data/ gives"):
        sources.check(folder, season, tables)
    found = {"evidence": made["evidence"] | said, "inputs": inputs, "limits": limits_of(season, rules, made)}
    if published := chapter("published", "published/ but certificate and rules; which rules are shipped; findings"):
        published.check(folder, made | found)
    return found | {"not_checked": not_checked(season)}
