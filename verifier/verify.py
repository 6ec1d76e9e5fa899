"""A second verifier of Plaudit's seasons, short enough to be read over coffee.

    python verifier/verify.py SEASON [--key KEY]

It takes a season's folder, believes nothing in it, and makes the certificate's statement once more, of rules, evidence
and log. Then it asks whether that is what was signed. It was written from docs/spec and shares no line with Plaudit.
Chapters lie beside it, and it names those that do not. Exit code 0: verified. 6: refused, and where. 2: usage.
"""

import json
import re
import struct
import sys
import tomllib
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections import Counter, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from hashlib import sha256
from importlib import import_module
from itertools import groupby, pairwise, product
from pathlib import Path
from typing import Any, NoReturn
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EPOCH, MILLION, DAY = datetime(1970, 1, 1, tzinfo=UTC), 1_000_000, 86_400_000_000
Row = dict[str, Any]


class Refused(Exception):
    """Something does not follow; the message begins with the place."""


UNREADABLE = (Exception,)  # whatever a stranger's bytes make a library say
checked, unchecked = list[str](), list[str]()


def refuse(place: str, why: str) -> NoReturn:
    raise Refused(f"{place}: {why}")


def same(place: str, stated: Any, right: Any) -> None:
    """Refuse what is stated where it is not what follows."""
    if isinstance(stated, dict) and isinstance(right, dict):
        for key in sorted({*stated, *right}):
            same(f"{place}.{key}", stated.get(key), right.get(key))
    elif isinstance(stated, list) and isinstance(right, list) and len(stated) == len(right):
        for number, pair in enumerate(zip(stated, right, strict=True)):
            same(f"{place}[{number}]", *pair)
    elif type(stated) is not type(right) or stated != right:
        refuse(place, f"{stated!r:.200} is stated, {right!r:.200} follows")


def canonical(value: Any) -> str:
    """Write JSON as RFC 8785 has it; floats, and integers that not every reader can hold, are not ours."""
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(item)}" for key, item in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        refuse("the certificate", f"it holds the number {value!r:.99}")
    return json.dumps(value, ensure_ascii=False)


def instant(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local(day: date, zone: str, at: time = time(0)) -> int:
    """Give the instant at which a local day starts; what the clocks skip is read with the offset before."""
    return instant(datetime.combine(day, at, ZoneInfo(zone)))


def positions(merits: Row) -> list[tuple[int, str]]:
    """Give 1, 2, 2, 4: the greater merit first."""
    first: dict[Any, int] = {}
    for position, merit in enumerate(sorted(merits.values(), reverse=True), 1):
        first.setdefault(merit, position)
    return sorted((first[merit], name) for name, merit in merits.items())


# Who signed. Under a key of low order one signature is good for every text.
PRIME, EIGHTH = 2**255 - 19, 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
LOW_ORDER = {0, 1, PRIME - 1, EIGHTH, PRIME - EIGHTH}
Key: Any = namedtuple("Key", "text name id kind public")


def is_sound(point: bytes) -> bool:
    """Say whether 32 bytes are the one form of a point that is not of low order."""
    y = int.from_bytes(point, "little") % 2**255
    return len(point) == 32 and y < PRIME and y not in LOW_ORDER


def read_key(text: str) -> Any:
    name, _, encoded = (*text.split("+", 2), "", "")[:3]
    raw = b64decode(encoded, validate=True)
    key = Key(text, name, sha256(name.encode() + b"\n" + raw).digest()[:4], raw[:1], raw[1:])
    if text != f"{name}+{key.id.hex()}+{b64encode(raw).decode()}" or raw[:1] not in (b"\1", b"\4") or " " in name:
        refuse("key", f"{text:.99} is not a verifier key")
    return key if is_sound(key.public) else refuse("key", f"{text} is of low order, so that anybody can sign under it")


def text_of(path: Path) -> str:
    """Give the one form of a note's or a key's bytes: no mark, no blank lines around it, plain line ends."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").strip(" \t\n") + "\n"


def read_note(place: str, note: str, key: Any) -> tuple[str, list[int]]:
    """Give a note's text if the key has signed it, and when; only witnesses (kind 4) say when."""
    text, gap, block = note.rpartition("\n\n")
    text, lines, times = f"{text}\n", block.split("\n"), []
    if not gap or lines.pop() or len(lines) > 64 or re.search(r"[\x00-\x09\x0b-\x1f\ufeff]|[ \t]$", note, re.M):
        refuse(place, "it is not a signed note")
    for line in lines:
        name, _, encoded = line.removeprefix("— ").rpartition(" ")
        raw = b64decode(encoded, validate=True)
        if not line.startswith("— ") or b64encode(raw).decode() != encoded or len(raw) < 5:
            refuse(place, f"the signature line {line!r:.99} is malformed")
        if (name, raw[:4]) == (key.name, key.id):
            times.append(int.from_bytes(raw[4:12]) if key.kind == b"\4" else 0)
            message = f"cosignature/v1\ntime {times[-1]}\n{text}" if key.kind == b"\4" else text
            signed = raw[-64:] if is_sound(raw[-64:-32]) else b""
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signed, message.encode())
            except InvalidSignature:
                refuse(place, f"its text is not what {name} signed")
    return (text, times) if times else refuse(place, f"it is not signed by {key.text}")


