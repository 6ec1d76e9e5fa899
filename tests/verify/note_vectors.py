"""Notes in every form in which they are handed on, and whether they hold: docs/spec/vectors/notes.json.

Write the file again with: python -m tests.verify.note_vectors
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.ledger.checkpoint import Checkpoint
from plaudit.ledger.note import Signer, sign_note
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.tree import inclusion_path, leaf_hashes, root_of
from plaudit.vote.record import Ballot, Names
from plaudit.vote.statements import closing

__all__ = ["FILE", "built"]

FILE = Path(__file__).parents[2] / "docs" / "spec" / "vectors" / "notes.json"
ORIGIN = "plaudit.example/my-award"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORGANISER, LOG = Signer(ORIGIN, _KEY), Signer(f"{ORIGIN}/log", _KEY)
STATED: dict[str, Any] = {
    "type": "https://plaudit.dev/certificate/v2",
    "software": {
        "plaudit": "0.1.0",
        "duckdb": "2.0.0",
        "ibis-framework": "12.0.0",
        "pyarrow": "26.0.1",
        "tzdata": "2026.3",
    },
    "season": {"award": "my-award", "edition": "2026", "origin": ORIGIN, "title": "나의 상"},
    "evidence": {"kind": "real", "sources": [], "tables": {}},
    "rules": {},
    "inputs": {"season.toml": {"sha256": "0" * 64}},
    "not_checked": [],
    "set_aside": {"unknown account": 1},
    "limits": [],
}
RECORD = Names(("web",), ("a", "b"), ("guest",)).pack(Ballot("web", "b", 3, 1_768_554_001_234_567, 7, "guest"))


def certificate(text: str | dict[str, Any] = STATED, signer: Signer = ORGANISER) -> bytes:
    """Sign a statement, or a text that is none."""
    return sign_note(text if isinstance(text, str) else rfc8785.dumps(text).decode() + "\n", signer).encode()


def receipt(leaf: bytes = RECORD, origin: str = f"{ORIGIN}/log/commit/5", signer: Signer = LOG) -> bytes:
    """Give the receipt of a leaf, the second of three."""
    hashes = leaf_hashes([b"one", leaf, b"three"])
    note = sign_note(Checkpoint(origin, 3, root_of(hashes)).text, signer)
    return str(TlogProof(1, tuple(inclusion_path(hashes, 1)), note, leaf)).encode()


def packed(at: int, value: int, width: int) -> bytes:
    """Give the record with another number in it."""
    return RECORD[:at] + value.to_bytes(width, "big", signed=value < 0) + RECORD[at + width :]


def around(whole: bytes) -> dict[str, tuple[bytes, bool]]:
    """Give a note as programs save it."""
    crlf = whole.replace(b"\n", b"\r\n")
    first, _, rest = whole.partition(b"\n")
    return {
        "as it is": (whole, True),
        "line ends of Windows": (crlf, True),
        "some line ends of Windows": (first + b"\r\n" + rest, True),
        "a byte order mark": (b"\xef\xbb\xbf" + whole, True),
        "a byte order mark and line ends of Windows": (b"\xef\xbb\xbf" + crlf, True),
        "no line end at the end": (whole.rstrip(b"\n"), True),
        "blank lines around": (b"\n\n" + whole + b"\n\n", True),
        "blanks and tabs around": (b" \t\n " + whole.rstrip() + b" \t \n", True),
        "a blank, then a byte order mark": (b" \xef\xbb\xbf" + whole, False),
        "two byte order marks": (b"\xef\xbb\xbf" * 2 + whole, False),
        "line ends of old Macs": (whole.replace(b"\n", b"\r"), False),
        "a carriage return more": (first + b"\r\r\n" + rest, False),
        "a blank at the end of the first line": (first + b" \n" + rest, False),
        "a no-break space before": (b"\xc2\xa0" + whole, False),
        "a form feed after": (whole + b"\f", False),
        "a zero byte after": (whole + b"\0", False),
        "UTF-16": (whole.decode().encode("utf-16"), False),
        "a byte that is no UTF-8": (whole[:-2] + b"\xff\n", False),
        "half of a pair as bytes": (whole[:-1] + b"\xed\xa0\x80\n", False),
        "a line more": (whole + b"x\n", False),
        "the last line left out": (whole[: whole[:-1].rindex(b"\n") + 1], False),
        "nothing": (b"", False),
        "blanks alone": (b" \r\n\t", False),
    }


def statements() -> dict[str, tuple[bytes, bool]]:
    """Give certificates that the key signed, in one form and in others."""
    text = rfc8785.dumps(STATED).decode() + "\n"

    def without(*keys: str) -> dict[str, Any]:
        return {key: value for key, value in STATED.items() if key not in keys}

    return {
        "a second signature of an unknown key": (
            certificate() + b"\xe2\x80\x94 w.example/1 " + b"A" * 92 + b"\n",
            True,
        ),
        "a key twice": (certificate(text.replace('"edition"', '"award":"my-award","edition"')), False),
        "a key twice, once with an escape": (
            certificate(text.replace('"edition"', '"aw\\u0061rd":"other","edition"')),
            False,
        ),
        "a number with a point": (certificate(text.replace('account":1', 'account":1.0')), False),
        "a number with an exponent": (certificate(text.replace('account":1', 'account":1e0')), False),
        "half a number": (certificate(text.replace('account":1', 'account":1.5')), False),
        "minus zero": (certificate(text.replace('account":1', 'account":-0')), False),
        "a number of 2^53": (certificate(text.replace('account":1', f'account":{2**53}')), False),
        "a number of 2^53 - 1": (certificate({**STATED, "set_aside": {"unknown account": 2**53 - 1}}), True),
        "no number": (certificate(text.replace('account":1', 'account":NaN')), False),
        "half of a pair, escaped": (certificate(text.replace("나의 상", "\\ud800")), False),
        "a letter escaped": (certificate(text.replace("my-award", "my\\u002daward", 1)), False),
        "blanks between": (certificate(text.replace(",", ", ")), False),
        "keys in another order": (
            certificate(json.dumps(STATED, separators=(",", ":"), ensure_ascii=False) + "\n"),
            False,
        ),
        "no line end behind the text": (certificate(text + "\n"), False),
        "80 deep": (certificate({**STATED, "limits": json.loads("[" * 80 + "]" * 80)}), False),
        "5,000 deep": (certificate(text.replace('"limits":[]', f'"limits":{"[" * 5_000}{"]" * 5_000}')), False),
        "a key that the schema does not name": (certificate({**STATED, "audited_by": "us"}), False),
        "no season": (certificate(without("season")), False),
        "a season that is null": (certificate({**STATED, "season": None}), False),
        "a title that is an object": (
            certificate({**STATED, "season": {**STATED["season"], "title": {"en": "x"}}}),
            False,
        ),
        "a title that is a number": (certificate({**STATED, "season": {**STATED["season"], "title": 5}}), False),
        "no evidence": (certificate(without("evidence")), False),
        "a kind of evidence that there is not": (
            certificate({**STATED, "evidence": {**STATED["evidence"], "kind": "true"}}),
            False,
        ),
        "a result without a vote": (certificate({**STATED, "result": {}}), False),
        "an input outside the season": (certificate({**STATED, "inputs": {"../x": {"sha256": "0" * 64}}}), False),
        "another type": (certificate({**STATED, "type": "https://plaudit.dev/certificate/v3"}), False),
        "null": (certificate("null\n"), False),
        "an array": (certificate("[]\n"), False),
        "an empty object": (certificate("{}\n"), False),
        "of another origin": (certificate(signer=Signer("plaudit.example/other", _KEY)), False),
        "an origin that did not sign": (
            certificate({**STATED, "season": {**STATED["season"], "origin": "plaudit.example/other"}}),
            False,
        ),
    }


def proofs() -> dict[str, tuple[bytes, bool]]:
    """Give receipts, and answers that hold one."""
    whole = receipt().decode()
    answer = {"leaf": 6, "receipt": whole}
    saved = json.dumps(answer)
    bare = json.dumps(whole)
    closed = closing(3, 1_768_813_200_000_000)
    cases: dict[str, tuple[bytes, bool]] = {
        "the answer saved whole": (saved.encode(), True),
        "the answer, indented": (json.dumps(answer, indent=2).encode(), True),
        "the answer with a mark and line ends of Windows": (
            b"\xef\xbb\xbf" + json.dumps(answer, indent=2).replace("\n", "\r\n").encode(),
            True,
        ),
        "the answer with the receipt twice": (f'{{"receipt":"x","receipt":{bare}}}'.encode(), False),
        "the answer with another key twice": (f'{{"leaf":1,"leaf":2,"receipt":{bare}}}'.encode(), False),
        "the answer with no number": (f'{{"leaf":NaN,"receipt":{bare}}}'.encode(), False),
        "the answer with half a number": (f'{{"leaf":1.5,"receipt":{bare}}}'.encode(), False),
        "the answer with half of a pair": (f'{{"a":"\\udc00","receipt":{bare}}}'.encode(), False),
        "the answer with a receipt of other line ends": (
            json.dumps({"receipt": whole.replace("\n", "\r\n")}).encode(),
            False,
        ),
        "the answer with a blank before the receipt": (json.dumps({"receipt": f" {whole}"}).encode(), False),
        "the answer with no text": (b'{"receipt":5}', False),
        "the answer in an array": (f"[{saved}]".encode(), False),
        "the answer 70 deep": (f'{{"a":{"[" * 70}{"]" * 70},"receipt":{bare}}}'.encode(), False),
        "the answer cut": (saved[:-1].encode(), False),
        "something else that is JSON": (b'{"leaf":6}', False),
        "of the closing": (receipt(closed), False),
        "of JSON that is no statement": (receipt(b'{"a":1}'), False),
        "of a statement with a blank": (receipt(closed.replace(b",", b", ", 1)), False),
        "of a statement cut": (receipt(closed[:-1]), False),
        "of a record of another version": (receipt(b"\x02" + RECORD[1:]), False),
        "of a record cut": (receipt(RECORD[:-1]), False),
        "of a record with no votes": (receipt(packed(4, 0, 4)), False),
        "of a record with no tags": (receipt(packed(26, 0, 2)), False),
        "of a voter of 64 bits": (receipt(packed(16, 2**63, 8)), False),
        "of the last instant of 9999": (receipt(packed(8, 253_402_300_799_999_999, 8)), True),
        "of an instant after 9999": (receipt(packed(8, 253_402_300_800_000_000, 8)), False),
        "of an instant of 2^63 - 1": (receipt(packed(8, 2**63 - 1, 8)), False),
        "of an instant of -2^63": (receipt(packed(8, -(2**63), 8)), False),
        "of a gesture that there is not": (receipt(packed(24, 4, 1)), False),
        "of flags that mean nothing": (receipt(packed(25, 8, 1)), False),
        "of an age that is not known": (receipt(packed(30, 1, 8)), False),
        "of a commit that begins with the opening": (receipt(origin=f"{ORIGIN}/log/commit/0"), False),
        "of a commit with a zero before": (receipt(origin=f"{ORIGIN}/log/commit/05"), False),
        "of a commit of 2^63 - 1": (receipt(origin=f"{ORIGIN}/log/commit/{2**63 - 1}"), True),
        "of a commit of 2^63": (receipt(origin=f"{ORIGIN}/log/commit/{2**63}"), False),
        "of another log": (receipt(origin=f"{ORIGIN}/other"), False),
        "signed by the organiser": (receipt(signer=ORGANISER), False),
        "with an index that begins with zero": (whole.replace("index 1", "index 01").encode(), False),
        "with another index": (whole.replace("index 1", "index 2").encode(), False),
    }
    return cases


def built() -> str:
    """Give the text of the file."""
    parts = {
        "certificate": {**around(certificate()), **statements()},
        "receipt": {**around(receipt()), **proofs()},
    }
    return (
        json.dumps(
            {
                "about": "Bytes of files, and whether what is in them holds under the key of its kind:"
                " docs/spec/certificate.md, 'The bytes of a note'.",
                "certificate_key": str(ORGANISER.verifier),
                "log_key": str(LOG.verifier),
                "cases": [
                    {"kind": kind, "name": name, "holds": holds, "base64": base64.b64encode(data).decode()}
                    for kind, cases in parts.items()
                    for name, (data, holds) in cases.items()
                ],
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(built(), "utf-8")
