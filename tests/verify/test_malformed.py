"""Whatever a stranger hands over, `plaudit verify` refuses it in words and with exit code 6: never a traceback."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.base.errors import ProofInvalid
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.ledger.note import Signer, sign_note
from plaudit.verify.receipt import verify_receipt
from plaudit.vote.receipt import receipts
from tests.cli.commands import Plaudit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = Signer("plaudit.example/my-award/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LAYOUT = struct.Struct(">BBHIqQBBHHq16s")
SOUND = {
    "version": 1,
    "channel": 0,
    "nominee": 0,
    "votes": 1,
    "cast_at": 1_526_288_400_000_000,
    "voter": 7,
    "gesture": 0,
    "flags": 0,
    "tags": 1,
    "source": 0,
    "account_created_at": 0,
    "post": bytes(16),
}


@pytest.fixture
def plaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plaudit:
    return Plaudit(capsys, monkeypatch)


@pytest.fixture
def restated(season_folder: Path) -> Callable[[Callable[[dict[str, Any]], object]], Path]:
    """Let the organiser sign a changed statement, with all the evidence beside it."""

    def change(edit: Callable[[dict[str, Any]], object]) -> Path:
        path = season_folder / "published" / CERTIFICATE
        stated = read_certificate(path).statement
        edit(stated)
        path.write_text(sign_note(canonical(stated), season_signer(season_folder, stated["season"]["origin"])), "utf-8")
        return season_folder

    return change


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            lambda made: made["inputs"].update({"x" * 5_000: {"sha256": "0" * 64}}),
            "1 to 1,024 characters, it has 5,000",
        ),
        (lambda made: made["inputs"].update({"x" * 1_000: {"sha256": "0" * 64}}), "is missing"),
        (lambda made: made["inputs"].update({"data/" + "ä" * 1_000: {"sha256": "0" * 64}}), "is missing"),
        (lambda made: made["rules"].update({"x" * 190 + "@1": made["rules"]["own@1"]}), "is missing"),
        (
            lambda made: made["evidence"]["tables"].update({"x" * 90: {"rows": 0, "sha256": "0" * 64}}),
            "which is no table",
        ),
        (lambda made: made["evidence"].update(tables=None), "at `$.evidence.tables`"),
        (lambda made: made["rules"].update({"own@1": None}), "at `$.rules[...]`"),
        (lambda made: made["rules"]["own@1"].pop("shipped"), "`shipped` - at `$.rules[...]`"),
        (lambda made: made["vote"]["log"].update(closed_at=1), "at `$.vote.log.closed_at`"),
        (lambda made: made["vote"]["log"].update(closed_at="2026-02-30T00:00:00Z"), "is no day"),
        (lambda made: made["vote"]["windows"][0].update({"to": "0000-01-01T00:00:00Z"}), "is no day"),
        (lambda made: made["software"].update(audited_by="A & B LLP"), "unknown field `audited_by` - at `$.software`"),
        (lambda made: made["result"].update(winners=["nobody"]), "the winner 'nobody', which has no position"),
    ],
)
def test_a_certificate_beside_its_evidence(
    plaudit: Plaudit, restated: Callable[..., Path], edit: Callable[[dict[str, Any]], object], said: str
) -> None:
    told = plaudit("verify", restated(edit))

    assert told.code == 6
    assert said in told.err


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"type":' + "[" * 900 + "]" * 900 + "}",
        "9" * 5_000,
        "",
        "\x7f",
    ],
    ids=["brackets", "braces", "within a key", "digits", "nothing", "control"],
)
def test_a_signed_text_that_is_no_statement(plaudit: Plaudit, season_folder: Path, text: str) -> None:
    signer = season_signer(season_folder, "plaudit.example/my-award")
    (season_folder / "published" / CERTIFICATE).write_text(sign_note(text + "\n", signer), "utf-8")

    assert plaudit("verify", season_folder).code == 6


@pytest.mark.parametrize(
    "data",
    [b"", b"{junk", b"{}", b"\xff\xfe\x00", b"\x00" * 9, b'{"receipt":' + b"[" * 99_999, b"c2sp.org/tlog-proof@v1\n"],
)
def test_a_file_that_is_neither_receipt_nor_certificate(plaudit: Plaudit, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "season" / "published" / "a-file"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)

    assert plaudit("verify", path, "--key", str(LOG.verifier)).code == 6
    assert plaudit("verify", path).code == 6


def record(**changed: Any) -> bytes:
    return LAYOUT.pack(*(SOUND | changed).values())


@pytest.mark.parametrize(
    "leaf",
    [
        b"{",
        b"{}",
        b'{"nominee":"bts","votes":1000000}',
        b'{"ballots":1,"because":"","closed_at":"2018-05-20T00:00:00Z","type":"https://plaudit.dev/closing/v1"}',
        b"{" * 50_000,
        b"\xff",
        record(version=2),
        record(votes=0),
        record(tags=0),
        record(voter=2**63),
        record(cast_at=2**63 - 1),
        record(cast_at=-(2**63)),
        record(gesture=9),
        record(flags=8),
        record(flags=4, account_created_at=2**63 - 1),
        record() + b"\x00",
    ],
    ids=lambda leaf: repr(leaf[:40]),
)
def test_a_receipt_that_the_log_signed_for_what_is_no_ballot(plaudit: Plaudit, tmp_path: Path, leaf: bytes) -> None:
    [receipt] = receipts([leaf], 1, LOG, [0])
    path = tmp_path / "receipt"
    path.write_text(receipt, "utf-8")

    with pytest.raises(ProofInvalid):
        verify_receipt(receipt, LOG.verifier)
    for words in ((), ("--json",)):
        told = plaudit("verify", path, "--key", str(LOG.verifier), *words)
        assert (told.code, "verified" in told.out) == (6, False)


def test_a_receipt_of_a_ballot_is_verified(plaudit: Plaudit, tmp_path: Path) -> None:
    [receipt] = receipts([record()], 1, LOG, [0])
    path = tmp_path / "receipt"
    path.write_text(json.dumps({"receipt": receipt}), "utf-8")

    assert "receipt verified: leaf 1" in plaudit("verify", path, "--key", str(LOG.verifier)).out