# Tables. Every row is decoded and digested here; no footer, index or statistic of a stranger's file is asked.
TYPES = {":s": pa.int64(), "": pa.string(), ":i": pa.int64(), ":n": pa.int32(), ":h": pa.int16(), ":b": pa.bool_()}
TABLES = {  # a column with `?` may lack a value, `:s` may be below 0; those with `!` are the key, and rows in its order
    "posts": "platform! post! account artist? published_at:i media is_repost:b title source row:i",
    "credits": "platform! post! from_at:i! artist! until_at:i artists:i media is_repost:b",
    "readings": "platform! account! post! artist? metric! observed_at:i! value:i falls:b source row:i",
    "ballots": "ballot:i! channel nominee votes:n cast_at:i voter:i gesture tags:h is_deleted:b is_private:b"
    " account_created_at:i? post source",
    "source_totals": "channel! nominee! observed_at:i! votes:i source row:i",
    "voter_facts": "voter:i! fact! value! source row:i",
    "set_aside": "source! file! row:i! reason! detail",
    "source_files": "source! file! rows:i passed_over:i set_aside:i",
    "coverage": "source!account! metric! hour_at:i! asked:i answered:i absent:i refused:i limited:i failed:i missing:i",
    "deletions": "platform! post! account observed_at:i! source! row:i",
    "checkpoints": "origin! size:i root key",
    "mappings": "source! key! column! said! ours! nominee! rows:i",
    "rulings": "ballot:i! rule! case:i outcome",
}


def digests(kind: str, values: list[Any]) -> Row:
    """Digest a column: texts and their lengths, numbers in eight bytes, yes and no in one."""
    texts = [(value or "").encode() for value in values if not kind]
    form, numbers = f">{len(values)}{'B' if kind == ':b' else 'q'}", [value or 0 for value in values if kind]
    streams = {"values": struct.pack(form, *numbers) if kind else b"".join(texts)}
    streams |= {} if kind else {"lengths": struct.pack(f">{len(texts)}I", *map(len, texts))}
    streams |= {"present": bytes(value is not None for value in values)} if None in values else {}
    return {name: sha256(stream).hexdigest() for name, stream in streams.items()}


def read_table(evidence: Path, name: str, most: int) -> tuple[list[Any], Row]:
    """Give a table's rows, which must be whole, in order and no more than stated, and its digest."""
    columns = re.findall(r"(\w+)(:\w)?(\??)(!?)", TABLES[name])
    schema, rows, parts = pa.schema([(column, TYPES[kind]) for column, kind, *_ in columns]), [], {}
    make, key = namedtuple("Row", schema.names), [at for at, column in enumerate(columns) if column[3]]
    for path in sorted(evidence.glob(f"{name}/day=*/part-0.parquet")) or [evidence / f"{name}.parquet"]:
        place, file, first = path.relative_to(evidence.parent), pq.ParquetFile(path), len(rows)
        if not file.schema_arrow.equals(schema):
            refuse(f"{place}", "it has other columns than the table")
        for batch in file.iter_batches() if file.metadata.num_rows <= most else ():
            rows += map(make, *(column.to_pylist() for column in batch.columns))
        values = [[row[at] for row in rows[first:]] for at in range(len(columns))]
        for (column, kind, is_optional, _), some in zip(columns, values, strict=True):
            if (None in some and not is_optional) or (kind not in ("", ":s") and min([0, *(n or 0 for n in some)]) < 0):
                refuse(f"{place}", f"a row lacks {column}, or has less than none of it")
        made = {column: digests(kind, some) for (column, kind, *_), some in zip(columns, values, strict=True)}
        parts[path.parent.name[4:] if name == "ballots" else ""] = {"rows": len(rows) - first, "columns": made}
    for number, (one, other) in enumerate(pairwise(rows), 2):
        if [one[at] for at in key] >= [other[at] for at in key]:
            refuse(f"evidence/{name}, row {number}", "it repeats a key, or is out of order")
    return rows, {"rows": len(rows), "sha256": sha256(canonical({"table": name, "parts": parts}).encode()).hexdigest()}


