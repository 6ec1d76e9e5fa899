"""Who wrote a record of AT Protocol: its signed commit, and the path of hashes from there to the record.

Nobody but the holder of an account's signing key can make a proof that holds. Whoever runs an
account's server usually holds that key: a proof says which server vouches, not which person wrote.

References
----------
docs/spec/post-proof.md; https://atproto.com/specs/repository, /specs/cryptography
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import libipld
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256K1,
    SECP256R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from plaudit.base.errors import ProofInvalid, SignatureInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Proved", "proved", "signing_key"]

_CID: Final = bytes.fromhex("01711220")
"""The first bytes of every CID here: version 1, DAG-CBOR, SHA-256 of 32 bytes."""
_CURVES: Final[dict[bytes, tuple[EllipticCurve, int]]] = {
    b"\xe7\x01": (SECP256K1(), 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141),
    b"\x80\x24": (SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
}
"""By a key's first two bytes: its curve, and the order of the curve."""
_OLDER: Final = {"EcdsaSecp256k1VerificationKey2019": b"\xe7\x01", "EcdsaSecp256r1VerificationKey2019": b"\x80\x24"}
_COMMIT: Final = {"data", "did", "prev", "rev", "sig", "version"}
_DEEPEST: Final = 128
_REMEDY: Final = "count nothing of it; keep it as evidence and ask the account's server again"


class Proved(NamedTuple):
    """A record that its account's key vouches for.

    cid : its content's address
    rev : the repository's revision, by its server's clock: it grows with every commit
    record : what it says
    """

    did: str
    path: str
    cid: str
    rev: str
    record: dict[str, Any]


def signing_key(document: object, did: str) -> str:
    """Give the key that signs an account's commits, from its DID document.

    Returns
    -------
    The key as a multibase text, as in `zQ3sh…` (secp256k1) or `zDn…` (P-256).

    Raises
    ------
    ProofInvalid : the document is not of that account, or names no such key.
    """
    if not isinstance(document, dict) or document.get("id") != did:
        raise _refused(f"the DID document is not of {did}")
    methods = document.get("verificationMethod")
    for method in methods if isinstance(methods, list) else []:
        if isinstance(method, dict) and method.get("id") in {f"{did}#atproto", "#atproto"}:
            key = method.get("publicKeyMultibase")
            if method.get("controller") == did and isinstance(key, str):
                return key if method.get("type") == "Multikey" else _as_multikey(str(method.get("type")), key)
    raise _refused(f"the DID document of {did} names no key #atproto")


def _as_multikey(kind: str, key: str) -> str:
    """Give a key in the form of now; the older form has the bare point, and its curve in the type."""
    try:
        base, point = libipld.decode_multibase(key)
    except ValueError:
        base, point = "", b""
    if kind not in _OLDER or base != "z" or len(point) not in {33, 65}:
        raise _refused(f"the DID document has a key of type {kind!r} that is none")
    if len(point) == 65:
        point = bytes([2 + (point[64] & 1)]) + point[1:33]
    return str(libipld.encode_multibase("z", _OLDER[kind] + point))


def proved(car: bytes, did: str, path: str, key: str) -> Proved:
    """Give a record whose commit is signed by a key and leads to it.

    Parameters
    ----------
    car : the blocks, as com.atproto.sync.getRecord answers or as a commit's frame holds them (`blocks`)
    path : collection and record key, as in `app.bsky.feed.post/3n3kpsfmdus2g`
    key : as a multibase text, or as a did:key

    Raises
    ------
    ProofInvalid : a block is not what its address says, or a step of the path is missing.
    SignatureInvalid : the commit is not signed by that key.
    """
    root, blocks = _opened(car)
    commit = _block(blocks, root, "the commit")
    if set(commit) != _COMMIT or commit["version"] != 3 or commit["did"] != did:
        raise _refused(f"the commit is not one of {did}")
    if not _is_signed(commit, key):
        raise SignatureInvalid(f"the commit {commit['rev']} of {did} is not signed by {key}", _REMEDY, did=did)
    address = _found(blocks, commit["data"], path.encode())
    record = _block(blocks, address, path)
    if record.get("$type") != path.partition("/")[0]:
        raise _refused(f"the record at {path} is of type {record.get('$type')!r}")
    if not isinstance(commit["rev"], str):
        raise _refused("the commit has no revision")
    return Proved(did, path, libipld.encode_cid(address), commit["rev"], record)


