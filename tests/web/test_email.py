"""Codes by e-mail, through a real mail server on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import time
from contextlib import closing, contextmanager
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

from plaudit.base.errors import RuleInvalid, VoteUnavailable
from plaudit.collect.ballots import pseudonym
from plaudit.rulebook.live import EmailCodes
from plaudit.vote.keys import session_key, voter_key
from plaudit.web.sessions import Sessions
from plaudit.web.sign_in import mailer as mailer_module
from plaudit.web.sign_in.mail_answers import judged, said
from plaudit.web.sign_in.mailer import WAITING_MOST, Mailer
from tests.web.desk_server import free_port, running_desk, sign_in_season

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

SENDER = "Votes <vote@plaudit.example>"
ADDRESS = "fan@example.org"
NOW = 1_800_000_000


class Post:
    """A mail server's mailbox, which refuses what it is told to."""

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
def mail_server(post: Post, port: int = 0, **options: Any) -> Iterator[int]:
    port = port or free_port()
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
    with closing(mailer):
        asyncio.run(mailer.send(address, "00000042", NOW))


def wait_for(holds: Callable[[], bool], seconds: float = 10) -> None:
    ends_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


def test_a_voter_signs_in_with_the_code(tmp_path: Path) -> None:
    post = Post()
    with mail_server(post) as port:
        season = sign_in_season(tmp_path / "season", live(port), guests="false")
        with running_desk(season) as desk, httpx.Client() as browser:
            asked = browser.post(f"{desk}/sign-in/email", json={"email": " Fan@Example.ORG "})
            answer = browser.post(f"{desk}/sign-in/email/code", json={"email": ADDRESS, "code": post.code()})
            again = browser.post(f"{desk}/sign-in/email/code", json={"email": ADDRESS, "code": post.code()})

    assert (asked.status_code, asked.json()["sent"]) == (202, True)
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
        with running_desk(season) as desk, httpx.Client() as browser:
            asked = browser.post(f"{desk}/sign-in/email", data={"email": ADDRESS})
            answer = browser.post(f"{desk}/sign-in/email/code", data={"email": ADDRESS, "code": f" {post.code()} "})

    assert (asked.status_code, asked.headers["location"]) == (303, "/")
    assert "plaudit_session" not in asked.cookies
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

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert known.headers.keys() == unknown.headers.keys()
    assert len(known.content) == len(unknown.content)
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


def test_a_silent_mail_server_keeps_nobody_waiting_and_is_found_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = Mailer(server(silent.getsockname()[1]), "A vote", seconds=0.3, answer_seconds=0.1)
        began = time.monotonic()
        with closing(mailer):
            asyncio.run(mailer.send(ADDRESS, "00000042", NOW))
            took = time.monotonic() - began
            wait_for(lambda: bool(mailer.state.trouble))
            mailer._probed_at = time.monotonic()
            with pytest.raises(VoteUnavailable, match="SMTPServerDisconnected"):
                asyncio.run(mailer.send(ADDRESS, "00000042", NOW))

    assert 0.1 <= took < 0.3


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


class Slow(Post):
    """A mail server that counts its connections, and takes its time for each message."""

    def __init__(self, seconds: float = 0.0, most: int = 100) -> None:
        super().__init__()
        self.seconds, self.most = seconds, most
        self.open: set[int] = set()
        self.seen = self.at_once = self.most_at_once = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, host: str, responses: list[str]) -> Any:  # noqa: N802
        session.host_name = host
        if len(self.open) >= self.most:
            return ["421 4.7.0 too many connections"]
        self.open.add(id(session))
        self.seen += 1
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        return await super().handle_DATA(server, session, envelope)


