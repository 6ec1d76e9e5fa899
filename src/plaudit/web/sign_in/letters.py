"""The message that carries a code: made whole here, so that no address can add a line to it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import AddressHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Any

from plaudit.base.errors import RuleInvalid
from plaudit.web.sign_in.codes import CODE_SECONDS

if TYPE_CHECKING:
    from plaudit.rulebook.live import EmailCodes

__all__ = ["Letters"]


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
        self._from = server.sender
        self._title = " ".join(title.split())
        self.sender = _address_of(server.sender)

    def letter(self, address: str, code: str, now: int) -> bytes:
        """Give the whole message to a normal address; `now` is in seconds."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._from
        message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(
            f"{code}\n\nis your code to vote in {self._title}.\n"
            f"It is good for {CODE_SECONDS // 60} minutes, once, in the browser in which you asked for it.\n"
            "Nobody of ours asks you for it. If you did not ask for a code, do nothing.\n",
            cte="quoted-printable",
        )
        # not as headers of the message, which are read anew, and undone where they look encoded
        subject = _subject(f"{code} is your code for {self._title}")
        return b"To: %b\r\nSubject: %b\r\n%b" % (address.encode(), subject, message.as_bytes())


def _subject(text: str) -> bytes:
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    header = Header(text, "us-ascii" if is_plain else "utf-8", header_name="Subject")
    return header.encode(linesep="\r\n").encode("ascii")


def _address_of(sender: str) -> str:
    """Give the one address that a From header names."""
    header: Any = HeaderRegistry()("from", sender)
    assert isinstance(header, AddressHeader)
    found = [f"{one.username}@{one.domain}" for one in header.addresses if one.username and one.domain]
    if header.defects or len(header.addresses) != 1 or not found or not found[0].isascii():
        raise RuleInvalid(
            f"season.toml [vote.live.email] sender: {sender!r} is not one address",
            'write it as in sender = "Votes <vote@example.org>"',
        )
    return found[0]
