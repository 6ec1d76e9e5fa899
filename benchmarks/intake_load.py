"""Send ballots to a server over many connections and say how long each answer took.

    python benchmarks/intake_load.py --port 8000 --path /v1/2026/ballots --sessions sessions.txt --rate 10000

With a rate the load is open: every request has an instant at which it is due,
whatever the server does, and its latency runs from that instant. A request
that finds all connections taken waits, and its waiting counts. Without a rate
the load is closed: each connection sends again once it is answered, which
finds the most a server can do.

The sessions file holds a session a line; request n is of session n modulo
their number and has a key of its own. Every answer is read and checked.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import select
import socket
import sys
import time
from array import array
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["Load", "nominee_of"]

GRACE_SECONDS = 10
READ_BYTES = 1 << 16


def nominee_of(request: int, sessions: int, nominees: Sequence[str]) -> str:
    """Give the nominee that a request is for: a voter stays with one."""
    return nominees[request % sessions % len(nominees)]


def heads(host: str, path: str, sessions: Sequence[str], nominees: Sequence[str], run: str) -> list[bytes]:
    """Give each session's request up to the number in its key; what follows is twelve digits and two marks."""
    made = []
    for number, session in enumerate(sessions):
        body = f'{{"nominee":"{nominee_of(number, len(sessions), nominees)}","votes":1,"key":"{run}-'
        made.append(
            f"POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {session}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body) + 14}\r\n\r\n{body}".encode()
        )
    return made


