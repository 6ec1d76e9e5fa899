"""One kept connection to the mail server."""

from __future__ import annotations

import contextlib
import os
import smtplib
import ssl
from typing import TYPE_CHECKING

from plaudit.web.sign_in.mail_answers import Outcome, judged, said

if TYPE_CHECKING:
    from plaudit.rulebook.live import EmailCodes

__all__ = ["MailConnection"]

_OK = 250
_OK_TOO = 251
_FOR_NOW, _FOR_GOOD = 400, 500


class MailConnection:
    """A connection that is opened when it is needed, kept while it holds, and opened again once it broke.

    Parameters
    ----------
    server : [vote.live.email]
    sender : the address that refusals go to
    seconds : the longest that one answer is waited for

    Attributes
    ----------
    has_no_place : the server took no connection just now
    """

    def __init__(self, server: EmailCodes, sender: str, seconds: float) -> None:
        self._server = server
        self._sender = sender
        self._seconds = seconds
        self._open: smtplib.SMTP | None = None
        self.has_no_place = False

    @property
    def is_open(self) -> bool:
        """Whether there is a connection that holds, as far as anybody knows."""
        return self._open is not None

    def offer(self, address: str, data: bytes) -> Outcome:
        """Hand a message over to the server, and say how that ended."""
        was_kept = self._open is not None
        outcome = self._tried(address, data)
        if was_kept and outcome.kind == "in trouble" and self._open is None:
            outcome = self._tried(address, data)  # a server may end a connection that was quiet
        return outcome

    def close(self) -> None:
        """End the connection."""
        if self._open is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._open.quit()
            self._drop()

    def _tried(self, address: str, data: bytes) -> Outcome:
        self.has_no_place = False
        try:
            outcome = self._offered(self._connected(), address, data)
        except smtplib.SMTPNotSupportedError:
            outcome = Outcome("in trouble", "it does not offer what season.toml asks for")
        except smtplib.SMTPResponseException as error:
            text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
            outcome = Outcome("in trouble", said(error.smtp_code, text))
            self.has_no_place = self._open is None and _FOR_NOW <= error.smtp_code < _FOR_GOOD
        except (OSError, smtplib.SMTPException) as error:
            outcome = Outcome("in trouble", type(error).__name__)
        if outcome.kind == "in trouble":
            self._drop()
        return outcome

    def _offered(self, connection: smtplib.SMTP, address: str, data: bytes) -> Outcome:
        options = []
        if not address.isascii():
            if not connection.has_extn("smtputf8"):
                return Outcome("no mailbox")  # the server cannot spell it
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, text = connection.mail(self._sender, options)
        if code != _OK:
            return judged("other", code, text)
        code, text = connection.rcpt(address)
        if code not in {_OK, _OK_TOO}:
            connection.rset()
            return judged("RCPT", code, text)
        code, text = connection.data(data)
        return Outcome("handed over") if code == _OK else judged("other", code, text)

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            self._open = self._new()
        return self._open

    def _new(self) -> smtplib.SMTP:
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
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
