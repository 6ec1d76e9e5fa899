"""The mail server of a season: it sends a code, or says clearly that it did not."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import RuleInvalid, VoteUnavailable
from plaudit.web.sign_in.email import CODE_SECONDS

if TYPE_CHECKING:
    from plaudit.rulebook.live import EmailCodes

__all__ = ["Mailer"]

_THREADS: Final = 8
_WAITING_MOST: Final = 200


class Mailer:
    """Send codes through the season's mail server.

    Parameters
    ----------
    server : [vote.live.email]
    title : the season's, which the message names
    seconds : the longest that a voter waits for one message to be handed over

    Raises
    ------
    RuleInvalid : codes would cross a network in the clear, or the password is not in its environment variable.
    """

    def __init__(self, server: EmailCodes, title: str, *, seconds: float = 15) -> None:
        if server.tls == "none" and not _is_loopback(server.host):
            raise RuleInvalid(
                f"season.toml [vote.live.email] tls: {server.host} would get codes in the clear",
                'use tls = "starttls" or "tls"; "none" is for a mail server on this machine',
            )
        if server.user and not os.environ.get(server.password_env):
            raise RuleInvalid(
                f"season.toml [vote.live.email] password_env: the environment has no {server.password_env or 'name'!r}",
                "set the variable it names to the mail server's password",
            )
        self._server = server
        self._title = " ".join(title.split())
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="mail")
        self._waiting = 0

    async def send(self, address: str, code: str, now: int) -> None:
        """Hand a code over to the mail server.

        A server that refuses this one address is no failure here: the answer would
        tell whoever asks which addresses exist.

        Raises
        ------
        VoteUnavailable : the server is not there, too slow, or refuses us; it never names the address.
        """
        if self._waiting >= _WAITING_MOST:
            raise _unavailable(f"{_WAITING_MOST} messages wait for it")
        message = self._message(address, code, now)
        self._waiting += 1
        sending = asyncio.get_running_loop().run_in_executor(self._threads, self._hand_over, message, address)
        sending.add_done_callback(self._one_less)
        done, _ = await asyncio.wait({sending}, timeout=self._seconds)
        if not done:
            sending.cancel()  # drops it where no thread has begun; one that has runs into its own timeout
            raise _unavailable(f"no answer within {self._seconds:g} s")
        sending.result()

    def _one_less(self, sending: asyncio.Future[None]) -> None:
        self._waiting -= 1
        if not sending.cancelled():
            sending.exception()  # nobody may be waiting for it any more

    def _message(self, address: str, code: str, now: int) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        name, _, domain = address.rpartition("@")
        message["From"] = self._server.sender
        message["To"] = Address(username=name, domain=domain)
        message["Subject"] = f"{code} is your code for {self._title}"
        message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
        message["Message-ID"] = make_msgid(domain=self._server.sender.rpartition("@")[2].rstrip("> "))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(
            f"{code}\n\nis your code to vote in {self._title}.\n"
            f"It is good for {CODE_SECONDS // 60} minutes, once. Nobody of ours asks you for it.\n"
            "If you did not ask for a code, do nothing.\n"
        )
        return message

    def _hand_over(self, message: EmailMessage, address: str) -> None:
        try:
            with self._connected() as connection:
                _offer(connection, message, address)
        except smtplib.SMTPNotSupportedError:
            raise _unavailable("it lacks what season.toml asks of it") from None
        except smtplib.SMTPResponseException as error:
            raise _unavailable(f"it answered {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise _unavailable(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._seconds, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, os.environ[server.password_env])
        except BaseException:
            connection.close()
            raise
        return connection


def _offer(connection: smtplib.SMTP, message: EmailMessage, address: str) -> None:
    """Hand a message over, and pass over that the server does not want this one address."""
    try:
        connection.send_message(message, to_addrs=[address])
    except smtplib.SMTPRecipientsRefused:
        return
    except smtplib.SMTPNotSupportedError:
        if address.isascii():  # else it is the address that the server cannot spell
            raise


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unavailable(why: str) -> VoteUnavailable:
    return VoteUnavailable(
        f"the code could not be sent: the mail server failed ({why})",
        "try again in a minute, or sign in another way",
        retry_after=60,
    )