class Load:
    """Connections to one server, and what came of the requests sent over them.

    acknowledged : request and leaf of every accepted ballot, one after the other
    refusals : the first bytes of the first answers that were not 201, or could not be read
    """

    def __init__(self, port: int, heads: Sequence[bytes], connections: int) -> None:
        self._address = ("127.0.0.1", port)
        self._heads = heads
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._idle: deque[int] = deque()
        self._requests: dict[int, int] = {}  # file descriptor → the request it waits for
        self._partial: dict[int, bytes] = {}
        self._due_at: Sequence[float] = array("d")
        self.latencies = array("d")
        self.acknowledged = array("q")
        self.refusals: list[bytes] = []
        self.sent = self.refused = self.errors = 0
        for _ in range(connections):
            self._connect()

    def closed(self, seconds: float) -> float:
        """Keep every connection busy for so long, then wait for the last answers; give the seconds it took."""
        self._due_at = due_at = array("d")
        started = now = time.perf_counter()
        ends, gives_up = started + seconds, started + seconds + GRACE_SECONDS
        idle = self._idle
        while (now < ends or self._requests) and now < gives_up:
            while idle and now < ends:
                due_at.append(time.perf_counter())
                self._send(idle.popleft())
            for number, _event in self._epoll.poll(0.1):
                self._receive(number)
            now = time.perf_counter()
        self._leave(now)
        return now - started

    def opened(self, rate: float, seconds: float) -> float:
        """Send at the rate for so long, whatever the server does; give the seconds until the last answer."""
        requests = math.floor(rate * seconds)
        started = now = time.perf_counter() + 0.01
        self._due_at = due_at = array("d", (started + number / rate for number in range(requests)))
        gives_up = started + seconds + GRACE_SECONDS
        idle = self._idle
        while (self.sent < requests or self._requests) and now < gives_up:
            while idle and self.sent < requests and due_at[self.sent] <= time.perf_counter():
                self._send(idle.popleft())
            self._rest(due_at[self.sent] if idle and self.sent < requests else now + 0.1)
            for number, _event in self._epoll.poll(0):
                self._receive(number)
            now = time.perf_counter()
        self._leave(now)
        return now - started

    def _rest(self, until: float) -> None:
        """Wait for an answer or an instant; `epoll` itself counts in whole milliseconds, `select` does not."""
        select.select((self._epoll,), (), (), max(0.0, until - time.perf_counter()))

    def _connect(self) -> None:
        connection = socket.create_connection(self._address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(0)
        self._sockets[connection.fileno()] = connection
        self._epoll.register(connection, select.EPOLLIN)
        self._idle.append(connection.fileno())

    def _send(self, number: int) -> None:
        request = self.sent
        self.sent = request + 1
        self._requests[number] = request
        message = self._heads[request % len(self._heads)] + b'%012x"}' % request
        try:
            if self._sockets[number].send(message) != len(message):
                self._lose(number)
        except OSError:
            self._lose(number)

    def _receive(self, number: int) -> None:
        try:
            data = self._sockets[number].recv(READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._lose(number)
            return
        if self._partial:
            data = self._partial.pop(number, b"") + data
        body_at = data.find(b"\r\n\r\n") + 4
        length_at = data.find(b"content-length: ", 0, body_at) + 16
        if body_at < 4 or (
            length_at >= 16 and body_at + int(data[length_at : data.index(b"\r", length_at)]) > len(data)
        ):
            self._partial[number] = data
        elif number not in self._requests or length_at < 16:
            self._keep(data)
            self._lose(number)
        else:
            self._answered(self._requests.pop(number), data)
            self._idle.append(number)

    def _answered(self, request: int, data: bytes) -> None:
        self.latencies.append(time.perf_counter() - self._due_at[request])
        leaf_at = data.find(b'"leaf":') + 7
        if data[9:12] == b"201" and leaf_at >= 7:
            self.acknowledged.append(request)
            self.acknowledged.append(int(data[leaf_at : data.index(b",", leaf_at)]))
            return
        self.refused += 1
        self._keep(data)

    def _keep(self, data: bytes) -> None:
        if len(self.refusals) < 3:
            self.refusals.append(data[:600])

    def _lose(self, number: int) -> None:
        """Count a connection that failed with its request, and open another."""
        self.errors += 1
        request = self._requests.pop(number, None)
        if request is not None:
            self.latencies.append(time.perf_counter() - self._due_at[request])
        self._partial.pop(number, None)
        self._epoll.unregister(number)
        if number in self._idle:
            self._idle.remove(number)
        self._sockets.pop(number).close()
        self._connect()

    def _leave(self, now: float) -> None:
        """Count what was never answered as errors that took until now, or the slowest would be forgotten."""
        waiting = [*self._requests.values(), *range(self.sent, len(self._due_at))]
        self.errors += len(waiting)
        self.latencies.extend(now - self._due_at[request] for request in waiting)
        for connection in self._sockets.values():
            connection.close()
        self._epoll.close()


def report(load: Load, seconds: float) -> dict[str, Any]:
    """Give counts, accepted ballots a second, and latencies in milliseconds."""
    leaves = load.acknowledged[1::2]
    taken = sorted(load.latencies)
    ranks = {name: math.ceil(share * len(taken)) - 1 for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return {
        "sent": load.sent,
        "accepted": len(leaves),
        "refused": load.refused,
        "errors": load.errors,
        "twice": len(leaves) - len(set(leaves)),
        "seconds": seconds,
        "per_second": len(leaves) / seconds,
        **{name: 1000 * taken[rank] for name, rank in ranks.items()},
        "max": 1000 * taken[-1],
        "refusals": [refusal.decode(errors="replace") for refusal in load.refusals],
    }


def main() -> None:
    """Send the load and print what came of it as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/v1/2026/ballots")
    parser.add_argument("--sessions", type=Path, required=True, help="a file with a session a line")
    parser.add_argument("--nominees", nargs="+", default=["bts"])
    parser.add_argument("--rate", type=float, help="requests a second; without it, as many as the server answers")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--run", default="bench", help="how this run's idempotency keys start")
    parser.add_argument("--acknowledged", type=Path, help="a file for request and leaf of each accepted ballot")
    asked = parser.parse_args()
    sessions = asked.sessions.read_text("ascii").split()
    host = f"127.0.0.1:{asked.port}"
    load = Load(asked.port, heads(host, asked.path, sessions, asked.nominees, asked.run), asked.connections)
    gc.disable()
    seconds = load.opened(asked.rate, asked.seconds) if asked.rate else load.closed(asked.seconds)
    gc.enable()
    if asked.acknowledged:
        asked.acknowledged.write_bytes(load.acknowledged.tobytes())
    json.dump(report(load, seconds), sys.stdout)


if __name__ == "__main__":
    main()
