"""Ballots that are posts of AT Protocol: who signed each, whom it names, when it came. A chapter of verify.py.

Written from docs/spec/archive.md and docs/spec/post-proof.md; DAG-CBOR, CAR and the search tree are read by hand.
"""

import json
import struct
import tomllib
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from verify import UNREADABLE, Row, canonical, checked, refuse, unchecked

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LINK, SEGMENT = bytes.fromhex("01711220"), struct.Struct("<IIII8s")
CURVES: dict[bytes, tuple[ec.EllipticCurve, int]] = {
    b"\xe7\x01": (ec.SECP256K1(), 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141),
    b"\x80\x24": (ec.SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
}
OLDER = {"EcdsaSecp256k1VerificationKey2019": b"\xe7\x01", "EcdsaSecp256r1VerificationKey2019": b"\x80\x24"}
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"


class NoProof(Exception):
    """What was read proves nothing, and why."""


class Link(bytes):
    """An address of 36 bytes."""


def need(is_so: bool, why: str) -> None:
    if not is_so:
        raise NoProof(why)


def decode(data: bytes, at: int = 0, deep: int = 0) -> tuple[Any, int]:
    """Give a value of CBOR, as far as DAG-CBOR has it, and where it ends."""
    need(at < len(data) and deep < 200, "CBOR is cut, or too deep")
    kind, small, at = data[at] >> 5, data[at] & 31, at + 1
    if kind == 7:
        if small in (20, 21, 22):
            return (False, True, None)[small - 20], at
        need(small == 27 and at + 8 <= len(data), "CBOR has a value that DAG-CBOR has not")
        return struct.unpack_from(">d", data, at)[0], at + 8
    if small > 23:
        need(small < 28, "CBOR has an indefinite length")
        width = 1 << (small - 24)
        small, at = int.from_bytes(data[at : at + width]), at + width
    if kind < 2:
        return (-1 - small if kind else small), at
    if kind < 4:
        need(at + small <= len(data), "CBOR is cut")
        part = data[at : at + small]
        return (part if kind == 2 else part.decode()), at + small
    if kind == 6:
        value, at = decode(data, at, deep + 1)
        need(small == 42 and isinstance(value, bytes) and value[:1] == b"\0", "a tag is no link")
        return Link(value[1:]), at
    items: list[Any] = []
    for _ in range(small * (1 + (kind == 5))):
        item, at = decode(data, at, deep + 1)
        items.append(item)
    if kind == 4:
        return items, at
    need(all(isinstance(name, str) for name in items[::2]), "a key is no text")
    return dict(zip(items[::2], items[1::2], strict=True)), at


def head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    width = next(power for power in range(4) if number < 1 << (8 << power))
    return bytes([kind << 5 | 24 + width]) + number.to_bytes(1 << width)


def encode(value: Any) -> bytes:
    """Write a value in the one form of DAG-CBOR."""
    if value is None or isinstance(value, bool):
        return b"\xf6" if value is None else bytes([0xF4 + value])
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + head(2, len(value) + 1) + b"\0" + bytes(value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    items = sorted((encode(name), encode(item)) for name, item in value.items())
    return head(5, len(items)) + b"".join(name + item for name, item in items)


def whole(data: bytes | None, what: str) -> Row:
    """Give a block's map, if it is written in its one form."""
    need(data is not None, f"the block of {what} is missing")
    value: Any
    value, end = decode(data or b"")
    need(isinstance(value, dict) and end == len(data or b"") and encode(value) == data, f"{what} is no map in DAG-CBOR")
    return dict(value)


def blocks_of(car: bytes) -> tuple[Any, dict[bytes, bytes]]:
    """Give a CAR's root and its blocks, each hashed."""
    sections, at = [], 0
    while at < len(car):
        length = shift = 0
        while True:
            need(at < len(car) and shift <= 28, "the CAR is cut")
            byte, at = car[at], at + 1
            length, shift = length | (byte & 127) << shift, shift + 7
            if byte < 128:
                break
        need(0 < length <= len(car) - at, "the CAR is cut")
        sections.append(car[at : at + length])
        at += length
    need(bool(sections), "the CAR is empty")
    first = whole(sections[0], "the header")
    roots = first.get("roots")
    need(first.get("version") == 1 and isinstance(roots, list) and len(roots) == 1, "the CAR has not one root")
    blocks = {section[:36]: section[36:] for section in sections[1:]}
    for section in sections[1:]:
        link, data = section[:36], section[36:]
        need(link[:4] == LINK and sha256(data).digest() == link[4:], "a block is not what its address says")
    return roots[0], blocks  # type: ignore[index]


def base58(text: str) -> bytes:
    need(text[:1] == "z" and set(text[1:]) <= {*BASE58}, "the key is not written in base58btc")
    number = 0
    for letter in text[1:]:
        number = number * 58 + BASE58.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def key_of(document: Any, did: str) -> bytes:
    """Give the key that a document names: two bytes of the curve, and the compressed point."""
    need(isinstance(document, dict) and document.get("id") == did, "the document is of another account")
    for one in document.get("verificationMethod") or []:
        if one.get("id") in (f"{did}#atproto", "#atproto"):
            need(one.get("controller") == did, "the key is controlled by another account")
            data, kind = base58(one["publicKeyMultibase"]), one.get("type")
            if kind == "Multikey":
                return data
            need(kind in OLDER and len(data) in (33, 65), "the key is of no type that is known")
            return OLDER[kind] + (data if len(data) == 33 else bytes([2 + (data[64] & 1)]) + data[1:33])
    raise NoProof("the document names no key #atproto")


def proved(car: bytes, did: str, path: str, document: Any) -> Row:
    """Give the record at a path, once its commit is signed by the document's key and leads to it."""
    root, blocks = blocks_of(car)
    commit = whole(blocks.get(root), "the commit")
    need({*commit} == {"data", "did", "prev", "rev", "sig", "version"}, "the commit has other keys")
    need((commit["version"], commit["did"]) == (3, did), "the commit is of another account")
    key, sig = key_of(document, did), commit["sig"]
    need(key[:2] in CURVES and len(key) == 35 and isinstance(sig, bytes) and len(sig) == 64, "no such key or signature")
    curve, order = CURVES[key[:2]]
    r, s = int.from_bytes(sig[:32]), int.from_bytes(sig[32:])
    need(s <= order // 2, "the signature is not in its one form")
    unsigned = encode({name: value for name, value in commit.items() if name != "sig"})
    public = ec.EllipticCurvePublicKey.from_encoded_point(curve, key[2:])
    public.verify(encode_dss_signature(r, s), unsigned, ec.ECDSA(SHA256()))
    tree, wanted = commit["data"], path.encode()
    for _ in range(128):
        need(isinstance(tree, Link), f"the commit holds no {path}")
        node, last = whole(blocks.get(tree), "the tree"), b""
        tree = node.get("l")
        for entry in node.get("e") or []:
            need(0 <= entry["p"] <= len(last), "an entry repeats what is not there")
            name = last[: entry["p"]] + entry["k"]
            need(name > last, "entries are out of order")
            if name == wanted:
                record = whole(blocks.get(entry["v"]), path)
                need(record.get("$type") == path.partition("/")[0], "the record is of another type")
                return record
            if name > wanted:
                break
            tree, last = entry.get("t"), name
    raise NoProof("the tree is too deep")


def pieces(path: Path) -> Iterator[bytes]:
    """Give the lines of a segment."""
    data, at = path.read_bytes(), 0
    while len(data) - at >= SEGMENT.size:
        magic, width, length, plain, digest = SEGMENT.unpack_from(data, at)
        part = data[at + SEGMENT.size : at + SEGMENT.size + length]
        if (magic, width) != (0x184D2A5E, 16) or plain > 1 << 28 or sha256(part).digest()[:8] != digest:
            return
        yield from pa.decompress(part, plain, codec="zstd", asbytes=True).split(b"\n")[:-1]
        at += SEGMENT.size + length


def archived(folder: Path, size: int, root: str) -> list[tuple[str, Row]]:
    """Give the records of an archive, each with its place, once they give the root that was certified."""
    found: dict[int, Any] = {}
    for path in folder.glob("*/*.jsonl.zst"):
        for row, line in enumerate(pieces(path), 1):
            record, place = json.loads(line), f"data/archive/{path.parent.name}/{path.name}, record {row}"
            if path.name.startswith(".") or record["leaf"] >= size:
                continue
            body = b64decode(record["base64"]) if "base64" in record else record.get("body", "").encode()
            if "hole" not in record and sha256(body).hexdigest() != record["body_sha256"]:
                refuse(place, "its body is not the one that was received")
            plain = {key: value for key, value in record.items() if key not in ("base64", "body", "hole", "said")}
            record["data"] = body if "hole" not in record else None
            found[record["leaf"]] = (place, record, sha256(b"\0" + sha256(canonical(plain).encode()).digest()).digest())
    if [*sorted(found)] != [*range(size)]:
        refuse("data/archive", f"it has not each of {size} records")
    level = [found[leaf][2] for leaf in range(size)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\1" + one + other).digest() for one, other in pairs] + level[len(level) & ~1 :]
    if b64encode(level[0]).decode() != root:
        refuse("evidence/checkpoints", "its root is not that of the records in data/archive")
    return [found[leaf][:2] for leaf in range(size)]


def tag_key(tag: str) -> str:
    return normalize("NFC", tag.removeprefix("#")).casefold()


def names(record: Any, tags: dict[str, str]) -> list[str]:
    """Give whom the tags of a post name."""
    said = [one.get("tag") for facet in record.get("facets") or [] for one in facet.get("features") or []
            if one.get("$type") == "app.bsky.richtext.facet#tag"]  # fmt: skip
    said += record.get("tags") or []
    words = [word for one in said if isinstance(one, str) for word in one.split()]
    return sorted({tags[tag_key(word)] for word in words if tag_key(word) in tags})


def operations(data: bytes) -> Iterator[tuple[str, str, str, Any, bytes]]:
    """Give what a frame says was created: account, path, action, the record as it says, and its blocks."""
    try:
        first, at = decode(data)
        message = decode(data, at)[0]
        if first.get("t") != "#commit":
            return
        blocks = blocks_of(message["blocks"])[1]
        for one in message["ops"]:
            record = decode(blocks[one["cid"]])[0] if one["action"] != "delete" else None
            yield message["repo"], one["path"], one["action"], record, message["blocks"]
    except (NoProof, KeyError, TypeError, ValueError, AttributeError):
        return


class Stream:
    """What the frames of one source prove."""

    def __init__(self, source: str, records: list[tuple[str, Row]], tags: dict[str, str]) -> None:
        self.tags, self.holes = tags, 0
        self.documents: Row = defaultdict(list)
        self.named: Row = {}
        self.acts: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.frames = [one for one in records if one[1]["source"] == source and one[1]["ask"]["what"] == "frames"]
        for _, record in records:
            ask, data = record["ask"], record["data"]
            if record["source"] == source and ask["what"] == "identities" and data and record["status"] == 200:
                self.documents[ask["accounts"][0]].append((record["leaf"], json.loads(data)))
        every = [(record, one) for _, record in self.frames for one in operations(record["data"] or b"")]
        for _, (did, path, action, said, _) in every:
            if action == "create" and path.startswith(f"{POST}/") and (who := names(said, tags)):
                self.named.setdefault(f"at://{did}/{path}", who)
        told: set[str] = set()
        for place, record in self.frames:
            self.holes += record["data"] is None
            for did, path, action, said, car in operations(record["data"] or b""):
                if (
                    action == "create"
                    and f"{did}/{path}" not in told
                    and self.take(place, record, did, path, said, car)
                ):
                    told.add(f"{did}/{path}")

    def take(self, place: str, record: Row, did: str, path: str, said: Any, car: bytes) -> bool:
        """Take what one record says and its author signed."""
        kind, address = path.partition("/")[0], f"at://{did}/{path}"
        of = said.get("subject", {}).get("uri") if kind == REPOST else ""
        if kind not in (POST, REPOST) or not (self.named.get(of) if kind == REPOST else names(said, self.tags)):
            return False
        signed, why = None, f"{place}: no document of {did}"
        held = self.documents.get(did, [])
        at = bisect_left([leaf for leaf, _ in held], record["leaf"])
        for _, document in held[max(0, at - 1) : at + 1]:
            try:
                signed = signed or proved(car, did, path, document)
            except UNREADABLE as error:
                why = f"{place}: {type(error).__name__} {error}"
        if signed is None:
            self.acts[address, "refused"].append(why)
            return True
        if kind == REPOST:
            who = self.named[of]
            self.acts[of, "repost"].append((record["answered_at"], who[0] if len(who) == 1 else "", 1, did))
            return True
        embed = signed.get("embed") or {}
        inner = embed.get("record") or {}
        is_quote = bool(inner.get("uri") or (inner.get("record") or {}).get("uri"))
        who = names(signed, self.tags)
        for nominee in who:
            self.acts[address, "quote" if is_quote else "post"].append((record["answered_at"], nominee, len(who), did))
        return True

    def of(self, b: Any, channel: str) -> str:
        """Give the account that signed a ballot's post; nothing if only a deleted frame can hold it."""
        place = f"evidence/ballots, ballot {b.ballot}"
        if (b.votes, b.channel) != (1, channel):
            refuse(place, "a post is one vote, in the channel of its source")
        there, is_known = self.acts.get((b.post, b.gesture), []), (b.post, b.gesture) in self.acts
        for act in there:
            if act[:3] == (b.cast_at, b.nominee, b.tags):
                there.remove(act)
                return str(act[3])
        if is_known:
            said = f"{b.cast_at}, {b.nominee}, {b.tags}"
            refuse(place, f"what is left of what was signed and received is {there}, and it says {said}")
        if why := self.acts.get((b.post, "refused")):
            refuse(place, why[0])
        return "" if self.holes else refuse(place, f"no frame tells of {b.post}")


def check(folder: Path, season: Row, tables: Row) -> None:
    """Hold every ballot of a stream against its author's signature."""
    followed = [one for one in season["source"] if one["kind"] == "ballots" and "fetch" in one]
    ballots = tables.get("ballots", [])
    if not followed or not ballots:
        return
    archive = folder / "data/archive"
    if not archive.is_dir():
        unchecked.append("who signed the posts that are ballots: data/archive is not here")
        return
    cited = tables["checkpoints"][0]
    records = archived(archive, cited.size, cited.root)
    listed = tomllib.loads((folder / "artists.toml").read_text("utf-8"))["artist"]
    tags = {tag_key(tag): one["id"] for one in listed for tag in one.get("tags", [])}
    pairs: set[tuple[int, str]] = set()
    for source in followed:
        stream, covered, many = Stream(source["id"], records, tags), 0, 0
        for b in (b for b in ballots if b.source == source["id"]):
            did = stream.of(b, source["constants"]["channel"])
            many, covered = many + 1, covered + (not did)
            pairs |= {(b.voter, did)} if did else set()
        if covered > stream.holes:
            refuse("evidence/ballots", f"{covered} ballots of {source['id']} are proved by no frame")
        checked.append(
            f"{many - covered} ballots of {source['id']} are posts signed by the author's key, when received"
        )
        unchecked.append(f"who wrote the posts of {source['id']}: whoever runs an account's server holds its key")
        if covered:
            unchecked.append(f"{covered} ballots of {source['id']}: the frames were deleted, and holes say so")
    if len({voter for voter, _ in pairs}) < len(pairs) or len({did for _, did in pairs}) < len(pairs):
        refuse("evidence/ballots", "one account has two pseudonyms, or two accounts have one")