# The log: what was declared, a record a ballot, how it ended; hashed up to the root that was signed.
RECORD, GESTURES = struct.Struct(">BBHIqQBBHHq16s"), ("vote", "post", "repost", "quote")


def leaves_of(opening: Row, ballots: list[Any], closing: Row) -> Iterator[bytes]:
    places = [{name: at for at, name in enumerate(opening[key])} for key in ("channels", "nominees", "sources")]
    yield canonical(opening).encode()
    for number, b in enumerate(ballots):
        if b.ballot != number or b.votes < 1 or b.tags < 1 or b.voter < 0 or b.source not in places[2]:
            refuse(f"evidence/ballots, ballot {b.ballot}", f"it cannot be ballot {number} of the log")
        flags = b.is_deleted + 2 * b.is_private + 4 * (b.account_created_at is not None)
        who = 1, places[0].get(b.channel, 0xFF), places[1].get(b.nominee, 0xFFFF), b.votes, b.cast_at, b.voter
        what = GESTURES.index(b.gesture), flags, b.tags, places[2][b.source], b.account_created_at or 0
        yield RECORD.pack(*who, *what, sha256(b.post.encode()).digest()[:16] if b.post else bytes(16))
    yield canonical(closing).encode()


def check_log(folder: Path, leaves: Iterator[bytes], stated: Row) -> list[list[bytes]]:
    """Give the hashes above the leaves, once the last of them is the root that the log's key signed."""
    levels = [[sha256(b"\0" + leaf).digest() for leaf in leaves]]
    while len(level := levels[-1]) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        levels.append([sha256(b"\1" + one + other).digest() for one, other in pairs] + level[len(level) & ~1 :])
    size, root = len(levels[0]), b64encode(levels[-1][0]).decode()
    same("certificate.vote.log.size", stated["size"], size)
    same("certificate.vote.log.root", stated["root"], root)
    same("evidence/log/verifier.key", text_of(folder / "verifier.key"), f"{stated['key']}\n")
    text, _ = read_note("evidence/log/checkpoint", text_of(folder / "checkpoint"), read_key(stated["key"]))
    same("evidence/log/checkpoint", text, f"{stated['origin']}\n{size}\n{root}\n")
    return levels


# The count: each ballot ends in one column.
COLUMNS = ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")