def sent_at_once(mailer: Mailer, count: int) -> list[object]:
    async def every() -> list[object]:
        tasks = [mailer.send(f"fan-{number}@example.org", "00000042", NOW) for number in range(count)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(every())


def test_connections_are_kept_and_several_are_used() -> None:
    post = Slow(0.05)
    with mail_server(post) as port, closing(Mailer(server(port, connections=4), "A vote", answer_seconds=0)) as mailer:
        assert sent_at_once(mailer, 40) == [None] * 40
        wait_for(lambda: len(post.letters) == 40, 30)
        sent_at_once(mailer, 1)
        wait_for(lambda: mailer.state.handed_over == 41)

    assert 2 <= post.most_at_once <= post.seen <= 4


def test_a_server_that_keeps_fewer_connections_gets_everything_over_those() -> None:
    post = Slow(0.01, most=2)
    with mail_server(post) as port, closing(Mailer(server(port, connections=8), "A vote", answer_seconds=0)) as mailer:
        assert sent_at_once(mailer, 40) == [None] * 40
        wait_for(lambda: len(post.letters) == 40)

        assert not mailer.state.trouble


def test_a_connection_that_ended_while_nothing_was_sent_fails_no_voter() -> None:
    post = Post()
    with mail_server(post, timeout=0.3) as port, closing(Mailer(server(port), "A vote", answer_seconds=0.2)) as mailer:
        asyncio.run(mailer.send(ADDRESS, "00000041", NOW))
        time.sleep(0.5)
        asyncio.run(mailer.send(ADDRESS, "00000042", NOW))

    assert post.code() == "00000042"
    assert len(post.letters) == 2


class Moody(Post):
    """A mail server that puts each address off so many times."""

    def __init__(self, answer: str, times: int) -> None:
        super().__init__()
        self.answer, self.times = answer, times
        self.asked: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.append(address)
        if self.asked.count(address) <= self.times:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.mark.parametrize("answer", ["450 later", "452 4.3.1 full", "450 4.2.0 greylisted", "451 4.1.8 later"])
def test_what_is_put_off_is_tried_again(
    answer: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mailer_module, "RETRY_SECONDS", (0.05,))
    post = Moody(answer, 2)
    with mail_server(post) as port, closing(Mailer(server(port), "A vote", answer_seconds=0.02)) as mailer:
        asyncio.run(mailer.send(ADDRESS, "00000042", NOW))
        wait_for(lambda: len(post.letters) == 1)

    assert post.asked == [ADDRESS] * 3
    assert post.code() == "00000042"
    assert ("puts a message off" in caplog.text) == (answer[4:7] not in {"4.1", "4.2"})


def test_whoever_is_put_off_after_many_is_told_so() -> None:
    post = Moody("452 4.3.1 full", 10**6)
    with mail_server(post) as port, closing(Mailer(server(port), "A vote", answer_seconds=0)) as mailer:
        found = sent_at_once(mailer, 1)
        wait_for(lambda: mailer.state.deferrals == 1)
        found += sent_at_once(mailer, 1)
        wait_for(lambda: mailer.state.deferrals == 2)
        mailer._answer_seconds = 3
        found += sent_at_once(mailer, 1)
        waiting = mailer.state.facts()["to_be_tried_again"]

    assert found[:2] == [None, None]
    assert all(isinstance(error, VoteUnavailable) and "452 4.3.1" in str(error) for error in found[2:])
    assert waiting == 2


@pytest.mark.parametrize(
    "answer", ["554 5.7.1 <{}>: Relay access denied", "550 5.7.26 {}: no", "554 no", "550 relay {}"]
)
def test_a_refusal_of_this_server_is_told_to_the_voter_and_to_the_organiser(
    tmp_path: Path, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post({ADDRESS: answer.format(ADDRESS)})
    with mail_server(post) as port:
        season = sign_in_season(tmp_path / "season", live(port))
        with running_desk(season) as desk:
            refused = httpx.post(f"{desk}/sign-in/email", json={"email": ADDRESS})
            other = httpx.post(f"{desk}/sign-in/email", json={"email": "other@example.org"})

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
    assert other.status_code == 202  # one address that is refused closes the door to nobody else
    stderr = [record.message for record in caplog.records if record.name == "plaudit.web"]
    assert any("refuses a message: 55" in line for line in stderr)
    assert "fan@" not in refused.text
    assert not any("fan@" in line for line in stderr)
    state = json.loads((season.folder / "vote" / "mail.json").read_bytes())
    assert state["refused"] == 1
    assert "fan" not in json.dumps(state)


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "550 no such user", "552 5.2.2 full", "450 4.2.1 busy"])
def test_the_time_of_the_answer_does_not_tell_which_addresses_exist(answer: str) -> None:
    post = Post({ADDRESS: answer})
    with mail_server(post) as port, closing(Mailer(server(port), "A vote", answer_seconds=0.25)) as mailer:
        seconds = []
        for address in (ADDRESS, "other@example.org", ADDRESS, "other@example.org"):
            began = time.monotonic()
            asyncio.run(mailer.send(address, "00000042", NOW))
            seconds.append(time.monotonic() - began)
        began = time.monotonic()
        asyncio.run(mailer.wait_as_long())
        seconds.append(time.monotonic() - began)

    assert min(seconds) > 0.24, seconds  # over loopback, an answer comes within a few ms
    assert len(post.letters) == 2


