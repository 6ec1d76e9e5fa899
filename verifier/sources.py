"""The sources in data/ once more: ballots, totals and facts of voters in plain files. A chapter of verify.py.

A row is judged if it is plain: no quotes around lines, ids in ASCII, whole numbers, times in ISO 8601 with an offset.
Whatever is not judged is said: other formats, keys of a source that are not known here, rows that are not plain.
"""

import csv
import re
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from verify import GESTURES, Row, chapter, checked, instant, refuse, unchecked

KINDS = ("ballots", "totals", "voters")
KNOWN = {"id", "kind", "title", "files", "coverage", "columns", "publisher", "url", "licence", "platform", "stores"}
KNOWN |= {"constants", "where", "replace", "same_rows", "zone", "date_at"}
ID, NO_IDS = re.compile(r"[A-Za-z0-9][!-~]*"), {"nan", "null", "none", "n/a", "na", "true", "false", "inf"}
NUMBER, ROUNDED = re.compile(r"0|[1-9]\d{0,8}"), re.compile(r"[\d.]+[eE][+-]?\d+|\d+\.0*")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
FLAGS = {"true": True, "t": True, "yes": True, "1": True, "false": False, "f": False, "no": False, "0": False}
TWICE = ("ballot given again", "duplicate key with different values")
WRONG = ("missing value", "not a whole number", "malformed time", "not yes or no", "unknown gesture", "no votes")
STATES = ("open", "closed", "suspended")
EMPTY = {"ballot": "", "gesture": "vote", "votes": "1", "tags": "1", "is_deleted": "no", "is_private": "no", "post": ""}


class NotPlain(Exception):
    """A row that is not judged here."""


class Cells:
    """One row of a file, by our names of its columns."""

    def __init__(self, source: Row, cells: Row) -> None:
        self.source, self.cells = source, cells

    def text(self, column: str) -> str:
        said = self.source.get("constants", {}).get(column)
        if said is None:
            name = self.source["columns"].get(column)
            said = EMPTY.get(column, "") if name is None else (self.cells[name] or "").strip()
        said = self.source.get("replace", {}).get(column, {}).get(said, said)
        return said or EMPTY.get(column, "")

    def id(self, column: str, may_lack: bool = False) -> str:
        said = self.text(column)
        if said == "" and may_lack:
            return ""
        if not ID.fullmatch(said) or said.lower() in NO_IDS or ROUNDED.fullmatch(said):
            raise NotPlain
        return said

    def number(self, column: str) -> int:
        if not NUMBER.fullmatch(said := self.text(column)):
            raise NotPlain
        return int(said)

    def at(self, column: str) -> int | None:
        if not (said := self.text(column)):
            return None
        if not TIME.fullmatch(said):
            raise NotPlain
        try:
            found = datetime.fromisoformat(said)
        except ValueError as error:
            raise NotPlain from error
        if not 1991 < found.year < 2099:
            raise NotPlain
        return instant(found)

    def flag(self, column: str) -> bool:
        if (said := self.text(column).lower()) not in FLAGS:
            raise NotPlain
        return FLAGS[said]


def ballot_of(cells: Cells) -> tuple[Any, ...]:
    """Give a voter's name, the ballot's own id, and what the table says of it."""
    at, gesture, votes, tags = cells.at("cast_at"), cells.text("gesture"), cells.number("votes"), cells.number("tags")
    if at is None or gesture not in GESTURES or not votes or not 0 < tags < 2**15:
        raise NotPlain
    said: tuple[Any, ...] = (cells.id("channel"), cells.id("nominee"), votes, at, gesture, tags)
    said += (cells.flag("is_deleted"), cells.flag("is_private"), cells.at("account_created_at"))
    return cells.id("voter"), cells.id("ballot", may_lack=True), (*said, cells.id("post", may_lack=True))


def facts_of(cells: Cells) -> list[tuple[str, str]]:
    """Give what is said of a voter."""
    facts = [(fact, cells.id(fact, may_lack=True)) for fact in ("state", "linked", "network")]
    if not any(value for _, value in facts) or facts[0][1] not in ("", *STATES):
        raise NotPlain
    return [(fact, value) for fact, value in facts if value]


def files_of(folder: Path, source: Row) -> list[tuple[str, list[tuple[int, Row]]]]:
    """Give each file of a source with its rows by the line that each begins on; nothing if it cannot be read here."""
    found = []
    for path in sorted(path for path in folder.glob(source["files"]) if path.is_file()):
        try:
            text = path.read_bytes().decode("utf-8-sig") if path.suffix.lower() == ".csv" else '"'
        except UnicodeDecodeError:
            return []
        if '"' in text or "\r" in text.replace("\r\n", "") or text.startswith("sep="):
            return []
        head, *lines = text.splitlines()
        names = next(csv.reader([head]))
        rows = [(number, next(csv.reader([line]))) for number, line in enumerate(lines, 2) if line.strip()]
        needed = {*source["columns"].values(), *source.get("where", {})}
        if len({*names}) < len(names) or not needed <= {*names} or any(len(row) != len(names) for _, row in rows):
            return []
        name = path.relative_to(folder).as_posix()
        found.append((name, [(number, dict(zip(names, row, strict=True))) for number, row in rows]))
    return found


