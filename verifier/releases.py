"""Released weeks: each is made again from what it cites, in the order of its log. A chapter of verify.py.

It is docs/spec/release.md in another language, in the page's order.
"""

import json
import re
import tomllib
from base64 import b64encode
from collections import defaultdict
from csv import DictReader
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from charts import Weeks, ask, decimals, is_eligible, measures, placed, verdicts
from evidence import check_digests
from proofs import check_tiles
from verify import (
    DAY,
    MILLION,
    TABLES,
    Row,
    canonical,
    check_log,
    checked,
    instant,
    read_key,
    read_note,
    read_table,
    refuse,
    same,
    text_of,
    unchecked,
    written,
)

MADE = ("weeks", "gains", "measures", "parts", "entries")
REACHED = ("position", "peak", "weeks_on_chart", "weeks_at_no_1", "streak", "streak_at_no_1")
NEEDED = "as_of chart charts ends_at evidence index inputs made number released_at season seen software standings"
NEEDED += " starts_at type week zone"
HOUR = 3_600 * MILLION


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def counter(row: Any) -> tuple[str, str, str, str]:
    """Give which counter a reading is of."""
    return row.platform, "" if row.post else row.account, row.post, row.metric


def kept(rows: list[Any], starts: int, rule: Row) -> set[int]:
    """Give which readings of one counter decide what it gains later, by place."""
    values, last = [row.value for row in rows], len(rows) - 1
    if ask(rule, "gain.falls", "high-water") == "last" or not any(row.falls for row in rows):
        return {last}
    cut = sum(row.observed_at < starts for row in rows)
    groups = [some for some in (range(cut), range(cut, len(rows))) if some]
    if rows[0].metric in ask(rule, "gain.may_fall", ["comments"]):
        tops = list(accumulate(values, max))
        honest = [place for place in groups[-1] if 2 * values[place] >= tops[place]]
        return {last, values.index(tops[-1]), *honest[-1:]}
    sound = [
        place
        for some in groups
        for place in some
        if place in (0, some[-1]) or not values[place - 1] <= values[place + 1] < values[place]
    ]
    return {last, max(sound, key=lambda place: (values[place], -place))}


def carried(rows: list[Any], starts: int, rule: Row) -> list[Any]:
    """Give what is left of counters for later weeks."""
    found = []
    for _, some in groupby(sorted(rows, key=lambda row: (*counter(row), row.observed_at)), counter):
        of = list(some)
        found += [of[place] for place in sorted(kept(of, starts, rule))]
    return found


def left_for(own: list[Any], published: dict[Any, int], rule: Row, earlier: list[Row]) -> list[Any]:
    """Give what earlier releases left for a week, the last of them first."""
    found = []
    lacking: dict[Any, int] = {counter(row): published.get((row.platform, row.post), -(2**62)) - DAY for row in own}
    for one in earlier if ask(rule, "gain.attribution", "observed") == "observed" else ():
        lacking = {of: since for of, since in lacking.items() if since < one["ends"]}
        rows = [row for row in one["readings"] if counter(row) in lacking]
        read = {counter(row) for row in rows if "before" not in one["stated"] or row.observed_at >= one["starts"]}
        some = carried([row for row in rows if counter(row) in read], one["starts"], rule)
        lacking = {of: since for of, since in lacking.items() if of not in read}
        found += some
    fed, held = {feed(row) for row in (*own, *found)}, {counter(row) for row in (*own, *found)}
    stand: dict[Any, Any] = {}
    for row in sorted(earlier[0]["readings"], key=lambda row: (row.observed_at, *counter(row))):
        if feed(row) not in fed and counter(row) not in held:
            stand[feed(row)] = row
    return found + list(stand.values())


def feed(row: Any) -> Any:
    return row.source, row.platform, row.metric, row.post != ""


def told(rows: list[Any]) -> list[Any]:
    """Give what readings say, whoever they are of."""
    return sorted((*counter(row), row.observed_at, row.value, row.source, row.row) for row in rows)


