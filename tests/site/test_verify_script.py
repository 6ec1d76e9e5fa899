"""The script of the page that verifies comes to the same verdicts as the command does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import EvidenceError
from plaudit.certify.certificate import canonical
from plaudit.frame.verify import VERIFY_STEPS
from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint
from plaudit.ledger.note import Signer, Verifier, sign_note
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.tree import leaf_hashes, root_of
from plaudit.verify.receipt import verify_receipt
from plaudit.vote.receipt import receipts
from plaudit.vote.record import Ballot, Names
from tests.profiles import examples

SCRIPT = files("plaudit.frame") / "assets" / "verify.js"
SCRIPTS = [files("plaudit.frame") / "assets" / name for name in ("verify.js", "folder.js", "verify-page.js")]
SPEC = Path(__file__).parents[2] / "docs" / "spec" / "receipt.md"
LOG = "plaudit.example/live/log"
SIGNER = Signer(LOG, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(LOG, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
NAMES = Names(("web", "post"), ("bts", "drake", "iu"), ("guest",))
_NODE = """
const { readFileSync } = require("node:fs");
const { webcrypto } = require("node:crypto");
const given = { crypto: webcrypto, TextEncoder, TextDecoder, atob, btoa };
const context = require("node:vm").createContext(given);
require("node:vm").runInContext(readFileSync(process.argv[1], "utf8"), context);
const bytes = (asked) => (typeof asked === "string" ? asked : Uint8Array.from(Buffer.from(asked.base64, "base64")));
(async () => {
  const found = [];
  for (const [asked, page] of JSON.parse(readFileSync(0, "utf8"))) {
    found.push(await given.plauditVerify.verify(bytes(asked), page));
  }
  process.stdout.write(JSON.stringify(found));
})();
"""

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node: apt-get install nodejs")


def steps(*asked: tuple[str | dict[str, str], dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Give the script's steps for some texts, each with what the page publishes."""
    command = ["node", "-e", _NODE, str(SCRIPT)]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def published(verifier: Verifier = SIGNER.verifier, **more: Any) -> dict[str, Any]:
    return {"logKey": str(verifier), "certificateKey": str(verifier), "channels": None, "nominees": None, **more}


def is_held(found: list[dict[str, Any]]) -> bool:
    return all(step["ok"] is not False for step in found)


def names_of(found: list[dict[str, Any]]) -> list[str]:
    return [step["step"] for step in found]


def records(number: int) -> list[bytes]:
    return [
        NAMES.pack(Ballot("web", "iu", 1 + place, 1_700_000_000_000_000, place, "guest")) for place in range(number)
    ]


def at_once(number: int, place: int, first: int = 1, signer: Signer = SIGNER) -> str:
    """Give the receipt of a ballot in a commit of some."""
    return receipts(records(number), first, signer, [place])[0]


def later(number: int, place: int, signer: Signer = SIGNER) -> str:
    """Give the same ballot's receipt under a checkpoint of the log itself, which holds those ballots alone."""
    proof = TlogProof.parse(at_once(number, place))
    note = checkpoint(number, signer)
    return str(TlogProof(proof.index, proof.path, note, proof.extra))


def checkpoint(number: int, signer: Signer = SIGNER, leaves: list[bytes] | None = None) -> str:
    return sign_checkpoint(Checkpoint(LOG, number, root_of(leaf_hashes(leaves or records(number)))), signer)


def is_held_by_the_command(text: str, verifier: Verifier = SIGNER.verifier) -> bool:
    try:
        verify_receipt(text, verifier)
    except EvidenceError:
        return False
    return True


