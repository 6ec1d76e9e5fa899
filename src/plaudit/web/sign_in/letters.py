"""The message that carries a code: made whole here, so that no address can add a line to it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import RuleInvalid
from plaudit.web.sign_in.codes import CODE_SECONDS

if TYPE_CHECKING:
    from plaudit.rulebook.live import EmailCodes

__all__ = ["Letters"]

_NO_CODE: Final = "00000000"
_LINE_MOST: Final = 68


class Letters:
    """Write the messages of one season.

    Parameters
    ----------
    server : [vote.live.email]
    title : the season's, which the message names

    Attributes
    ----------
    sender : the address that refusals go to

    Raises
    ------
    RuleInvalid : the sender is no address.
    """

    def __init__(self, server: EmailCodes, title: str) -> None:
        self.sender = _address_of(server.sender)
        self._title = " ".join(title.split())
        self._domain = self.sender.rpartition("@")[2]
        self._head, self._body = self._parts(server.sender)

    def _parts(self, sender: str) -> tuple[bytes, bytes]:
        """Give what all messages have in common: headers, and the text after the code."""
        message = EmailMessage(policy=SMTP)
        message["From"] = sender
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(
            f"{_NO_CODE}\n\nis your code to vote in {self._title}.\n"
            f"It is good for {CODE_SECONDS // 60} minutes, once, in the browser in which you asked for it.\n"
            "Nobody of ours asks you for it. If you did not ask for a code, do nothing.\n",
            cte="quoted-printable",
        )
        head, _, body = message.as_bytes().partition(b"\r\n\r\n")
        assert body.startswith(_NO_CODE.encode())
        return head, body[len(_NO_CODE) :]

    def letter(self, address: str, code: str, now: int) -> bytes:
        """Give the whole message to a normal address; `now` is in seconds."""
        # not as headers of the message, which are read anew, and undone where they look encoded
        lines = (
            b"To: " + address.encode(),
            b"Subject: " + _subject(f"{code} is your code for {self._title}"),
            b"Date: " + format_datetime(datetime.fromtimestamp(now, UTC)).encode(),
            b"Message-ID: " + make_msgid(domain=self._domain).encode(),
            self._head,
        )
        return b"%b\r\n\r\n%b%b" % (b"\r\n".join(lines), code.encode(), self._body)


def _subject(text: str) -> bytes:
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    if is_plain and len(text) <= _LINE_MOST:
        return text.encode()
    header = Header(text, "us-ascii" if is_plain else "utf-8", header_name="Subject")
    return header.encode(linesep="\r\n").encode("ascii")


def _address_of(sender: str) -> str:
    """Give the one address that a From header names."""
    header: Any = HeaderRegistry()("from", sender)
    found = [f"{one.username}@{one.domain}" for one in header.addresses if one.username and one.domain]
    if header.defects or len(header.addresses) != 1 or not found or not found[0].isascii():
        raise RuleInvalid(
            f"season.toml [vote.live.email] sender: {sender!r} is not one address",
            'write it as in sender = "Votes <vote@example.org>"',
        )
    return found[0]