def check_cut(place: str, weeks: Weeks, rule: Row, tables: Row, until: int, earlier: list[Row]) -> None:
    """Refuse readings that are neither the week's own nor what was left for it, and others' posts and credits."""
    readings, published = tables["readings"], {(row.platform, row.post): row.published_at for row in tables["posts"]}
    new = {post for post, when in published.items() if weeks.of(when) == 0}
    is_whole = ask(rule, "gain.attribution", "observed") == "published"
    own = [row for row in readings if weeks.of(row.observed_at) == 0 or (is_whole and (row.platform, row.post) in new)]
    left = [row for row in readings if row not in own]
    if earlier:
        same(f"{place}: readings left by earlier weeks", told(left), told(left_for(own, published, rule, earlier)))
    elif not is_whole:
        same(f"{place}: readings before the first week", told(left), told(carried(left, weeks.edges[0], rule)))
    if any(row.observed_at > until for row in readings):
        refuse(place, "a reading was observed after its instant")
    held = {(row.platform, row.post) for row in readings if row.post}
    same(f"{place}: posts", sorted(published), sorted(held | new))
    for row in tables["credits"]:
        if (row.platform, row.post) not in published or not (row.from_at < weeks.edges[1] <= row.until_at):
            refuse(f"{place}: credits", f"{row.post} is not credited to {row.artist} at the end of the week")
    before: dict[Any, Any] = {}
    for row in sorted(readings, key=lambda row: row.observed_at):
        series = row.platform, row.account, row.post, row.metric
        value, artist = before.get(series, (0, row.artist))
        if row.falls != (row.value < value) or row.artist != artist:
            refuse(f"{place}: readings", f"falls or artist is wrong of {row.post or row.account} at {row.value}")
        before[series] = row.value, row.artist


def with_history(row: Row, was: Row, number: int) -> Row:
    """Give an entry its history: from what its artist had reached, nothing where they had no entry."""
    position, is_there = row["position"], was and was["chart"] == number - 1 and was["position"] > 0
    last = was if is_there else {}
    moves = {-1: "up", 0: "same", 1: "down"}
    status = moves[(position > last["position"]) - (position < last["position"])] if last else "re-entry"
    return row | {
        "last_week": last.get("position"),
        "peak": min(position, was.get("peak", position)),
        "weeks_on_chart": was.get("weeks_on_chart", 0) + 1,
        "weeks_at_no_1": was.get("weeks_at_no_1", 0) + (position == 1),
        "streak": last.get("streak", 0) + 1,
        "streak_at_no_1": last.get("streak_at_no_1", 0) + 1 if position == 1 else 0,
        "status": status if was else "debut",
    }


def terms_of(folder: Path, place: str, stated: Row) -> tuple[Row, Row, Row, list[Row], Row]:
    """Give season, use, rule, artists and given history, as the release cites them."""
    files = {}
    for name, digest in stated["inputs"].items():
        files[name] = (folder / f"releases/inputs/{digest}").read_bytes()
        same(f"releases/inputs/{digest}", sha256(files[name]).hexdigest(), digest)
    season = {"source": []} | tomllib.loads(files["season.toml"].decode())
    name = stated["chart"]["rule"]
    use = next(use for use in season["chart"] if use["rule"] == name)
    text = files.get(f"rules/{name}.toml") or (folder / f"published/rules/{name}.toml").read_bytes()
    same(f"{place}: its rule's digest", sha256(text).hexdigest(), stated["chart"]["sha256"])
    season["artists.toml"] = files.get("artists.toml", b"artist = []").decode()
    artists = tomllib.loads(season["artists.toml"]).get("artist", [])
    given = {}
    if "history" in use:
        for line in DictReader(files[use["history"]["file"]].decode("utf-8-sig").splitlines()):
            numbers = {key: int(line[key]) for key in ("peak", "weeks_on_chart", "weeks_at_no_1")}
            none = dict.fromkeys(("chart", "position", "streak", "streak_at_no_1"), 0)
            given[line["artist"]] = {**none, **numbers, "is_given": True}
    return season, use, tomllib.loads(text.decode()), artists, given