class Counting:
    """A counting rule at work."""

    def __init__(self, rule: Row, windows: list[tuple[int, int, list[str]]]) -> None:
        self.rule, self.windows, zone = rule, windows, rule["day"]["zone"]
        self.channels = {one["id"]: one for one in rule["channel"] if one.get("counts", "ballots") == "ballots"}
        self.opens, self.closes = min(window[0] for window in windows), max(window[1] for window in windows)
        first, last = (datetime.fromtimestamp(at // MILLION, ZoneInfo(zone)).date() for at in (self.opens, self.closes))
        dates = [first + timedelta(days=day) for day in range(-2, (last - first).days + 3)]
        self.days = [local(day, zone, rule["day"].get("starts_at", time(0))) for day in dates]
        self.worths = []
        for one in rule.get("multiplier", []):
            for day in one.get("days") or dates[2:-2]:
                until = local(day, zone, one["to_time"]) if "to_time" in one else local(day + timedelta(days=1), zone)
                since = local(day, zone, one.get("from_time", time(0)))
                self.worths.append((one["times"], since, until, one.get("channels")))

    def window(self, b: Any) -> Any:
        some = (one for one in self.windows if one[0] <= b.cast_at < one[1] and b.channel in (one[2] or [b.channel]))
        return next(some, None)

    def worth(self, b: Any) -> int:
        some = (one[0] for one in self.worths if one[1] <= b.cast_at < one[2] and b.channel in (one[3] or [b.channel]))
        return max(some, default=1)

    def fate(self, b: Any) -> str:
        """Give where a ballot goes as far as its own row tells; nothing if only the cap is left to ask."""
        if (channel := self.channels.get(b.channel)) is None:
            return "unknown channel"
        if self.window(b) is None:
            return "outside_window"
        days, void = channel.get("account_age_days", 0), "void"
        reasons = {
            f"{b.gesture} does not count": channel.get("gestures", {}).get(b.gesture, void) == void,
            "names too many nominees": b.tags > channel.get("tags_most", 1),
            "deleted": b.is_deleted and channel.get("deleted") == void,
            "private": b.is_private and channel.get("private") == void,
            "account age unknown": days and b.account_created_at is None,
            "account too young": days and b.cast_at - (b.account_created_at or 0) < days * DAY,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    def groups(self, ballots: list[Any], who: Callable[[Any], Any]) -> Iterator[tuple[int, list[Any]]]:
        """Give a cap and the ballots that share one allowance of it, in the order in which they use it."""
        found = defaultdict(list)
        for b in ballots:
            cap = self.channels[b.channel].get("cap", {"per": ""})
            period = bisect_right(self.days, b.cast_at) if cap["per"] == "day" else 0
            period = self.window(b)[0] if cap["per"] == "window" else period
            found[who(b), b.channel, period, cap.get("scope") == "nominee" and b.nominee].append(b)
        for (_, channel, *_), some in found.items():
            some.sort(key=lambda b: (b.cast_at, b.ballot), reverse=self.rule.get("keep") == "last")
            yield self.channels[channel].get("cap", {}).get("votes", 2**63), some

    def torn(self, cap: int, some: list[Any], alike: Callable[[Any], Any]) -> set[int]:
        """Give the ballots of the instant at which an allowance ends, if they are not alike and no order tells."""
        before, is_told = 0, self.rule.get("same_instant") == {"then": "recorded"}
        for _, few in groupby([] if is_told else some, lambda b: b.cast_at):
            together = list(few)
            after = before + sum(b.votes for b in together)
            if before < cap < after and len({*map(alike, together)}) > 1:
                return {b.ballot for b in together}
            before = after
        return set()

    def tally(self, ballots: list[Any], aside: set[int], nominees: set[str], others: list[Any]) -> tuple[Any, Any]:
        sums: dict[Any, Any] = defaultdict(Counter)
        voids: dict[Any, Any] = defaultdict(Counter)

        def add(row: Any, fate: str, votes: int, ballots: int = 1, worth: int = 0) -> None:
            cell, column = sums[row.nominee, row.channel], fate if fate in COLUMNS else "void"
            cell.update({f"ballots_{column}": ballots, f"votes_{column}": votes, "votes_weighted": votes * worth})
            if column != fate:
                voids[row.nominee, row.channel, fate].update(ballots=ballots, votes=votes)

        left, is_whole = [], self.rule.get("partial") == "refuse"
        for b in ballots:
            fate = "set_aside" if b.ballot in aside else self.fate(b)
            is_settled = fate in ("set_aside", "unknown channel", "outside_window") or b.nominee in nominees
            fate = fate if is_settled else "unknown nominee"
            add(b, "cast", b.votes)
            add(b, fate, b.votes) if fate else left.append(b)
        for cap, some in self.groups(left, lambda b: b.voter):
            before, torn = 0, self.torn(cap, some, lambda b: (b.nominee, b.votes))
            if torn and self.rule.get("same_instant", {}).get("then", "raise") == "raise":
                refuse(f"evidence/ballots, ballot {min(torn)}", "nothing says which ballots of this instant count")
            for b in some:
                room = 0 if b.ballot in torn else max(0, min(b.votes, cap - before))
                fits, before = 0 if is_whole and room < b.votes else room, before + b.votes
                if fits:
                    add(b, "counted", fits, 1, self.worth(b))
                if fits < b.votes:
                    add(b, "replaced" if self.rule.get("keep") == "last" else "over_cap", b.votes - fits, int(not fits))
        elsewhere = {one["id"] for one in self.rule["channel"]} - {*self.channels}
        sums |= {pair: sums[pair] for pair in product(nominees, elsewhere)}
        for row in {(row.channel, row.nominee): row for row in others if row.observed_at < self.closes}.values():
            fate = "unknown nominee" if row.nominee not in nominees else "counted"
            fate = fate if row.channel in elsewhere else "unknown channel"
            add(row, "cast", row.votes, 0)
            add(row, fate, row.votes, 0, fate == "counted")
        names = [f"{of}_{column}" for of in ("ballots", "votes") for column in COLUMNS] + ["votes_weighted"]
        of = ("nominee", "channel", "reason")
        totals = [
            dict(zip(of, pair, strict=False)) | {name: cell[name] for name in names}
            for pair, cell in sorted(sums.items())
        ]
        return totals, [dict(zip(of, key, strict=True)) | dict(cell) for key, cell in sorted(voids.items())]

    def result(self, totals: list[Row], nominees: set[str], stated: list[Row], charts: Any) -> Row:
        rule, votes = self.rule, {(row["nominee"], row["channel"]): row["votes_weighted"] for row in totals}
        exact, is_shared = dict.fromkeys(nominees, Fraction(0)), rule.get("combine") == {"method": "shares"}
        for channel in rule["channel"]:
            every = sum(votes.get((who, channel["id"]), 0) for who in nominees)
            for who in nominees if every else ():
                share = Fraction(channel.get("share_ppm", 0), every) if is_shared else 1
                exact[who] += votes.get((who, channel["id"]), 0) * share
        ties = rule.get("ties", {}).get("channels", [])
        placed = positions({who: (exact[who], *(votes.get((who, one), 0) for one in ties)) for who in nominees})
        winners = [who for position, who in placed if position == 1]
        if len(winners) > 1 and rule.get("ties", {}).get("then", "raise") == "raise":
            refuse("certificate.result", f"{', '.join(winners)} are tied, and the rule does not settle it")
        rows: list[Row] = [{"nominee": who, "position": place, "value": round(exact[who])} for place, who in placed]
        told = {exact[one["nominee"]]: one["exact"] for one in stated if "exact" in one}
        told = charts.decimals(exact) if charts else told
        rows = [row | ({"exact": told[exact[row["nominee"]]]} if exact[row["nominee"]] in told else {}) for row in rows]
        return {"unit": "ppm" if is_shared else "votes", "winners": winners, "positions": rows}


# The statement, made once more. What nothing here makes is copied, once it has the shape that it must have.
TYPE, CITED = "https://plaudit.dev/certificate/v2", [{"code": str, "values": {"*": Any}}]
FINDING: Row = {"check": str, "subject": str, "verdict": str, "found": CITED, "expected": CITED}
SENSITIVITY: Row = {"changes": [str], "margin": int, "rows": [{"*": Any}], "second": str, "unit": str}
AUDIT: Row = {"appeals": [{"*": Any}], "charts": [{"*": Any}], "findings": [FINDING], "purges": [{"*": Any}]}
AUDIT |= {"sensitivity": SENSITIVITY}
COPIED: Row = {"software": {"*": str}, "limits": CITED, "not_checked": CITED, "charts": [Any], "nominees": [Any]}
COPIED |= {"evidence": {"kind": str, "sources": [Any], "tables": {"*": Any}, "made": {"*": Any}}}
COPIED |= {"audit": AUDIT, "rules": {"*": {"kind": str, "sha256": str, "shipped": bool}}}
OPERATORS: Row = {"acts": ["open", "close", "certify", "reveal", "forget"], "least": 2}
LOG = ("because", "closed_at", "key", "keys", "names", "names_sha256", "origin", "root", "size", "witnesses")


def check_shape(place: str, value: Any, shape: Any) -> Any:
    """Give a value back if it has a shape, without a member too many or too few."""
    if isinstance(shape, dict) and isinstance(value, dict) and ("*" in shape or value.keys() == shape.keys()):
        return {key: check_shape(f"{place}.{key}", item, shape.get(key, shape.get("*"))) for key, item in value.items()}
    if isinstance(shape, list) and isinstance(value, list):
        return [check_shape(f"{place}[{number}]", item, shape[0]) for number, item in enumerate(value)]
    return value if shape is Any or type(value) is shape else refuse(place, f"it has not the shape {shape}")


def inputs_of(folder: Path, stated: Row) -> Row:
    """Give the digest of every file that the organiser wrote or was given; all of data/ may be elsewhere."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    files = {normalize("NFC", path.relative_to(folder).as_posix()): path for path in paths}
    known = {"season.toml": {}, "artists.toml": {}, "honours.csv": {}, "appeals.csv": {}, **stated}
    here = [name for name in files if name in known or re.match(r"(data|certificates)/(?!archive/|(.*/)?\.)", name)]
    has_data = any(name.startswith("data/") for name in here)
    absent = {name: digest for name, digest in stated.items() if name.startswith("data/") and not has_data}
    unchecked.extend(["data/: it is not here; the evidence that was made of it is"] if absent else [])
    return absent | {n: {**known.get(n, {}), "sha256": sha256(files[n].read_bytes()).hexdigest()} for n in here}


def vote_of(folder: Path, season: Row, stated: Row, rule: Row, ballots: list[Any]) -> tuple[Row, list[list[bytes]]]:
    """Give the vote as it is stated, and the log's hashes, once the ballots give the log that was signed."""
    asked, log, audit = season["vote"], stated["vote"].get("log"), season.get("audit", {})
    windows = [
        {"id": one["id"], "from": written(one["from"]), "to": written(one["to"]), "channels": one.get("channels", [])}
        for one in asked["window"]
    ]
    live, files = asked.get("live"), [source for source in season["source"] if source["kind"] == "ballots"]
    vote: Row = {"rule": asked["rule"], "windows": windows}
    if live is None and not files:
        return vote, []
    ways = ["guest"] * bool(live and live.get("guests")) + ["email"] * ("email" in (live or {}))
    vote["sources"] = ways + [one["id"] for one in [*(live or {}).get("provider", []), *files]]
    vote["log"] = {key: value for key, value in log.items() if key in LOG} | {"origin": f"{season['origin']}/log"}
    opening = {key: season[key] for key in ("award", "edition", "origin")} | {"windows": windows}
    opening |= {"sources": vote["sources"], "channels": [one["id"] for one in rule["channel"]]}
    opening["rules"] = {name: of["sha256"] for name, of in stated["rules"].items() if name not in audit.get("late", [])}
    opening |= {"purges": audit["purges"]} if audit.get("purges") else {}
    opening |= {"nominees": sorted(one["nominee"] for one in stated["nominees"])}
    opening |= {"synthetic": [one["id"] for one in files if one["coverage"]["synthetic"]]}
    opening |= {key: log[key] for key in ("keys", "names", "names_sha256") if key in log}
    opening |= {"witnesses": log["witnesses"]["policy"]} if "witnesses" in log else {}
    opening |= {"operators": OPERATORS | season["operators"]} if "operators" in season else {}
    closing = {"ballots": len(ballots)} | {key: log[key] for key in ("closed_at", "because")}
    opening["type"], closing["type"] = (f"https://plaudit.dev/{name}/v1" for name in ("opening", "closing"))
    last = {"because": "", "closed_at": written(max(one["to"] for one in asked["window"]))}
    vote["log"] |= last if live is None else {}
    return vote, check_log(folder / "evidence/log", leaves_of(opening, ballots, closing), log)


def statement(folder: Path, stated: Row) -> Row:
    """Make the statement from what lies in the folder."""
    cited, inputs = stated["evidence"], inputs_of(folder, stated["inputs"])
    made = {key: check_shape(f"certificate.{key}", stated[key], COPIED[key]) for key in COPIED if key in stated}
    same("certificate.inputs", stated["inputs"], inputs)
    rules, tables = {}, {}
    for name, of in stated["rules"].items():
        for path in (*folder.glob(f"rules/{name}.toml"), folder / f"published/rules/{name}.toml"):
            same(f"{path.relative_to(folder)}: its digest", sha256(path.read_bytes()).hexdigest(), of["sha256"])
        rules[name] = tomllib.loads(path.read_text("utf-8"))
        made["rules"][name]["kind"] = rules[name]["kind"]
    season = {"chart": [], "source": []} | tomllib.loads((folder / "season.toml").read_text("utf-8"))
    for kind, name in ((of, name) for of in ("tables", "made") for name in cited[of] if name in TABLES):
        tables[name], digest = read_table(folder / "evidence", name, cited[kind][name]["rows"])
        same(f"certificate.evidence.{kind}.{name}", cited[kind][name], digest)
    title = season["title"] if isinstance(season["title"], str) else season["title"]["en"]
    made |= {"season": {key: season[key] for key in ("award", "edition", "origin")} | {"title": title}, "type": TYPE}
    made |= {"set_aside": dict(Counter(row.reason for row in tables["set_aside"])), "inputs": inputs}
    if charts := chapter("charts", "that charts and nominees follow from posts and readings"):
        made |= charts.made(folder, season, rules, tables, stated)
    if "growth" in season and (growth := chapter("growth", "that growth and bursts follow from readings")):
        growth.check(folder, season, rules, tables, stated)
    if "vote" in season:
        rule = rules[season["vote"]["rule"]]
        made["vote"], levels = vote_of(folder, season, stated, rule, ballots := tables.get("ballots", []))
        windows = [(instant(one["from"]), instant(one["to"]), one.get("channels")) for one in season["vote"]["window"]]
        counting, nominees = Counting(rule, windows), {one["nominee"] for one in stated["nominees"]}
        if purges := chapter("purges", "that rulings follow from the purge rules"):
            made["audit"] |= purges.made(folder, season, rules, tables, counting)
        aside = {row.ballot for row in tables["rulings"] if row.outcome == "set aside"}
        totals, voids = counting.tally(ballots, aside, nominees, tables.get("source_totals", []))
        made["result"] = counting.result(totals, nominees, stated["result"]["positions"], charts)
        made["result"] |= {"totals": totals, "voids": voids}
        made["vote"] |= {key: stated["vote"][key] for key in ("commitment",) if key in stated["vote"]}
        if proofs := chapter("proofs", "tiles, commitment, and who witnessed the log"):
            made["vote"] = proofs.made(folder, season, rule, stated, made, levels, ballots)
    if remarks := chapter("remarks", "honours, the files of the evidence, and what is said of sources and limits"):
        made |= remarks.made(folder, season, rules, tables, made)
    return made


def chapter(name: str, what: str) -> Any:
    """Give a chapter that lies beside this file, or say what it would have checked."""
    is_here = Path(__file__).with_name(f"{name}.py").is_file()
    return import_module(name) if is_here else unchecked.append(f"{what}: {name}.py is not here")


def main(arguments: list[str]) -> int:
    """Verify a season, and say who won."""
    if len(arguments) not in (1, 3) or arguments[1:2] not in ([], ["--key"]) or not Path(arguments[0]).is_dir():
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    folder, place = Path(arguments[0]), "published/certificate.note"
    try:
        held = text_of(folder / "published/verifier.key").removesuffix("\n")
        key = read_key(arguments[2] if len(arguments) == 3 else held)
        same("published/verifier.key", held, key.text)
        text, _ = read_note(place, text_of(folder / place), key)
        stated = json.loads(text)
        if canonical(stated) + "\n" != text or stated["type"] != TYPE or stated["season"]["origin"] != key.name:
            refuse(place, f"it is not a canonical certificate of version 2, signed by its origin {key.name}")
        same("certificate", stated, statement(folder, stated))
    except (Refused, *UNREADABLE) as error:
        print(f"refused: {error if isinstance(error, Refused) else f'{type(error).__name__}: {error}'}")
        return 6
    print(f"verified: {stated['season']['title']}, {stated['season']['edition']}, signed by {key.text}")
    if result := stated.get("result"):
        counted, cast = (sum(row[f"votes_{column}"] for row in result["totals"]) for column in ("counted", "cast"))
        won = [f"{one['name']} ({one['nominee']})" for one in stated["nominees"] if one["nominee"] in result["winners"]]
        print(f"won: {' and '.join(won)}; of {cast:,} votes cast, {counted:,} counted")
    print(*checked, *(f"not checked: {line}" for line in unchecked), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(import_module("verify").main(sys.argv[1:]))