class Collecting:
    """What plain files give, held against the tables that were made of them."""

    def __init__(self, folder: Path, season: Row, tables: Row) -> None:
        self.tables, self.aside = tables, defaultdict(set)
        for row in tables["set_aside"]:
            self.aside[row.source, row.file, row.row].add(row.reason)
        self.used: Row = {kind: [] for kind in KINDS}
        self.sources: Row = {kind: set() for kind in KINDS}
        self.unjudged: Counter[str] = Counter()
        for source in season["source"]:
            kind = source["kind"]
            if "fetch" in source and kind == "ballots":
                continue  # posts.py holds it against its authors' signatures
            if kind in KINDS and not (kind == "ballots" and "live" in season.get("vote", {})):
                self.read(folder, source)
            else:
                unchecked.append(f"that data/ gives what the source {source['id']} is said to hold: {kind}")

    def read(self, folder: Path, source: Row) -> None:
        """Read a source, if it is one that is read here."""
        others = sorted(name for name in source if name not in KNOWN)
        others += [name for name, column in source["columns"].items() if not isinstance(column, str)]
        if others or not (files := files_of(folder, source)):
            why = f"it has {', '.join(others)}" if others else "its files are not plain CSV"
            unchecked.append(f"that data/ gives what the source {source['id']} is said to hold: {why}")
            return
        told = {row.file: row for row in self.tables.get("source_files", []) if row.source == source["id"]}
        self.sources[source["kind"]].add(source["id"])
        for file, rows in files:
            where = source.get("where", {})
            ours = [one for one in rows if all(one[1][name].strip() == text for name, text in where.items())]
            right, row = (len(rows), len(rows) - len(ours)), told.pop(file, None)
            if row is None or (row.rows, row.passed_over) != right:
                refuse("evidence/source_files", f"{file} has {right[0]} rows, of which {right[1]} are passed over")
            for number, cells in ours:
                self.take(source, file, number, Cells(source, cells))
        if told:
            refuse("evidence/source_files", f"it names {min(told)}, which is no file of {source['id']}")

    def take(self, source: Row, file: str, number: int, cells: Cells) -> None:
        """Take one row, or count it as not judged."""
        reasons, kind = self.aside.get((source["id"], file, number), set()), source["kind"]
        try:
            if kind == "ballots":
                made: Any = ballot_of(cells)
            elif kind == "totals":
                has_time = "observed_at" in {*source["columns"], *source.get("constants", {})}
                at = cells.at("observed_at") if has_time else 0
                made = (cells.id("channel"), cells.id("nominee"), at, cells.number("votes"))
            else:
                made = (cells.id("voter"), facts_of(cells))
        except NotPlain:
            if not reasons:
                self.unjudged[kind] += 1
            return
        if wrong := reasons & {*WRONG}:
            refuse("evidence/set_aside", f"{file}, row {number}: {min(wrong)} is said of it, and it is not so")
        if reasons - {*TWICE}:
            unchecked.append(f"why {file}, row {number} was set aside: {', '.join(sorted(reasons))}")
        self.used[kind].append((f"{file}, row {number}", source, made, reasons))

    def check(self) -> None:
        """Compare them all."""
        self.check_ballots()
        self.check_totals()
        self.check_voters()
        for kind, many in self.unjudged.items():
            unchecked.append(
                f"{many} rows of {kind} in data/ that are not plain, and which row of evidence each became"
            )

    def same(self, table: str, right: Counter[Any], held: Counter[Any], kind: str) -> None:
        """Refuse a row that data/ gives and evidence lacks; a row more may come of one that was not judged."""
        if lacking := right - held:
            refuse(f"evidence/{table}", f"data/ gives {min(map(str, lacking))}, and the table has not")
        more = held - right
        if more.total() > self.unjudged[kind]:
            refuse(f"evidence/{table}", f"it has {min(map(str, more))}, and data/ gives no such row")
        if kind == "ballots" and more.total() < self.unjudged[kind]:
            refuse(
                "evidence/set_aside", f"{self.unjudged[kind] - more.total()} rows of {kind} are no ballots, nor there"
            )

    def check_ballots(self) -> None:
        """Compare ballots, each once, whoever cast them."""
        keys: Row = defaultdict(list)
        for place, source, (voter, own, said), reasons in self.used["ballots"]:
            channel, nominee, *_, post = said
            keys[place] = [("id", source["id"], own)] if own else []
            keys[place] += [("act", channel, nominee, voter, said[4], post)] if post else []
            keys[place] += [("row", voter, said)] if not own and source.get("same_rows") == "one" else []
            keys[place] += [("copy", voter, own, said)] if own and len(self.sources["ballots"]) > 1 else []
            if not keys[place] and reasons & {*TWICE}:
                refuse("evidence/set_aside", f"{place}: nothing says that it was given twice")
        every = Counter(key for some in keys.values() for key in some)
        kept = [one for one in self.used["ballots"] if not one[3]]
        told = Counter(key for place, *_ in kept for key in keys[place])
        for place, _, _, reasons in self.used["ballots"]:
            if reasons & {*TWICE} and all(every[key] < 2 for key in keys[place]) and not self.unjudged["ballots"]:
                refuse("evidence/set_aside", f"{place}: it is said to be given twice, and it is not")
        if twice := [key for key, many in told.items() if many > 1]:
            refuse("evidence/ballots", f"data/ gives {min(map(str, twice))} twice, and both count")
        right = Counter((source["id"], *said) for _, source, (_, _, said), _ in kept)
        columns: tuple[str, ...] = (
            "source",
            "channel",
            "nominee",
            "votes",
            "cast_at",
            "gesture",
            "tags",
            "is_deleted",
            "is_private",
        )
        columns += ("account_created_at", "post")
        rows = [row for row in self.tables.get("ballots", []) if row.source in self.sources["ballots"]]
        self.same("ballots", right, Counter(tuple(getattr(row, name) for name in columns) for row in rows), "ballots")

    def check_totals(self) -> None:
        """Compare totals that somebody else counted; of a key that is given two values, none is believed."""
        given = defaultdict(set)
        for _, _, (*key, votes), _ in self.used["totals"]:
            given[tuple(key)].add(votes)
        right = Counter((*key, *votes) for key, votes in given.items() if len(votes) == 1)
        rows = [row for row in self.tables.get("source_totals", []) if row.source in self.sources["totals"]]
        held = Counter((row.channel, row.nominee, row.observed_at, row.votes) for row in rows)
        self.same("source_totals", right, held, "totals")

    def check_voters(self) -> None:
        """Compare facts; and see that one voter of the sources is one pseudonym, and no two are the same."""
        given: dict[Any, set[str]] = defaultdict(set)
        theirs: dict[Any, list[Any]] = defaultdict(list)
        for _, _, (voter, facts), reasons in self.used["voters"]:
            for fact, value in facts if reasons <= {*TWICE} else ():
                given[voter, fact].add(value)
        for (voter, fact), values in given.items():
            if not (fact in ("state", "linked") and len(values) > 1):
                theirs[voter] += [("fact", fact, value) for value in values if (fact, value) != ("state", "open")]
        right = Counter(fact for some in theirs.values() for fact in some)
        rows = [row for row in self.tables.get("voter_facts", []) if row.source in self.sources["voters"]]
        self.same("voter_facts", right, Counter(("fact", row.fact, row.value) for row in rows), "voters")
        for _, _, (voter, _, said), reasons in self.used["ballots"]:
            theirs[voter] += [said] if not reasons else []
        held: dict[Any, list[Any]] = defaultdict(list)
        for row in rows:
            held[row.voter].append(("fact", row.fact, row.value))
        for b in self.tables.get("ballots", []):
            if b.source in self.sources["ballots"]:
                said = (b.channel, b.nominee, b.votes, b.cast_at, b.gesture, b.tags, b.is_deleted, b.is_private)
                held[b.voter].append((*said, b.account_created_at, b.post))
        both = [Counter(tuple(sorted(map(str, some))) for some in of.values() if some) for of in (theirs, held)]
        if self.unjudged.total():
            unchecked.append("that each voter of data/ has one pseudonym: some rows are not plain")
        elif both[0] != both[1]:
            refuse("evidence/ballots", "its voters are not one for one those of data/")


def check(folder: Path, season: Row, tables: Row) -> None:
    """Collect again what can be collected here, and say what cannot."""
    has_stream = any(one["kind"] == "ballots" and "fetch" in one for one in season["source"])
    if has_stream and (posts := chapter("posts", "that ballots of a stream are posts that their authors signed")):
        posts.check(folder, season, tables)
    if not (folder / "data").is_dir():
        return
    collecting = Collecting(folder, season, tables)
    collecting.check()
    if some := sorted(name for kind in KINDS for name in collecting.sources[kind]):
        checked.append(f"collected again from data/: {', '.join(some)}")