def compute(folder: Path, place: str, one: Row, earlier: list[Row]) -> None:
    """Make a week again from its tables and what stood before it, and refuse what does not follow."""
    stated, tables = one["stated"], one["tables"]
    season, use, rule, artists, given = terms_of(folder, place, stated)
    first = date.fromisoformat(stated["week"])
    if first not in (every := Weeks(use, rule)).days:
        refuse(place, "its season.toml has no such week")
    past = [str(day) for day in every.days if day < first]
    same(f"{place}: the weeks before it", sorted(other["stated"]["week"] for other in earlier), past)
    weeks = Weeks({"from": first, "to": first + timedelta(days=6)}, rule)
    for key, edge in zip(("starts_at", "ends_at"), weeks.edges, strict=True):
        same(f"{place}: {key}", at(stated[key]), edge)
    same(f"{place}: zone", stated["zone"], weeks.zone)
    check_cut(place, weeks, rule, tables, at(stated["as_of"]), earlier)
    (seen,) = verdicts(rule, weeks, season, tables["readings"], tables.get("coverage", []))
    same(f"{place}: seen", stated["seen"], {"unfed": [], **{key: seen[key] for key in seen if key != "week"}})
    is_charted = seen["verdict"] != "uncharted"
    was = earlier[0]["standing"] if earlier else given
    number = (earlier[0]["stated"]["charts"] if earlier else 0) + (
        is_charted or ask(rule, "history.uncharted_week", "skip") == "break"
    )
    same(f"{place}: charts", stated["charts"], number)
    is_open = not any(ask(rule, f"eligibility.{key}", []) for key in ("kinds", "countries", "genres", "excluded"))
    eligible = None if is_open else {artist["id"] for artist in artists if is_eligible(artist, rule)}
    sources = {source["id"]: source for source in season["source"]}
    with TemporaryDirectory() as beside:  # measures asks artists.toml for groups
        (Path(beside) / "artists.toml").write_text(season["artists.toml"], "utf-8")
        found = measures(rule, weeks, tables, Path(beside), sources)
    ranked = placed(0, found, rule, eligible) if is_charted else []
    exact, rows, standing = decimals({who: points for _, who, points in ranked}), [], {**was}
    for position, who, points in ranked:
        row = {"chart": use["rule"], "week": stated["week"], "position": position, "artist": who}
        row |= {"points": round(points), "exact": exact.get(points, ""), "verdict": seen["verdict"]}
        row = with_history(row, was.get(who, {}), number)
        is_given = was.get(who, {}).get("is_given", False)
        standing[who] = {"chart": number, **{key: row[key] for key in REACHED}, "is_given": is_given}
        rows.append(row)
    bare = [{name: value for name, value in row._asdict().items() if name != "flags"} for row in tables["entries"]]
    order = [sorted(some, key=lambda row: (row["position"], row["artist"])) for some in (bare, rows)]
    same(f"{place}: entries", *order)
    for row in tables["entries"]:
        if standing[row.artist]["is_given"] != ("history_given" in row.flags.split("; ")):
            refuse(f"{place}: entries", f"whether the history of {row.artist} was given")
    keys = ("chart", *REACHED, "is_given")
    lines = [
        f"{canonical(who)}:{json.dumps({key: of[key] for key in keys}, separators=(',', ':'))}"
        for who, of in sorted(standing.items())
    ]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    same(f"{place}: standings", stated["standings"], sha256(text.encode()).hexdigest())
    one |= {"standing": standing, "seen": seen, "rows": rows, "grace": season.get("release", {}).get("grace_hours", 24)}


def read(folder: Path, path: Path, key: Any) -> Row:
    """Read one release: its note, and the tables that it cites."""
    place = path.parent.relative_to(folder).as_posix()
    signed, _ = read_note(place, text_of(path), key)
    stated = json.loads(signed)
    if canonical(stated) + "\n" != signed or stated["type"] != "https://plaudit.dev/release/v1":
        refuse(place, "its note is no canonical release")
    same(f"{place}: what it tells", sorted({*stated} - {"archive", "before", "correction"}), NEEDED.split())
    same(place, f"releases/{stated['chart']['rule']}/{stated['week']}/{stated['number']}", place)
    same(f"{place}: season.origin", stated["season"]["origin"], key.name)
    same(f"{place}: its correction", "correction" in stated, stated["number"] > 1)
    right = {"release.note", "standings.json", *(f"{name}.parquet" for name in (*stated["evidence"], *MADE))}
    same(f"{place}: its files", sorted(file.name for file in path.parent.iterdir()), sorted(right))
    tables = {}
    for name in (*stated["evidence"], "entries"):
        cited = stated["made" if name == "entries" else "evidence"][name]
        tables[name], digest = read_table(path.parent, name, cited["rows"])
        same(f"{place}: {name}", cited, digest)
    check_digests(path.parent, {"made": {name: of for name, of in stated["made"].items() if name not in TABLES}})
    same(
        f"{place}: standings.json",
        sha256((path.parent / "standings.json").read_bytes()).hexdigest(),
        stated["standings"],
    )
    one = {"stated": stated, "tables": tables, "readings": tables["readings"], "place": place}
    cited = {"week": stated["week"], "number": stated["number"], "sha256": sha256(path.read_bytes()).hexdigest()}
    return one | {"cited": cited, "starts": at(stated["starts_at"]), "ends": at(stated["ends_at"])}