def _opened(car: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Give a CAR's root and its blocks by address, each one hashed."""
    sections = _sections(car)
    header = _decoded(next(sections, b""), "the header")
    roots = header.get("roots")
    if header.get("version") != 1 or not isinstance(roots, list) or len(roots) != 1 or not isinstance(roots[0], bytes):
        raise _refused("the CAR has not one root")
    blocks: dict[bytes, bytes] = {}
    for section in sections:
        address, data = section[:36], section[36:]
        if not address.startswith(_CID) or hashlib.sha256(data).digest() != address[4:]:
            raise _refused(f"a block of the CAR is not what its address {address.hex()} says")
        blocks[address] = data
    return roots[0], blocks


def _sections(car: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(car):
        length, shift = 0, 0
        while True:
            if place >= len(car) or shift > 28:
                raise _refused("the CAR is cut")
            byte = car[place]
            length |= (byte & 0x7F) << shift
            place, shift = place + 1, shift + 7
            if byte < 0x80:
                break
        if not length or place + length > len(car):
            raise _refused("the CAR is cut")
        yield car[place : place + length]
        place += length


def _block(blocks: dict[bytes, bytes], address: object, what: str) -> dict[str, Any]:
    data = blocks.get(address) if isinstance(address, bytes) else None
    if data is None:
        raise _refused(f"the block of {what} is missing")
    return _decoded(data, what)


def _decoded(data: bytes, what: str) -> dict[str, Any]:
    try:
        value = libipld.decode_dag_cbor(data)
        is_canonical = libipld.encode_dag_cbor(value) == data  # else two readers may read two things
    except (ValueError, RecursionError):
        value, is_canonical = None, False
    if not isinstance(value, dict) or not is_canonical:
        raise _refused(f"the block of {what} is not a map in DAG-CBOR")
    return value


def _is_signed(commit: dict[str, Any], key: str) -> bool:
    signature = commit["sig"]
    unsigned = {name: value for name, value in commit.items() if name != "sig"}
    try:
        public, order = _key(key.removeprefix("did:key:"))
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if len(signature) != 64 or s > order // 2:  # the other half is the same signature written differently
            return False
        public.verify(encode_dss_signature(r, s), libipld.encode_dag_cbor(unsigned), ECDSA(SHA256()))
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


@lru_cache(100_000)
def _key(multibase: str) -> tuple[EllipticCurvePublicKey, int]:
    base, data = libipld.decode_multibase(multibase)
    if base != "z" or data[:2] not in _CURVES or len(data) != 35:
        raise ValueError(multibase)
    curve, order = _CURVES[data[:2]]
    return EllipticCurvePublicKey.from_encoded_point(curve, data[2:]), order


def _found(blocks: dict[bytes, bytes], tree: object, wanted: bytes) -> bytes:
    """Give the address that the search tree holds for a path."""
    for _ in range(_DEEPEST):
        node = _block(blocks, tree, "the tree")
        below, last = node.get("l"), b""
        for entry in node.get("e") or ():
            name = _name(entry, last)
            if name == wanted and isinstance(entry.get("v"), bytes):
                return bytes(entry["v"])
            if name > wanted:
                break
            below, last = entry.get("t"), name
        if below is None:
            break
        tree = below
    raise _refused(f"the commit holds no {wanted.decode(errors='replace')}")


def _name(entry: object, last: bytes) -> bytes:
    """Give an entry's name, which says how much of the name before it is repeated; names grow."""
    if isinstance(entry, dict):
        shared, rest = entry.get("p"), entry.get("k")
        if isinstance(shared, int) and isinstance(rest, bytes) and 0 <= shared <= len(last):
            name = last[:shared] + rest
            if name > last:
                return name
    raise _refused("an entry of the tree is out of order")


def _refused(what: str) -> ProofInvalid:
    return ProofInvalid(what, _REMEDY)