def test_the_receipts_of_the_specification_hold_and_altered_ones_do_not() -> None:
    text = SPEC.read_text("utf-8")
    blocks = [
        re.sub(r"(?m)^ {4}", "", found).lstrip("\n") for found in re.findall(r"(?m)(?:^ {4}.*\n|^\n(?= {4}))+", text)
    ]
    [first, second] = [block for block in blocks if block.startswith("c2sp.org/tlog-proof@v1\n")]
    [key] = [block.strip() for block in blocks if re.fullmatch(r"\S+\+[0-9a-f]{8}\+\S+\n", block)]
    page = {"logKey": key, "certificateKey": "", "channels": ["web"], "nominees": ["bts", "drake"]}
    altered = [
        second.replace("AQAAAQAA", "AQAAAAAA"),
        second.replace("index 2", "index 1"),
        second.replace("\n4\n", "\n5\n"),
    ]
    found = steps((first, page), (second, page), *((one, page) for one in altered))

    assert names_of(found[0]) == ["receipt-read", "signed", "path", "ballot", "promised", "whose-key"]
    assert names_of(found[1]) == ["receipt-read", "signed", "path", "ballot", "other-size", "whose-key"]
    assert (
        found[1][3]["values"] | {"nominee": "drake", "channel": "web", "votes": 1, "leaf": 2} == found[1][3]["values"]
    )
    assert [names_of(one)[-1] for one in found[2:]] == ["bad-path", "bad-path", "bad-signature"]


@pytest.mark.parametrize(
    ("text", "more", "last"),
    [
        (later(5, 2), {"checkpoint": checkpoint(5)}, "in-published"),
        (later(5, 2), {"checkpoint": checkpoint(7)}, "other-size"),
        (later(5, 2), {"checkpoint": checkpoint(5, leaves=records(5)[::-1])}, "fork"),
        (later(5, 2), {"checkpoint": checkpoint(4), "isClosed": True}, "left-out"),
        (at_once(3, 1, first=4), {"checkpoint": checkpoint(4), "isClosed": True}, "left-out"),
        (at_once(3, 1, first=4), {"checkpoint": checkpoint(4)}, "promised"),
        (at_once(3, 1, first=4), {"checkpoint": checkpoint(9), "isClosed": True}, "promised"),
        (later(5, 2, OTHER), {}, "no-signature"),
        (later(5, 2), {"nominees": ["bts"], "channels": ["web"]}, "other-opening"),
        (later(5, 2), {"logKey": ""}, "no-key"),
        (later(5, 2), {"logKey": "x+00000000+AAAA"}, "bad-key"),
        ("hello", {}, "not-note"),
        ("c2sp.org/tlog-proof@v1\n", {}, "not-proof"),
        ("c2sp.org/tlog-proof@v1\n" + "x" * (1 << 20), {}, "too-long"),
        (at_once(3, 2, first=2), {"checkpoint": checkpoint(5), "isClosed": True}, "left-out"),
        (at_once(3, 1, first=2), {"checkpoint": checkpoint(5), "isClosed": True}, "promised"),
        (at_once(3, 1).replace(LOG, "plaudit.example/other/log"), {}, "no-signature"),
    ],
)
def test_a_receipt_is_compared_with_what_is_published(text: str, more: dict[str, Any], last: str) -> None:
    [found] = steps((text, published(isOwnKey=True, **more)))

    assert names_of(found)[-1] == last
    assert is_held(found) == (last in {"in-published", "other-size", "promised"})


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused() -> None:
    proof = TlogProof.parse(later(5, 2))
    note = sign_note(checkpoint(5).partition("\n\n")[0].replace(LOG, f"{LOG}/other") + "\n", SIGNER)
    text = str(TlogProof(proof.index, proof.path, note, proof.extra))
    [found] = steps((text, published()))

    assert names_of(found)[-1] == "other-origin"
    assert not is_held_by_the_command(text)


def test_a_paste_may_lose_its_last_line_end_and_have_those_of_windows() -> None:
    text = later(5, 2)
    pastes = [
        text.rstrip("\n"),
        f"\ufeff  {text}\n\n",
        text.replace("\n", "\r\n"),
        json.dumps({"receipt": text, "leaf": 2}),
    ]

    assert [is_held(found) for found in steps(*((paste, published()) for paste in pastes))] == [True] * 4


