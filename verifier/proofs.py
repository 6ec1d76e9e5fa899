"""What else was signed or shown: the log's own files, its witnesses, a commitment. A chapter of verify.py."""

import tomllib
from base64 import b64encode
from csv import DictReader
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from verify import Row, canonical, chapter, checked, instant, read_key, read_note, refuse, same, text_of, unchecked

OPENED, CLOSED = "certificate.vote.log.witnesses.opened", "certificate.vote.log.witnesses.closed"


def check_tiles(folder: Path, levels: list[list[bytes]]) -> None:
    """Compare each file below tile/ with the hashes of its level; a partial one is the beginning of a full one."""
    size = len(levels[0])
    for path in sorted(path for path in folder.glob("tile/**/*") if path.is_file()):
        place = path.relative_to(folder).as_posix()
        level, rest = place.removeprefix("tile/").split("/", 1)
        number, _, width = rest.replace("x", "").partition(".p/")
        first, data = int(number.replace("/", "")) * 256, path.read_bytes()
        hashes = [data[at : at + 32] for at in range(0, len(data), 32)] if level != "entries" else []
        while data and level == "entries":
            length = 2 + int.from_bytes(data[:2])
            hashes.append(sha256(b"\0" + data[2:length]).digest())
            data = data[length:]
        at = 0 if level == "entries" else 8 * int(level)
        end = min(first + int(width or 256), size >> at)
        if at >= len(levels) or hashes != levels[at][first:end] or len(hashes) != int(width or 256):
            refuse(f"evidence/log/{place}", "it is not what the ballots give")
    for at in range(0, len(levels), 8):
        full, part = divmod(size >> at, 256)
        names = [tile(number) for number in range(full)] + [f"{tile(full)}.p/{part}"] * bool(part)
        for name in (f"tile/{kind}/{name}" for name in names for kind in [str(at // 8), *["entries"] * (at == 0)]):
            if not (folder / name).is_file():
                refuse(f"evidence/log/{name}", "it is missing")


def tile(number: int) -> str:
    """Give the path of a tile: 1,234,067 is x001/x234/067."""
    path = f"{number % 1000:03}"
    while number := number // 1000:
        path = f"x{number % 1000:03}/{path}"
    return path


def check_witnesses(log: Row, opens: int, opening: str) -> None:
    """Check who witnessed the opening, and the last checkpoint: enough of those whom the opening names, in time."""
    policy, key, closed_at = (
        log["witnesses"]["policy"],
        read_key(log["key"]),
        instant(datetime.fromisoformat(log["closed_at"])),
    )
    witnesses = [read_key(text) for text in policy["keys"]]
    if len({one.public for one in witnesses} | {key.public}) <= len(witnesses) or not 0 <= policy["least"] <= len(
        witnesses
    ):
        refuse("certificate.vote.log.witnesses.policy", "a key is named twice, or more are asked for than are named")
    day = 86_400
    for place, of, first, last in (
        (OPENED, log["witnesses"].get("opened"), opens // 1_000_000 - 400 * day, opens // 1_000_000),
        (CLOSED, log["witnesses"]["closed"], closed_at // 1_000_000 - 60, closed_at // 1_000_000 + 4_000 * day),
    ):
        if of is None:
            if policy["least"]:
                refuse(place, "the opening was cosigned by nobody, and the opening asks for witnesses")
            continue
        text = read_note(place, of["note"], key)[0]
        origin, size, root, *_ = text.split("\n")
        right = [log["origin"], log["size"], log["root"]] if place == CLOSED else [log["origin"], 1, opening]
        same(place, [origin, int(size), root], right)
        signed = []
        for witness in witnesses:
            named = f"— {witness.name} " in of["note"]
            times = [at for at in read_note(place, of["note"], witness)[1] if first <= at <= last] if named else []
            if times:
                said = datetime.fromtimestamp(min(times), UTC).isoformat().replace("+00:00", "Z")
                signed.append({"at": said, "witness": witness.name})
        same(f"{place}.cosigned", of["cosigned"], signed)
        if len(signed) < policy["least"]:
            refuse(place, f"{len(signed)} witnesses signed, and the opening asks for {policy['least']}")
        checked.extend(f"witnessed: {place.rpartition('.')[2]} by {one['witness']} at {one['at']}" for one in signed)


def check_commitment(folder: Path, season: Row, made: Row, told: Row) -> None:
    """Compare the published commitment with the result that was revealed."""
    key = read_key(text_of(folder / "published/verifier.key").removesuffix("\n"))
    text, _ = read_note("published/commitment.note", text_of(folder / "published/commitment.note"), key)
    sealed = {"log": made["vote"].get("log"), **made["result"]}
    sealed |= {"names": told["names"]} if "names" in told else {}
    digest = sha256(bytes.fromhex(told["salt"]) + canonical(sealed).encode() + b"\n").hexdigest()
    same("certificate.vote.commitment.sha256", told["sha256"], digest)
    if text.split("\n")[-4:-1] != [season["origin"], season["edition"], digest]:
        refuse("published/commitment.note", "it commits to another result than the one that was revealed")
    checked.append("sealed: the result is the one that was committed to")


def called(folder: Path, season: Row, nominees: list[str]) -> Row:
    """Give what nominees are called, by language, in artists.toml, and as `und` in the nominees file."""
    path, listed = folder / "artists.toml", folder / season.get("nomination", {}).get("nominees_file", "")
    names = (
        {one["id"]: {**one["names"]} for one in tomllib.loads(path.read_text("utf-8"))["artist"]}
        if path.is_file()
        else {}
    )
    for row in DictReader(listed.read_text("utf-8-sig").splitlines(keepends=True)) if listed.is_file() else ():
        name = f"{row['name']} – {row['artist']}" if row["artist"] else row["name"]
        names.setdefault(row["nominee"], {})["und"] = name
    return {nominee: names[nominee] for nominee in nominees if nominee in names}


def check_laws(season: Row, rule: Row, made: Row, ballots: list[Any]) -> None:
    """Refuse a log that contradicts itself: instants that fall, or lie beyond its closing; what its door refuses."""
    live, log, files = "live" in season["vote"], made["vote"]["log"], {one["id"] for one in season["source"]}
    closed_at, last = instant(datetime.fromisoformat(log["closed_at"])), 0
    for b in ballots:
        if live and b.cast_at >= closed_at:
            refuse(f"evidence/ballots, ballot {b.ballot}", "it was cast after the vote was closed")
        if not live or (b.source not in files and b.gesture == "vote"):  # posts carry their platform's instants
            if b.cast_at < last:
                refuse(f"evidence/ballots, ballot {b.ballot}", "it was cast before the one that precedes it")
            last = b.cast_at
    for row in made["result"]["totals"] if live else ():
        refused = row["ballots_void"] + row["ballots_outside_window"]
        if refused + (row["votes_over_cap"] if rule.get("keep") != "last" else 0):
            refuse("evidence/ballots", f"it holds ballots for {row['nominee']} that a live vote refuses")
    label, public = b"https://plaudit.dev/key-fingerprint/v1\nlog.pem\n", read_key(log["key"]).public
    ours = sha256(label + public).hexdigest()
    same("certificate.vote.log.keys.log.pem", log.get("keys", {}).get("log.pem", ours), ours)


def made(
    folder: Path, season: Row, rule: Row, stated: Row, made: Row, levels: list[list[bytes]], ballots: list[Any]
) -> Row:
    """Check them all; give what the vote states of them."""
    log, told = made["vote"].get("log", {}), stated["vote"].get("commitment")
    if log:
        check_laws(season, rule, made, ballots)
    if (folder / "evidence/log/tile").is_dir():
        check_tiles(folder / "evidence/log", levels)
        checked.append("log: every tile and bundle")
    elif log:
        unchecked.append("tiles and bundles of the log: they are not here")
    names = called(folder, season, sorted(one["nominee"] for one in stated["nominees"]))
    for place, of in (("log", log), ("commitment", told or {})):
        digest = sha256(canonical(names).encode()).hexdigest()
        same(f"certificate.vote.{place}.names", of.get("names", names), names)
        same(f"certificate.vote.{place}.names_sha256", of.get("names_sha256", digest), digest)
    if log and not {"names", "names_sha256"} & {*log}:
        unchecked.append("names of nominees: the opening does not bind them")
    if "witnesses" in log:
        opens = min(instant(one["from"]) for one in season["vote"]["window"])
        check_witnesses(log, opens, b64encode(levels[0][0]).decode())
    elif log:
        unchecked.append("when the log was opened and closed: it has no witnesses")
    if (opened := folder / "evidence/log/opened").is_file() and log:
        text, _ = read_note("evidence/log/opened", text_of(opened), read_key(log["key"]))
        same("evidence/log/opened", text, f"{log['origin']}\n1\n{b64encode(levels[0][0]).decode()}\n")
    is_sealed = rule.get("intake", {}).get("standings") == "sealed"
    if is_sealed != bool(told):
        refuse("certificate.vote.commitment", "it is there if and only if the rule seals the result")
    if told:
        check_commitment(folder, season, made, told)
    if acts := chapter("acts", "what operators did"):
        acts.check(folder, season, stated, levels)
    sealed = {"commitment": {key: told[key] for key in ("salt", "sha256", "names") if key in told}} if told else {}
    return {**made["vote"], **sealed}
