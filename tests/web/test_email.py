"""Codes by e-mail, through a real mail server on loopback."""

from __future__ import annotations

import asyncio
import pickle
import re
import socket
import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import BallotMalformed, RuleInvalid, SignInNeeded, SlowDown, VoteUnavailable
from plaudit.collect.ballots import pseudonym
from plaudit.rulebook.live import EmailCodes
from plaudit.vote.keys import session_key, voter_key
from plaudit.web.sessions import Sessions
from plaudit.web.sign_in.email import CODE_SECONDS, SENT_MOST, TRIES, Codes, normal_address
from plaudit.web.sign_in.mailer import Mailer
from tests.web.desk_server import free_port, running_desk, sign_in_season

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

SENDER = "Votes <vote@plaudit.example>"
ADDRESS = "fan@example.org"
NOW = 1_800_000_000


class Post:
    """A mail server's letter box, which refuses what it is told to."""

    def __init__(self, refusals: dict[str, str] | None = None) -> None:
        self.refusals = refusals or {}
        self.letters: list[tuple[list[str], EmailMessage]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "data" in self.refusals:
            return self.refusals["data"]
        self.letters.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    def code(self) -> str:
        found = re.search(r"^\d{8}\b", self.letters[-1][1].get_content())
        assert found
        return found[0]


@contextmanager
def mail_server(post: Post, **options: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def live(port: int, **keys: object) -> str:
    table = {"host": "127.0.0.1", "sender": SENDER, "port": port, "tls": "none"} | keys
    return "[vote.live.email]\n" + "\n".join(f"{key} = {value!r}" for key, value in table.items())


def server(port: int, **keys: Any) -> EmailCodes:
    usual: dict[str, Any] = {"host": "127.0.0.1", "sender": SENDER, "port": port, "tls": "none"}
    return EmailCodes(**(usual | keys))


def send(mailer: Mailer, address: str = ADDRESS) -> None:
    asyncio.run(mailer.send(address, "00000042", NOW))


def test_a_voter_signs_in_with_the_code(tmp_path: Path) -> None:
    post = Post()
    with mail_server(post) as port:
        season = sign_in_season(tmp_path / "season", live(port), guests="false")
        with running_desk(season) as desk:
            asked = httpx.post(f"{desk}/sign-in/email", json={"email": " Fan@Example.ORG "})
            answer = httpx.post(f"{desk}/sign-in/email/code", json={"email": ADDRESS, "code": post.code()})
            again = httpx.post(f"{desk}/sign-in/email/code", json={"email": ADDRESS, "code": post.code()})

    assert (asked.status_code, asked.json()) == (202, {"sent": True})
    assert (answer.status_code, answer.json()["voter_kind"]) == (200, "email")
    assert again.status_code == 401
    recipients, letter = post.letters[0]
    assert recipients == [ADDRESS]
    assert (letter["from"], letter["to"]) == (SENDER, ADDRESS)
    assert letter["subject"] == f"{post.code()} is your code for A live vote"
    session = Sessions(session_key(season.folder), "2026", 60).read(answer.json()["session"], int(time.time()))
    assert session.voter == pseudonym(f"email {ADDRESS}", voter_key(season.folder))


def test_forms_go_back_to_the_page(tmp_path: Path) -> None:
    post = Post()
    with mail_server(post) as port:
        season = sign_in_season(tmp_path / "season", live(port))
        with running_desk(season) as desk:
            asked = httpx.post(f"{desk}/sign-in/email", data={"email": ADDRESS})
            answer = httpx.post(f"{desk}/sign-in/email/code", data={"email": ADDRESS, "code": f" {post.code()} "})

    assert (asked.status_code, asked.headers["location"], "set-cookie" in asked.headers) == (303, "/", False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.cookies["plaudit_session"]


@pytest.mark.parametrize("refusal", ["550 no such user", "450 try later"])
def test_the_answer_does_not_tell_which_addresses_exist(tmp_path: Path, refusal: str) -> None:
    post = Post({"nobody@example.org": refusal})
    with mail_server(post) as port:
        season = sign_in_season(tmp_path / "season", live(port))
        with running_desk(season) as desk:
            known = httpx.post(f"{desk}/sign-in/email", json={"email": ADDRESS})
            unknown = httpx.post(f"{desk}/sign-in/email", json={"email": "nobody@example.org"})
            wrong = httpx.post(f"{desk}/sign-in/email/code", json={"email": ADDRESS, "code": "x"})
            never = httpx.post(f"{desk}/sign-in/email/code", json={"email": "never@example.org", "code": "x"})

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert (wrong.status_code, wrong.content) == (never.status_code, never.content)
    assert len(post.letters) == 1


def test_a_dead_mail_server_is_told_without_the_address(tmp_path: Path) -> None:
    season = sign_in_season(tmp_path / "season", live(free_port()))
    with running_desk(season) as desk:
        answer = httpx.post(f"{desk}/sign-in/email", json={"email": ADDRESS})

    assert answer.status_code == 503
    assert answer.json()["title"] == "VoteUnavailable"
    assert answer.headers["retry-after"] == "60"
    assert "fan" not in answer.text


@pytest.mark.parametrize("refusals", [{"data": "554 spam"}, {"data": "452 full"}])
def test_a_mail_server_that_takes_no_messages_is_told(refusals: dict[str, str]) -> None:
    with mail_server(Post(refusals)) as port, pytest.raises(VoteUnavailable, match="it answered") as refused:
        send(Mailer(server(port), "A vote"))

    assert ADDRESS not in str(refused.value)


def test_a_silent_mail_server_is_waited_for_so_long_and_no_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = Mailer(server(silent.getsockname()[1]), "A vote", seconds=0.5)
        began = time.monotonic()
        with pytest.raises(VoteUnavailable):
            send(mailer)

    assert 0.4 < time.monotonic() - began < 3


def test_a_slow_mail_server_keeps_no_other_voter_waiting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        season = sign_in_season(tmp_path / "season", live(silent.getsockname()[1]))

        async def both(desk: str) -> tuple[float, bool]:
            async with httpx.AsyncClient(timeout=30) as client:
                sending = asyncio.ensure_future(client.post(f"{desk}/sign-in/email", json={"email": ADDRESS}))
                await asyncio.sleep(0.3)
                began = time.monotonic()
                assert (await client.post(f"{desk}/sign-in/guest")).status_code == 200
                took, is_waiting = time.monotonic() - began, not sending.done()
                sending.cancel()
                return took, is_waiting

        with running_desk(season) as desk:
            took, is_waiting = asyncio.run(both(desk))
            silent.close()

    assert is_waiting
    assert took < 2


def test_more_messages_than_may_wait_are_refused() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=300) as silent:
        mailer = Mailer(server(silent.getsockname()[1]), "A vote", seconds=1)

        async def many() -> list[object]:
            tasks = [mailer.send(ADDRESS, "00000042", NOW) for _ in range(201)]
            return await asyncio.gather(*tasks, return_exceptions=True)

        found = asyncio.run(many())

    assert all(isinstance(error, VoteUnavailable) for error in found)
    assert sum("200 messages wait" in str(error) for error in found) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    folder = tmp_path_factory.mktemp("tls")
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def tls_server(post: Post, tls: str, context: ssl.SSLContext) -> Any:
    def check(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=(login.login, login.password) == (b"vote", b"secret"), handled=False)

    if tls == "tls":
        return mail_server(post, ssl_context=context)
    return mail_server(post, tls_context=context, require_starttls=True, authenticator=check, auth_required=True)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_codes_are_sent_over_tls(
    tls: str, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("MAIL_PASSWORD", "secret")
    login = {"user": "vote", "password_env": "MAIL_PASSWORD"} if tls == "starttls" else {}
    post = Post()
    with tls_server(post, tls, certificate[1]) as port:
        send(Mailer(server(port, host="localhost", tls=tls, **login), "A vote"))

    assert post.code() == "00000042"


def test_a_wrong_password_is_told_without_it(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-password")
    login = {"user": "vote", "password_env": "MAIL_PASSWORD"}
    with (
        tls_server(Post(), "starttls", certificate[1]) as port,
        pytest.raises(VoteUnavailable, match="it answered 535") as refused,
    ):
        send(Mailer(server(port, host="localhost", tls="starttls", **login), "A vote"))

    assert "wrong-password" not in str(refused.value)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_code(tls: str, certificate: tuple[Path, ssl.SSLContext]) -> None:
    post = Post()
    with (
        tls_server(post, tls, certificate[1]) as port,
        pytest.raises(VoteUnavailable, match="SSLCertVerificationError"),
    ):
        send(Mailer(server(port, host="localhost", tls=tls), "A vote"))

    assert post.letters == []


def test_a_mail_server_without_starttls_gets_no_code() -> None:
    post = Post()
    with mail_server(post) as port, pytest.raises(VoteUnavailable, match="lacks"):
        send(Mailer(server(port, tls="starttls"), "A vote"))

    assert post.letters == []


def test_an_address_that_the_mail_server_cannot_spell_changes_no_answer() -> None:
    post = Post()
    with mail_server(post, enable_SMTPUTF8=False) as port:
        send(Mailer(server(port), "A vote"), "rené@example.org")
        with pytest.raises(VoteUnavailable, match="lacks"):
            send(Mailer(server(port, tls="starttls"), "A vote"), "rené@example.org")

    assert post.letters == []


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "localhost.example.org"])
def test_codes_cross_no_network_in_the_clear(host: str) -> None:
    with pytest.raises(RuleInvalid, match="in the clear"):
        Mailer(server(25, host=host), "A vote")


def test_a_missing_password_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    with pytest.raises(RuleInvalid, match="MAIL_PASSWORD"):
        Mailer(server(25, user="vote", password_env="MAIL_PASSWORD"), "A vote")


def test_a_code_has_so_many_tries() -> None:
    codes = Codes()
    code = codes.issue(ADDRESS, NOW)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(TRIES - 1):
        with pytest.raises(SignInNeeded):
            codes.use(ADDRESS, wrong, NOW)
    codes.use(ADDRESS, code, NOW)

    other = codes.issue(ADDRESS, NOW)
    for _ in range(TRIES):
        with pytest.raises(SignInNeeded):
            codes.use(ADDRESS, "no code", NOW)
    with pytest.raises(SignInNeeded):
        codes.use(ADDRESS, other, NOW)


def test_a_code_ends_after_its_time() -> None:
    codes = Codes()
    first, second = codes.issue(ADDRESS, NOW), codes.issue("other@example.org", NOW)

    codes.use(ADDRESS, first, NOW + CODE_SECONDS - 1)
    with pytest.raises(SignInNeeded):
        codes.use("other@example.org", second, NOW + CODE_SECONDS)


def test_a_new_code_voids_the_earlier_one() -> None:
    codes = Codes()
    first, second = codes.issue(ADDRESS, NOW), codes.issue(ADDRESS, NOW + 1)

    with pytest.raises(SignInNeeded):
        codes.use(ADDRESS, first if first != second else "no code", NOW + 2)
    codes.use(ADDRESS, second, NOW + 2)


def test_a_code_is_of_one_address() -> None:
    codes = Codes()
    code = codes.issue(ADDRESS, NOW)

    with pytest.raises(SignInNeeded):
        codes.use("other@example.org", code, NOW)


def test_nobodys_letter_box_is_filled() -> None:
    codes = Codes()
    for second in range(SENT_MOST):
        code = codes.issue(ADDRESS, NOW + second)
        codes.use(ADDRESS, code, NOW + second)
    with pytest.raises(SlowDown) as refused:
        codes.issue(ADDRESS, NOW + SENT_MOST)

    assert refused.value.values["retry_after"] == CODE_SECONDS - SENT_MOST
    codes.issue(ADDRESS, NOW + CODE_SECONDS)
    codes.issue("other@example.org", NOW)


def test_memory_is_bounded_and_frees_itself() -> None:
    codes = Codes(most=3)
    for number in range(3):
        codes.issue(f"{number}@example.org", NOW)

    with pytest.raises(VoteUnavailable):
        codes.issue("3@example.org", NOW + 1)
    codes.issue("0@example.org", NOW + 1)
    codes.issue("3@example.org", NOW + CODE_SECONDS)
    assert len(codes._waiting) == 2


def test_neither_address_nor_code_is_in_memory() -> None:
    codes = Codes()
    code = codes.issue(ADDRESS, NOW)
    held = pickle.dumps({name: repr(value) for name, value in vars(codes).items()})

    assert ADDRESS.encode() not in held
    assert code.encode() not in held


@given(st.emails())
def test_an_address_has_one_spelling(address: str) -> None:
    try:
        normal = normal_address(address)
    except BallotMalformed:
        return

    assert normal_address(normal) == normal
    assert normal_address(f" {address.upper()}\n") == normal or not address.isascii()


def test_an_accent_written_in_two_ways_is_one_address() -> None:
    assert normal_address("rene\u0301@example.org") == normal_address("REN\u00c9@example.org")


def test_what_follows_a_plus_stays() -> None:
    assert normal_address("fan+2@example.org") != normal_address("fan@example.org")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "fan",
        "@example.org",
        "fan@",
        "a@b@example.org",
        "fan@example.org, other@example.org",
        "a,b@example.org",
        "fan@example.org\nBcc: other@example.org",
        "fan@example.org\r\nRCPT TO:<x@example.org>",
        "<fan@example.org>",
        '"a b"@example.org',
        "fan @example.org",
        "fan\x00@example.org",
        "fan\u2028@example.org",
        "fan@example..org",
        ".fan@example.org",
        f"{'a' * 65}@example.org",
        f"fan@{'a.' * 130}org",
        "fan\ud800@example.org",
    ],
)
def test_what_is_no_address_is_sent_nothing(address: str) -> None:
    with pytest.raises(BallotMalformed):
        normal_address(address)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        normal = normal_address(f"{text}@example.org")
    except BallotMalformed:
        return

    assert Mailer(server(25), "A vote")._message(normal, "00000042", NOW).as_bytes().count(b"\r\nTo: ") == 1
