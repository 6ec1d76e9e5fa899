"""What operators did: the log of acts, and who had agreed to what cannot be undone. A chapter of verify.py."""

import json
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from verify import Refused, Row, canonical, checked, instant, read_key, read_note, refuse, same, text_of, unchecked

ACT, AGREEMENT = (f"https://plaudit.dev/{name}/v1" for name in ("act", "agreement"))
ACTS = {"open", "close", "import", "rekey", "seal", "certify", "reveal", "forget", "release", "correct"}
MEMBERS = {"type", "act", "at", "by", "subject", "because", "agreed"}
FINAL = ("open", "close", "certify", "reveal", "forget")


def entries(folder: Path, size: int) -> list[bytes]:
    """Give the entries of a log's bundles, in order."""
    found: list[bytes] = []
    for number in range(-(-size // 256)):
        name = f"{number % 1000:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
        width = min(256, size - number * 256)
        data = (folder / f"tile/entries/{name}{f'.p/{width}' if width < 256 else ''}").read_bytes()
        while data:
            length = 2 + int.from_bytes(data[:2])
            found.append(data[2:length])
            data = data[length:]
    if len(found) != size:
        refuse(f"{folder.name}/tile", f"it holds {len(found)} entries, and the checkpoint says {size}")
    return found


def root(leaves: list[bytes]) -> bytes:
    """Give the root of RFC 6962 over some leaves."""
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]).digest() if leaves else sha256().digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()


def read(folder: Path, season: Row, stated: Row) -> list[Row]:
    """Give the acts, once the checkpoint is signed by the key of the vote's log, and is of them."""
    key = read_key(text_of(folder / "acts/verifier.key").removesuffix("\n"))
    if log := stated["vote"].get("log"):
        same("acts/verifier.key: its key", key.public.hex(), read_key(log["key"]).public.hex())
    else:
        unchecked.append("whose key signed acts/: no log of this vote names it")
    text, _ = read_note("acts/checkpoint", text_of(folder / "acts/checkpoint"), key)
    leaves = entries(folder / "acts", int(text.split("\n")[1]))
    same("acts/checkpoint", text, f"{season['origin']}/acts\n{len(leaves)}\n{b64encode(root(leaves)).decode()}\n")
    found, last = [], 0
    for number, leaf in enumerate(leaves):
        act = json.loads(leaf)
        if canonical(act).encode() != leaf or {*act} != MEMBERS or act["type"] != ACT or act["act"] not in ACTS:
            refuse(f"acts, leaf {number}", "it is no act")
        if (at := instant(datetime.fromisoformat(act["at"]))) < last:
            refuse(f"acts, leaf {number}", "it is earlier than the one before it")
        last = at
        found.append(act)
    return found


def signers(season: Row, act: Row, named: Row) -> list[str]:
    """Give the operators whose signatures an act carries."""
    about = {name: act[name] for name in ("act", "subject")} | {name: season[name] for name in ("origin", "edition")}
    wanted, names = canonical({"type": AGREEMENT} | about) + "\n", []
    for key in map(read_key, named["keys"]):
        try:
            text, _ = read_note(f"acts, {act['act']}", act["agreed"], key)
        except Refused:
            continue
        names += [key.name] if text == wanted else []
    return names


def check(folder: Path, season: Row, stated: Row, levels: list[list[bytes]]) -> None:
    """Check that whatever was done and operators must sign was signed by enough of them."""
    if "operators" not in season:
        return
    named = {"acts": [*FINAL], "least": 2} | season["operators"]
    log, is_sealed = stated["vote"].get("log"), "commitment" in stated["vote"]
    text = text_of(folder / "published/certificate.note").partition("\n\n")[0] + "\n"
    subjects = {} if is_sealed else {"certify": sha256(text.encode()).hexdigest()}
    if is_sealed:
        note = text_of(folder / "published/commitment.note")
        subjects["reveal"] = sha256((note.rpartition("\n\n")[0] + "\n").encode()).hexdigest()
    if log and ("live" in season["vote"] or "witnesses" in season["vote"] or log["because"]):
        leaf = entries(folder / "evidence/log", len(levels[0]))[0]
        same("evidence/log, leaf 0", sha256(b"\0" + leaf).hexdigest(), levels[0][0].hex())
        opening = {key: value for key, value in json.loads(leaf).items() if key != "keys"}
        subject = sha256(canonical(opening).encode()).hexdigest()
        subjects |= {"open": subject} | ({"close": subject} if log["because"] else {})
    acts = read(folder, season, stated)
    for name in (name for name in FINAL if name in subjects and name in named["acts"]):
        act = next((one for one in acts if (one["act"], one["subject"]) == (name, subjects[name])), None)
        names = signers(season, act, named) if act else []
        if len(names) < named["least"]:
            refuse(f"acts, {name}", f"{len(names)} operators signed it, and {named['least']} must")
        checked.append(f"acts: {name}, signed beforehand by {', '.join(names)}")
    if "forget" in named["acts"]:
        unchecked.append("whether the voters' key was destroyed, and who agreed to it")