def test_trouble_is_said_once_and_its_end_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    with closing(Mailer(server(port), "A vote", answer_seconds=3)) as mailer:
        assert isinstance(sent_at_once(mailer, 1)[0], VoteUnavailable)
        monkeypatch.setattr(mailer_module, "PROBE_SECONDS", 0)
        post = Post()
        with mail_server(post, port):
            assert sent_at_once(mailer, 1) == [None]
            assert sent_at_once(mailer, 1) == [None]

    said = [record.message for record in caplog.records if record.name == "plaudit.web"]
    assert [("takes no messages" in one, "takes messages again" in one) for one in said] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("stage", "code", "text", "kind"),
    [
        ("RCPT", 550, b"5.1.1 no", "no mailbox"),
        ("RCPT", 550, b"no such user", "no mailbox"),
        ("RCPT", 553, b"5.1.3 bad", "no mailbox"),
        ("RCPT", 552, b"5.2.2 full", "no mailbox"),
        ("RCPT", 450, b"4.1.1 unverified", "busy mailbox"),
        ("RCPT", 450, b"later", "not now"),
        ("RCPT", 451, b"4.7.1 greylisted", "not now"),
        ("RCPT", 554, b"5.7.1 Relay access denied", "refused"),
        ("RCPT", 550, b"relaying denied", "refused"),
        ("RCPT", 554, b"", "refused"),
        ("RCPT", 421, b"4.3.2 shutting down", "in trouble"),
        ("other", 452, b"4.3.1 full", "in trouble"),
        ("other", 554, b"spam", "in trouble"),
    ],
)
def test_each_answer_has_its_meaning(stage: Any, code: int, text: bytes, kind: str) -> None:
    assert judged(stage, code, text).kind == kind


@given(st.integers(200, 599), st.binary(max_size=300))
def test_whatever_a_server_says_is_one_plain_line_without_an_address(code: int, text: bytes) -> None:
    line = said(code, text)

    assert line.isprintable()
    assert "@" not in line
    assert len(line) <= 160


def test_more_messages_than_may_wait_are_refused() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=300) as silent:
        mailer = Mailer(server(silent.getsockname()[1], connections=1), "A vote", seconds=60, answer_seconds=0.05)

        async def many() -> list[object]:
            tasks = [mailer.send(ADDRESS, "00000042", NOW) for _ in range(WAITING_MOST + 3)]
            return await asyncio.gather(*tasks, return_exceptions=True)

        with closing(mailer):
            found = asyncio.run(many())

    refused = [error for error in found if error is not None]
    assert all(isinstance(error, VoteUnavailable) and "messages wait" in str(error) for error in refused)
    assert len(refused) == 3


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
    with mail_server(post) as port, pytest.raises(VoteUnavailable, match="does not offer"):
        send(Mailer(server(port, tls="starttls"), "A vote"))

    assert post.letters == []


def test_an_address_that_the_mail_server_cannot_spell_changes_no_answer() -> None:
    post = Post()
    with mail_server(post, enable_SMTPUTF8=False) as port:
        send(Mailer(server(port), "A vote"), "rené@example.org")
        with pytest.raises(VoteUnavailable, match="does not offer"):
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
