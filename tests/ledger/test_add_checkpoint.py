"""The witness protocol, request by request, as C2SP tlog-witness says; and over HTTP, from clients of every kind."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.base.errors import OutOfTurn, SignatureInvalid, SourceUnavailable
from plaudit.ledger.add_checkpoint import REQUEST_BYTES_MAX, Request, add_checkpoint
from plaudit.ledger.attest import Witness, witness_of
from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint, stated_checkpoint
from plaudit.ledger.note import Signer, sign_note
from plaudit.ledger.submit import submit
from plaudit.ledger.tree import consistency_path, leaf_hashes, root_of
from plaudit.ledger.witness import WitnessSigner, witnessed
from plaudit.ledger.witness_server import WitnessServer
from tests.ledger.static_logs import NAME, SIGNER, VERIFIER, entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

W1 = "witness.example/w1"
AT = 1_700_000_000
HASHES = {story: leaf_hashes(entries(40, story)) for story in ("ballot", "another")}


def note_of(size: int, story: str = "ballot", signer: Signer = SIGNER, origin: str = NAME) -> str:
    return sign_checkpoint(Checkpoint(origin, size, root_of(HASHES[story][:size])), signer)


def request(old: int, size: int, story: str = "ballot", **more: Any) -> bytes:
    path = tuple(consistency_path(HASHES[story][:size], old)) if 0 < old <= size else ()
    return str(Request(old, path, note_of(size, story, **more))).encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return witness_of(tmp_path / "keys" / "w.pem", W1, lambda: AT)


@pytest.fixture
def ask(witness: Witness) -> Callable[[bytes], tuple[int, str]]:
    def asked(body: bytes) -> tuple[int, str]:
        found = add_checkpoint(body, [VERIFIER], witness)
        assert found.status != 409 or found.kind == "text/x.tlog.size"
        return found.status, found.text

    return asked


Ask = Any


def test_a_log_that_grows_is_signed_at_each_size(ask: Ask, witness: Witness) -> None:
    for old, size in ((0, 1), (1, 7), (7, 8), (8, 8), (8, 40)):
        status, text = ask(request(old, size))
        note = note_of(size) + text

        assert (status, text.startswith(f"— {W1} "), text.endswith("\n")) == (200, True, True)
        assert witnessed(note, [witness.signer.verifier]) == {W1: AT}
        assert stated_checkpoint(witness.memory.seen(NAME)).size == size


def test_a_request_is_written_as_the_specification_shows_it() -> None:
    body = request(7, 8).decode()
    first, *hashes = body.partition("\n\n")[0].split("\n")

    assert (first, [len(line) for line in hashes]) == ("old 7", [44] * 4)
    assert body.partition("\n\n")[2] == note_of(8)
    assert str(Request.parse(body.encode())) == body


def test_another_old_size_is_answered_with_the_one_that_was_signed(ask: Ask) -> None:
    assert ask(request(3, 8)) == (409, "0\n")
    ask(request(0, 8))
    assert ask(request(0, 8)) == (409, "8\n")
    assert ask(request(7, 9)) == (409, "8\n")
    assert ask(request(9, 40)) == (409, "8\n")


def test_a_smaller_tree_is_never_signed_again(ask: Ask) -> None:
    ask(request(0, 8))

    assert ask(request(8, 7))[0] == 400
    assert ask(request(0, 7)) == (409, "8\n")
    assert ask(request(7, 7)) == (409, "8\n")


def test_another_tree_of_the_same_size_is_refused_and_both_notes_are_kept(ask: Ask, witness: Witness) -> None:
    ask(request(0, 8))
    fork = str(Request(8, (), note_of(8, "another"))).encode()

    assert ask(fork) == ask(fork) == (409, "8\n")
    kept = sorted(path.read_text("utf-8") for path in witness.forks.iterdir())
    assert kept == sorted([note_of(8), note_of(8, "another")])


def test_a_tree_that_does_not_begin_with_the_one_that_was_signed_is_refused(ask: Ask, witness: Witness) -> None:
    ask(request(0, 8))

    assert ask(request(8, 9, "another"))[0] == 422
    assert ask(str(Request(8, (), note_of(9))).encode())[0] == 422
    assert ask(str(Request(8, (bytes(32),), note_of(8))).encode())[0] == 422
    assert witness.memory.seen(NAME) == note_of(8)


def test_a_first_checkpoint_comes_without_a_proof(ask: Ask, witness: Witness) -> None:
    assert ask(str(Request(0, (bytes(32),), note_of(8))).encode())[0] == 422
    assert witness.memory.seen(NAME) == ""


def test_an_unknown_log_is_not_found_and_a_wrong_key_is_forbidden(ask: Ask) -> None:
    other = Signer("other.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    namesake = Signer(NAME, Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32))

    assert ask(request(0, 8, signer=other, origin="other.example/log"))[0] == 404
    assert ask(request(0, 8, signer=namesake))[0] == 403
    assert ask(request(0, 8).replace(b"\n8\n", b"\n9\n"))[0] == 403


def test_what_a_logs_key_signs_below_its_name_is_a_log_of_its_own(ask: Ask, witness: Witness) -> None:
    below = f"{NAME}/commitment/2026"

    assert ask(request(0, 8))[0] == 200
    assert ask(request(0, 1, origin=below))[0] == 200
    assert ask(request(0, 1, "another", origin=below)) == (409, "1\n")
    assert stated_checkpoint(witness.memory.seen(NAME)).size == 8


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0",
        b"old 0\n\n",
        b"old 00\n\n" + note_of(1).encode(),
        b"old -1\n\n" + note_of(1).encode(),
        b"old 99999999999999999999\n\n" + note_of(1).encode(),
        b"new 0\n\n" + note_of(1).encode(),
        b"old 0\nAAAA\n\n" + note_of(1).encode(),
        b"old 1\n" + b"A" * 43 + b"=\n" * 64 + b"\n" + note_of(2).encode(),
        b"old 0\n\xff\n\n" + note_of(1).encode(),
        b"old 0\n\nno checkpoint\n",
        b"old 0\n\n" + sign_note("one\ntwo\n", SIGNER).encode(),
    ],
)
def test_what_is_no_request_is_a_bad_one(ask: Ask, body: bytes) -> None:
    assert ask(body)[0] == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(
        st.tuples(st.integers(0, 12), st.integers(1, 12), st.sampled_from(["ballot", "another"])), max_size=12
    )
)
def test_whatever_is_asked_in_whatever_order_one_history_is_signed(
    asked: list[tuple[int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    witness = witness_of(tmp_path_factory.mktemp("any") / "w.pem", W1, lambda: AT)
    signed = [
        (size, story)
        for old, size, story in asked
        if add_checkpoint(request(old, size, story), [VERIFIER], witness).status == 200
    ]

    assert [size for size, _ in signed] == sorted(size for size, _ in signed)
    assert len({story for _, story in signed}) <= 1


@pytest.fixture
def server(witness: Witness) -> Iterator[WitnessServer]:
    yield from serving(witness, 60)


@pytest.fixture
def hasty(witness: Witness) -> Iterator[WitnessServer]:
    yield from serving(witness, 1)


def serving(witness: Witness, seconds: float) -> Iterator[WitnessServer]:
    with WitnessServer(("127.0.0.1", 0), witness, [VERIFIER], lambda _: None, connection_seconds=seconds) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def posted(server: WitnessServer, body: bytes, path: str = "/add-checkpoint", **headers: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)) as connection:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def raw(server: WitnessServer, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
        connection.sendall(data)
        found = b""
        while piece := connection.recv(4096):
            found += piece
    return found


def proves(old: int, size: int) -> list[bytes]:
    return consistency_path(HASHES["ballot"][:size], old)


def test_a_client_finds_out_what_was_signed_and_takes_the_signature(server: WitnessServer) -> None:
    keys = [server.witness.signer.verifier]
    for size in (1, 8, 8, 40):
        note, names = submit(note_of(size), server.url, keys, proves)

        assert names == [W1]
        assert witnessed(note, keys) == {W1: AT}
    with pytest.raises(OutOfTurn, match="has signed 40 leaves of this log, and this is 8"):
        submit(note_of(8), server.url, keys, proves)


def test_a_client_takes_no_signature_but_of_a_named_witness(server: WitnessServer) -> None:
    stranger = WitnessSigner("witness.example/w9", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
    with pytest.raises(SignatureInvalid, match=r"no signature of witness\.example/w9"):
        submit(note_of(8), server.url, [stranger.verifier], proves)


def test_a_client_says_what_a_witness_refuses(server: WitnessServer) -> None:
    keys = [server.witness.signer.verifier]
    submit(note_of(8), server.url, keys, proves)
    with pytest.raises(SourceUnavailable, match="does not sign 8 leaves: it has seen others of that size"):
        submit(note_of(8, "another"), server.url, keys, proves)
    with pytest.raises(SourceUnavailable, match="answers 422"):
        submit(note_of(9, "another"), server.url, keys, proves)
    other = Signer("other.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    with pytest.raises(SourceUnavailable, match=r"answers 404: other\.example/log is no log"):
        submit(note_of(9, signer=other, origin="other.example/log"), server.url, keys, proves)


def test_many_clients_at_once_get_one_history(server: WitnessServer) -> None:
    found: list[tuple[int, str]] = []
    threads = [
        threading.Thread(target=lambda story=story: found.append((posted(server, request(0, 8, story))[0], story)))
        for story in ["ballot", "another"] * 8
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(found) == 16
    assert sorted(status for status, _ in found) == [200, *[409] * 15]


def test_the_server_tells_its_key_and_keeps_a_connection(server: WitnessServer) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)) as connection:
        for _ in range(3):
            connection.request("GET", "/")
            assert connection.getresponse().read().decode() == f"{server.witness.signer.verifier}\n"


def test_a_request_without_measure_is_refused_before_it_is_read(server: WitnessServer) -> None:
    assert posted(server, b"x", "/elsewhere")[0] == 404
    head = b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
    for header, status in (
        (b"", b"411"),
        (b"Content-Length: -1\r\n", b"411"),
        (b"Content-Length: \xb2\r\n", b"411"),
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: %d\r\n" % (REQUEST_BYTES_MAX + 1), b"413"),
        (b"Content-Length: %s\r\n" % (b"9" * 5000), b"413"),
    ):
        assert raw(server, head + header + b"\r\n").split(b" ")[1] == status


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (b"POST /add-", b"x"),
        (b"POST /add-checkpoint HTTP/1.1\r\n", b"X: y\r\n"),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 5000\r\n\r\n", b"x"),
    ],
)
def test_a_client_that_sends_a_little_for_ever_is_left(hasty: WitnessServer, first: bytes, then: bytes) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", hasty.server_port), timeout=5) as connection:
        connection.sendall(first)
        connection.settimeout(0.05)
        while time.monotonic() - began < 20:
            try:
                if then:
                    connection.sendall(then)
                if not connection.recv(4096):
                    break
            except TimeoutError:
                continue
            except OSError:
                break

    assert time.monotonic() - began < 15
    assert hasty.answered(request(0, 8)).status == 200


def test_a_witness_that_cannot_write_signs_nothing(server: WitnessServer) -> None:
    server.witness.memory.path.write_bytes(b"damaged")

    assert posted(server, request(0, 8)) == (503, "the witness cannot sign now; ask again later\n")