def check_correction(one: Row, last: Row | None) -> None:
    """Refuse a release that is not the next of its week, or does not say what it replaces and whom it moves."""
    stated, place = one["stated"], one["place"]
    same(f"{place}: number", stated["number"], last["stated"]["number"] + 1 if last else 1)
    if at(stated["released_at"]) < at(stated["as_of"]):
        refuse(place, "it was made before its instant")
    if last is None:
        same(f"{place}: as_of", stated["as_of"], written_at(one["ends"] + one["grace"] * HOUR))
        return
    said = stated["correction"]
    old, new = ({row.artist: row for row in of["tables"]["entries"]} for of in (last, one))
    moved = [
        {"artist": who, "from": old[who].position if who in old else 0, "to": new[who].position if who in new else 0}
        for who in sorted({*old, *new})
        if old.get(who) != new.get(who)
    ]
    same(f"{place}: correction.replaces", said["replaces"], last["cited"])
    same(f"{place}: correction.moved", said["moved"], moved)
    same(f"{place}: as_of", stated["as_of"], last["stated"]["as_of"])
    if not said["because"].strip() or said["week"] > stated["week"]:
        refuse(f"{place}: correction", "it gives no reason, or corrects a later week")


def written_at(when: int) -> str:
    return written(datetime.fromtimestamp(when // MILLION, UTC))


def check_release_log(folder: Path, key: Any, releases: list[Row]) -> None:
    """Refuse a log that does not hold these releases, in their places, and no others."""
    name, log = f"{key.name}/releases", folder / "releases/log"
    raw = b"\1" + key.public
    text = f"{name}+{sha256(f'{name}{chr(10)}'.encode() + raw).hexdigest()[:8]}+{b64encode(raw).decode()}"
    for number, one in enumerate(releases):
        same(f"{one['place']}: index", one["stated"]["index"], number)
    leaves = [
        f"plaudit.dev/release/v1\n{one['stated']['chart']['rule']} {one['cited']['week']} {one['cited']['number']}\n"
        f"{one['cited']['sha256']}\n".encode()
        for one in releases
    ]
    _, size, root, *_ = text_of(log / "checkpoint").split("\n")
    same("releases/log/checkpoint, its size", size, str(len(leaves)))
    check_tiles(log, check_log(log, iter(leaves), {"key": text, "origin": name, "size": len(leaves), "root": root}))


def made(folder: Path, season: Row) -> dict[str, tuple[list[Row], list[Row]]]:
    """Give of each chart what was seen and the entries, by the latest releases."""
    key = read_key(text_of(folder / "published/verifier.key").removesuffix("\n"))
    paths = [path for path in (folder / "releases").glob("*/*/*/release.note") if "@" in path.parts[-4]]
    releases = sorted((read(folder, path, key) for path in paths), key=lambda one: int(one["stated"]["index"]))
    here = {path.parent for path in paths}
    for path in (folder / "releases").glob("*@*/*/*"):
        if path not in here:
            refuse(path.relative_to(folder).as_posix(), "it holds no release")
    check_release_log(folder, key, releases)
    held: dict[str, Row] = defaultdict(dict)
    for one in releases:
        weeks, stated = held[stated_chart(one)], one["stated"]
        earlier = [weeks[week] for week in sorted(weeks, reverse=True) if week < stated["week"]]
        same(f"{one['place']}: before", stated.get("before"), earlier[0]["cited"] if earlier else None)
        for other in weeks.values():
            same(f"{one['place']}: chart", stated["chart"], other["stated"]["chart"])
        compute(folder, one["place"], one, earlier)
        check_correction(one, weeks.get(stated["week"]))
        weeks[stated["week"]] = one
    for weeks in held.values():
        for week, one in weeks.items():
            earlier = [weeks[other] for other in sorted(weeks, reverse=True) if other < week]
            if any(other["stated"]["index"] > one["stated"]["index"] for other in earlier):
                compute(folder, f"{one['place']}, on the corrections before it", {**one}, earlier)
    checked.append(f"{len(releases)} releases of weeks, made again from what they cite; their log holds no others")
    unchecked.append(
        "that a release took all that its sources had at its instant; its gains, measures, parts and archive"
    )
    return {
        use["rule"]: (
            [one["seen"] for _, one in sorted(held[use["rule"]].items())],
            [row for _, one in sorted(held[use["rule"]].items()) for row in one["rows"]],
        )
        for use in season["chart"]
    }


def stated_chart(one: Row) -> str:
    found: str = one["stated"]["chart"]["rule"]
    return found if re.fullmatch(r"[a-z0-9-]+@\d+", found) else refuse(one["place"], "its rule has no name")
