"""A post's proof holds as a real PDS gave it, and nothing that was changed in it does."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import libipld
import pytest
from atproto_crypto.algs import P256, Secp256k1
from atproto_crypto.did import parse_multikey
from atproto_crypto.verify import verify_signature
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import EvidenceError, ProofInvalid, SignatureInvalid
from plaudit.platforms.atproto_frames import decoded
from plaudit.platforms.post_proof import proved, signing_key
from tests.platforms.pds.recorded import recorded, recorded_frames, recorded_proofs
from tests.some import some

PROOFS = recorded_proofs()
OTHER = recorded()["facts"]["other"]
ORDERS = (0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,)


def of(name: str) -> tuple[bytes, str, str, str]:
    one = PROOFS[name]
    return one["car"], one["did"], one["path"], signing_key(one["document"], one["did"])


def test_every_record_is_proved_by_its_servers_proof() -> None:
    texts = {name: proved(*of(name)).record.get("text") for name in PROOFS}

    assert texts == {
        "tag": "For #AnnForTheAward and #TopSocial",
        "photos": "two photos",
        "korean": "투표해요 #앤에게투표 #AnnForTheAward",
        "repost": None,
        "last": "and one more #TopSocial",
    }


def test_a_record_is_the_one_of_its_address() -> None:
    car, did, path, key = of("tag")
    found = proved(car, did, path, key)

    assert libipld.encode_dag_cbor(found.record) in car
    assert (found.did, found.path) == (did, path)
    assert found.cid.startswith("bafyrei")
    assert len(found.rev) == 13


def test_a_key_of_the_other_curve_signs_as_well() -> None:
    car = base64.b64decode(OTHER["car"])

    assert proved(car, OTHER["did"], OTHER["path"], OTHER["key"]).record["text"] == "#Tag7"
    assert OTHER["key"].startswith("did:key:zDn")


def test_every_created_post_of_a_relays_frames_is_proved_by_its_frame() -> None:
    keys = {one["did"]: signing_key(one["document"], one["did"]) for one in PROOFS.values()}
    held = 0
    for frame in some(recorded_frames()):
        message: Any = decoded(frame)
        for operation in message.get("ops", ()):
            if operation["action"] == "create" and message["repo"] in keys:
                found = proved(message["blocks"], message["repo"], operation["path"], keys[message["repo"]])
                assert (found.cid, found.rev) == (libipld.encode_cid(operation["cid"]), message["rev"])
                held += 1
    assert held >= 10


@given(name=st.sampled_from(sorted(PROOFS)), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_is_accepted(name: str, place: float, bit: int) -> None:
    car, did, path, key = of(name)
    at = int(place * len(car))
    flipped = car[:at] + bytes([car[at] ^ (1 << bit)]) + car[at + 1 :]
    try:
        found = proved(flipped, did, path, key)
    except EvidenceError:
        return

    assert found == proved(car, did, path, key)  # a bit that says nothing: the order of the CAR's header
    assert at < 60


@given(st.binary(max_size=300))
def test_bytes_that_are_no_proof_are_refused(car: bytes) -> None:
    with pytest.raises(ProofInvalid):
        proved(car, "did:plc:a", "app.bsky.feed.post/a", "zQ3sh")


def test_a_proof_is_of_one_account_one_path_and_one_key() -> None:
    car, did, path, key = of("tag")
    _, other_did, other_path, other_key = of("korean")

    with pytest.raises(SignatureInvalid, match=f"of {did} is not signed by {other_key}"):
        proved(car, did, path, other_key)
    with pytest.raises(ProofInvalid, match=f"the commit is not one of {other_did}"):
        proved(car, other_did, path, key)
    with pytest.raises(ProofInvalid, match=r"holds no app\.bsky|is missing"):
        proved(car, did, other_path, key)
    with pytest.raises(ProofInvalid, match=r"holds no app\.bsky|is missing"):
        proved(car, did, "app.bsky.feed.post/zzzzzzzzzzzzz", key)


def test_a_record_that_is_put_in_the_place_of_another_is_refused() -> None:
    car, did, path, key = of("tag")
    record = proved(car, did, path, key).record
    forged = libipld.encode_dag_cbor({**record, "text": "For #BobForTheAward and #TopSocial"})
    block = libipld.encode_dag_cbor(record)

    assert len(forged) == len(block)
    with pytest.raises(ProofInvalid, match="is not what its address"):
        proved(car.replace(block, forged), did, path, key)


def test_a_signature_written_the_other_way_is_refused() -> None:
    car, did, path, key = of("tag")
    commit = next(block for block in libipld.decode_car(car)[1].values() if "sig" in block)
    r, s = commit["sig"][:32], int.from_bytes(commit["sig"][32:], "big")
    other = resigned(car, commit, r + (ORDERS[0] - s).to_bytes(32, "big"))

    with pytest.raises(SignatureInvalid):
        proved(other, did, path, key)
    assert proved(resigned(car, commit, commit["sig"]), did, path, key)


def test_what_the_library_accepts_is_what_is_accepted() -> None:
    car, did, path, key = of("repost")
    commit = next(block for block in libipld.decode_car(car)[1].values() if "sig" in block)
    unsigned = libipld.encode_dag_cbor({name: value for name, value in commit.items() if name != "sig"})

    assert verify_signature(f"did:key:{key}", unsigned, commit["sig"])
    assert proved(car, did, path, key).rev == commit["rev"]
    assert {parse_multikey(key).jwt_alg, parse_multikey(OTHER["key"].removeprefix("did:key:")).jwt_alg} == {
        Secp256k1.NAME,
        P256.NAME,
    }


@pytest.mark.parametrize("spoiled", ["id", "verificationMethod", "type", "controller", "publicKeyMultibase"])
def test_a_document_that_names_no_key_is_refused(spoiled: str) -> None:
    one = PROOFS["tag"]
    document = copy.deepcopy(one["document"])
    for at in (document, *document["verificationMethod"]):
        if spoiled in at:
            at[spoiled] = None

    with pytest.raises(ProofInvalid, match="the DID document"):
        signing_key(document, one["did"])


def test_a_key_is_the_same_in_its_older_form_and_as_a_multikey() -> None:
    one = PROOFS["tag"]
    key = signing_key(one["document"], one["did"])
    method = {"type": "Multikey", "publicKeyMultibase": key, "controller": one["did"], "id": f"{one['did']}#atproto"}

    assert one["document"]["verificationMethod"][0]["type"] == "EcdsaSecp256k1VerificationKey2019"
    assert key.startswith("zQ3sh")
    assert signing_key({"id": one["did"], "verificationMethod": [method]}, one["did"]) == key


@pytest.mark.parametrize("key", ["", "z", "zQ3sh", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "é"])
def test_a_key_that_is_none_signs_nothing(key: str) -> None:
    car, did, path, _ = of("tag")

    with pytest.raises(SignatureInvalid):
        proved(car, did, path, key)


def test_a_block_that_is_written_another_way_is_refused() -> None:
    car, did, path, key = of("tag")
    tail = libipld.encode_dag_cbor({"version": 1})[1:]  # the key, and 1 in its shortest form
    longer = bytes([car[0] + 1]) + car[1:].replace(tail, tail[:-1] + b"\x18\x01", 1)
    as_bytes = bytes([car[0] - 3]) + car[1:].replace(b"\xd8\x2a\x58\x25\x00\x01\x71", b"\x58\x24\x01\x71", 1)

    for wrong in (longer, as_bytes):
        assert len(wrong) != len(car)
        with pytest.raises(ProofInvalid, match="the block of the header is not a map in DAG-CBOR"):
            proved(wrong, did, path, key)


VECTORS = json.loads((Path(__file__).parents[2] / "docs" / "spec" / "vectors" / "post-proof.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS["holds"], ids=lambda vector: vector["name"])
def test_a_vector_of_the_specification_holds(vector: dict[str, Any]) -> None:
    key = signing_key(vector["document"], vector["did"])
    found = proved(base64.b64decode(vector["car"]), vector["did"], vector["path"], key)

    assert (key, found.cid, found.rev) == (vector["key"], vector["cid"], vector["rev"])


@pytest.mark.parametrize("vector", VECTORS["fails"], ids=lambda vector: vector["name"])
def test_a_changed_vector_of_the_specification_does_not(vector: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        proved(base64.b64decode(vector["car"]), vector["did"], vector["path"], vector["key"])


def resigned(car: bytes, commit: dict[str, Any], signature: bytes) -> bytes:
    """Give the proof with another signature, every address made right again."""
    header, _ = libipld.decode_car(car)
    old = header["roots"][0]
    data = libipld.encode_dag_cbor({**commit, "sig": signature})
    new = old[:4] + hashlib.sha256(data).digest()
    return car.replace(old + libipld.encode_dag_cbor(commit), new + data).replace(old, new)
