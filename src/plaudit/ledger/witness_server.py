"""A witness that answers over HTTP: requests are bounded in bytes, in number and in time."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Final

from plaudit.base.errors import PlauditError
from plaudit.ledger.add_checkpoint import REQUEST_BYTES_MAX, Answered, add_checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.ledger.attest import Witness
    from plaudit.ledger.note import Verifier

__all__ = ["WitnessServer"]

_CONNECTIONS: Final = 32
"""More at once are turned away; each has a thread."""
_SECONDS: Final = 15.0
"""A connection is ended after so long, whatever it is at."""


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness: `POST …/add-checkpoint`, and its verifier key at any other address.

    Parameters
    ----------
    address : host and port; port 0 takes a free one
    logs : keys of the logs that are witnessed
    told : is told what was answered, in a line
    connection_seconds : how long a connection may last
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        witness: Witness,
        logs: Sequence[Verifier],
        told: Callable[[str], None],
        *,
        connection_seconds: float = _SECONDS,
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)
        self.witness = witness
        self.logs = logs
        self.told = told
        self._seconds = connection_seconds
        self._room = threading.BoundedSemaphore(_CONNECTIONS)

    @property
    def url(self) -> str:
        """The address that the witness is asked at."""
        host = self.server_address[0]
        return f"http://[{host!s}]:{self.server_port}" if ":" in str(host) else f"http://{host!s}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, if there is room."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection until its time is over."""
        timer = threading.Timer(self._seconds, _end, (request,))
        timer.daemon = True
        timer.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            timer.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a connection that ended early."""

    def answered(self, body: bytes) -> Answered:
        """Answer one request; what is wrong with the witness itself is told here, and not there."""
        try:
            return add_checkpoint(body, self.logs, self.witness)
        except (PlauditError, OSError) as error:
            self.told(f"cannot sign: {error}")
            return Answered(503, "the witness cannot sign now; ask again later\n")


class _Handler(BaseHTTPRequestHandler):
    """One connection; HTTP keep-alive is supported."""

    protocol_version = "HTTP/1.1"
    server: WitnessServer
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"
    timeout: ClassVar[float] = _SECONDS

    def do_POST(self) -> None:
        """Answer a request for a cosignature."""
        given = self.headers.get("Content-Length", "")
        if not self.path.endswith("/add-checkpoint"):
            self._refuse(404, "the address ends with /add-checkpoint\n")
        elif not (given.isascii() and given.isdigit()) or "Transfer-Encoding" in self.headers:
            self._refuse(411, "say how long the request is\n")
        elif len(given) > 9 or int(given) > REQUEST_BYTES_MAX:
            self._refuse(413, f"a request has {REQUEST_BYTES_MAX} bytes at most\n")
        elif len(body := self.rfile.read(int(given))) == int(given):
            found = self.server.answered(body)
            self._answer(found)
            self.server.told(f"{self.client_address[0]}: {_about(body)}: {found.status}")
        else:
            self.close_connection = True

    def do_GET(self) -> None:
        """Give the witness's key."""
        self._answer(Answered(200, f"{self.server.witness.signer.verifier}\n"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Leave it to `told`."""

    def version_string(self) -> str:
        """Give no version."""
        return "plaudit"

    def _refuse(self, status: int, text: str) -> None:
        self.close_connection = True  # what was sent is not read
        self._answer(Answered(status, text))

    def _answer(self, found: Answered) -> None:
        data = found.text.encode()
        self.send_response(found.status)
        self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


def _about(body: bytes) -> str:
    """Name log and size of a request, as far as they can be read."""
    lines = body.decode("utf-8", "replace").partition("\n\n")[2].split("\n")[:2]
    return " ".join(lines)[:200]


def _end(request: socket.socket) -> None:
    with suppress(OSError):  # it ended by itself
        request.shutdown(socket.SHUT_RDWR)