def test_a_certificate_is_checked_against_key_and_published_log() -> None:
    log = {"origin": LOG, "size": 5, "root": checkpoint(5).split("\n")[2], "key": str(SIGNER.verifier)}
    stated = {
        "type": "https://plaudit.dev/certificate/v1",
        "season": {"title": "방탄소년단 <b>", "origin": LOG},
        "evidence": {"kind": "real"},
        "rules": {},
        "inputs": {},
        "vote": {"log": log},
        "result": {"winners": ["bts", "constructor"]},
    }
    note = sign_note(canonical(stated), SIGNER)
    page = published(checkpoint=checkpoint(5), names={"bts": "BTS"})
    found = steps(
        (note, page),
        (note.replace("bts", "iu"), page),
        (note, {**page, "checkpoint": checkpoint(6)}),
        (note, {**page, "certificateKey": ""}),
        (sign_note(canonical({"type": "else"}), SIGNER), page),
        (sign_note("[]\n", SIGNER), page),
        (sign_note("null\n", SIGNER), page),
    )

    assert names_of(found[0]) == ["signed", "certificate", "log-cited", "winner", "whose-key", "not-recomputed"]
    assert found[0][3]["values"]["winners"] == "BTS, constructor"
    last = [names_of(one)[-1] for one in found[1:]]
    assert last == ["bad-signature", "other-log", "no-key", "not-certificate", "not-certificate", "not-certificate"]


def altered(text: str, draw: st.DrawFn) -> str:
    """Change a text in one place: a letter, a line, or the order of two lines."""
    place = draw(st.integers(0, len(text) - 1))
    lines = text.split("\n")
    row = draw(st.integers(0, len(lines) - 1))
    letter = draw(st.sampled_from("AZaz09+/=—é \n-{"))
    ways = {
        "none": text,
        "replace": text[:place] + letter + text[place + 1 :],
        "insert": text[:place] + letter + text[place:],
        "remove": text[:place] + text[place + 1 :],
        "drop": "\n".join(lines[:row] + lines[row + 1 :]),
        "double": "\n".join([*lines[: row + 1], *lines[row:]]),
        "swap": "\n".join([*lines[:row], *lines[row : row + 2][::-1], *lines[row + 2 :]]),
        "index": re.sub(r"index \d+", f"index {draw(st.integers(0, 40))}", text),
    }
    return ways[draw(st.sampled_from(sorted(ways)))]


@st.composite
def receipt_texts(draw: st.DrawFn) -> str:
    number = draw(st.integers(1, 33))
    place = draw(st.integers(0, number - 1))
    signer = draw(st.sampled_from([SIGNER, SIGNER, SIGNER, OTHER]))
    made = at_once(number, place, signer=signer) if draw(st.booleans()) else later(number, place, signer)
    return altered(made, draw)


@settings(max_examples=examples(25))
@given(st.lists(receipt_texts(), min_size=20, max_size=40))
def test_script_and_command_agree_on_every_receipt(texts: list[str]) -> None:
    whole = [text.strip() + "\n" for text in texts]  # the script forgives what a paste loses or adds at its ends
    found = steps(*((text, published()) for text in whole))

    assert [is_held(one) for one in found] == [is_held_by_the_command(text) for text in whole]


def test_every_step_of_the_script_has_its_words() -> None:
    script = "".join(file.read_text("utf-8") for file in SCRIPTS)
    said = set(re.findall(r'(?:Refused|passed|open)\("([\w-]+)"|step: "([\w-]+)"', script))
    doing = {f"doing {what}" for what in re.findall(r'onProgress\("(\w+)"', script)}
    steps_said = {one or other for one, other in said}

    assert steps_said | doing <= set(VERIFY_STEPS)
    assert len(said) > 60
    about = {"passed", "open", "failed", "holds", "refused"}
    assert {name for name in VERIFY_STEPS if not name.startswith("value ")} == steps_said | doing | about
