"""The mail server of a season: codes go to it over connections that are kept, by a queue that is bounded.

    asked → queue → one of the kept connections → handed over
              ↑ later, where the server says "not now"

Every asking is answered after the same time, whatever became of the message, so
that the clock tells nobody which addresses exist.
"""

from __future__ import annotations

import asyncio
import heapq
import ipaddress
import os
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import RuleInvalid, VoteUnavailable
from plaudit.web.sign_in.codes import CODE_SECONDS
from plaudit.web.sign_in.letters import Letters
from plaudit.web.sign_in.mail_answers import Outcome, told_to_voters
from plaudit.web.sign_in.mail_connection import MailConnection
from plaudit.web.sign_in.mail_state import MailState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.rulebook.live import EmailCodes

__all__ = ["ANSWER_SECONDS", "WAITING_MOST", "Mailer"]

ANSWER_SECONDS: Final = 0.5
"""When every asking is answered."""
WAITING_MOST: Final = 2_000
"""Messages that wait, for their first try or another one."""
IDLE_SECONDS: Final = 20.0
"""How long a connection is kept that nothing is sent over."""
CLOSE_SECONDS: Final = 2.0
"""How long the connections have to end once the server stops."""
PROBE_SECONDS: Final = 5.0
"""How often one voter's message tries a server that is in trouble."""
RETRY_SECONDS: Final = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0)
"""How long a message waits before each next try; the last one for all that follow."""
DEFERRALS_MOST: Final = 3
"""After so many messages in a row that are put off, voters are told so."""
_WORTH_SECONDS: Final = CODE_SECONDS - 120


@dataclass
class _Letter:
    """A message that waits."""

    address: str
    data: bytes
    ends_at: float
    tries: int = 0
    outcome: Future[Outcome] = field(default_factory=Future)


class Mailer:
    """Send codes through the season's mail server.

    Parameters
    ----------
    server : [vote.live.email]
    title : the season's, which the message names
    seconds : the longest that one answer of the server is waited for
    answer_seconds : when an asking is answered
    told : is called with the state, from a thread, when it changed, at most once a second

    Raises
    ------
    RuleInvalid : codes would cross a network in the clear, the sender is no address, or the password is not in
        its environment variable.
    """

    def __init__(
        self,
        server: EmailCodes,
        title: str,
        *,
        seconds: float = 15,
        answer_seconds: float = ANSWER_SECONDS,
        told: Callable[[MailState], None] = lambda _state: None,
    ) -> None:
        _refuse_server(server)
        self._server = server
        self._letters = Letters(server, title)
        self._seconds = seconds
        self._answer_seconds = answer_seconds
        self.state = MailState(f"{server.host} port {server.port}", told)
        self._changed = threading.Condition()
        self._ready: deque[_Letter] = deque()
        self._later: list[tuple[float, int, _Letter]] = []
        self._number = 0
        self._threads = 0
        self._idle = 0
        self._in_hand = 0
        self._open = 0
        self._most = server.connections
        self._probed_at = float("-inf")
        self._is_closed = False

    async def send(self, address: str, code: str, now: int) -> None:
        """Hand a code over to the mail server, or see to it that it is; answered after the same time always.

        A server that refuses this one mailbox is no failure here: the answer would
        tell whoever asks which addresses exist.

        Raises
        ------
        VoteUnavailable : the server is not there, refuses us, or has too much to do; it never names the address.
        """
        self._refuse_in_trouble()
        letter = _Letter(address, self._letters.letter(address, code, now), time.monotonic() + _WORTH_SECONDS)
        self._put(letter)
        began = time.monotonic()
        await asyncio.wait({asyncio.wrap_future(letter.outcome)}, timeout=self._answer_seconds)
        await asyncio.sleep(max(0.0, began + self._answer_seconds - time.monotonic()))
        with self._changed:
            outcome = letter.outcome.result() if letter.outcome.done() else None
            if outcome is None:
                letter.outcome.set_result(Outcome("handed over"))  # as far as the voter knows
        if outcome is not None and outcome.kind in {"not now", "refused", "in trouble"}:
            raise _unavailable(told_to_voters(outcome.why))

    async def wait_as_long(self) -> None:
        """Wait as long as a sending takes, where there is nothing to send.

        Raises
        ------
        VoteUnavailable : nothing could be sent.
        """
        self._refuse_in_trouble()
        await asyncio.sleep(self._answer_seconds)

    def close(self) -> None:
        """Send nothing more, and end the connections; what waits is dropped, since no code outlives the server."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._threads, timeout=CLOSE_SECONDS)

    def _refuse_in_trouble(self) -> None:
        """Refuse at once while nothing can be sent, but let one message through now and then, to see."""
        with self._changed:
            waiting = len(self._ready) + len(self._later) + self._in_hand
            now = time.monotonic()
            is_to_probe = now - self._probed_at >= PROBE_SECONDS
            if self.state.trouble and not is_to_probe:
                self.state.turned_away()
                raise _unavailable(told_to_voters(self.state.trouble))
            if self.state.trouble:
                self._probed_at = now
        if waiting >= WAITING_MOST:
            self.state.turned_away()
            raise _unavailable(f"{WAITING_MOST:,} messages wait for it")

    def _put(self, letter: _Letter) -> None:
        with self._changed:
            self._ready.append(letter)
            self._staff()

    def _staff(self) -> None:
        """See to it that somebody takes the next message: who waits, or one more."""
        if not self._threads:
            self._most = self._server.connections
        if self._idle < len(self._ready) and self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._work, name=f"mail-{self._threads}", daemon=True).start()
        self._changed.notify()

    def _work(self) -> None:
        """Hand messages over, one after the other, until there are none for a while."""
        connection = MailConnection(self._server, self._letters.sender, self._seconds)
        try:
            while (letter := self._next()) is not None:
                was_open = connection.is_open
                outcome = connection.offer(letter.address, letter.data)
                with self._changed:
                    self._open += connection.is_open - was_open
                    if connection.has_no_place and self._open:
                        self._step_back(letter)
                        break
                    self._settle(letter, outcome)
        finally:
            is_open = connection.is_open
            connection.close()
            with self._changed:
                self._open -= is_open
                self._threads -= 1
                self._changed.notify_all()

    def _step_back(self, letter: _Letter) -> None:
        """Leave a message to those who have a connection, where the server keeps no more of them."""
        self._in_hand -= 1
        self._most = max(1, self._open)
        self._ready.appendleft(letter)
        self._changed.notify()

    def _next(self) -> _Letter | None:
        """Give the next message to try; None, once, where there was none for so long."""
        leaves_at = time.monotonic() + IDLE_SECONDS
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    self._ready.append(heapq.heappop(self._later)[2])
                if self._ready:
                    self._in_hand += 1
                    letter = self._ready.popleft()
                    if self._ready:
                        self._staff()
                    return letter
                is_last = self._threads == 1 and bool(self._later)
                if now >= leaves_at and not is_last:
                    break
                until = leaves_at if now < leaves_at else now + IDLE_SECONDS
                self._wait(min([until, *(at for at, _, _ in self._later[:1])]) - now)
        return None

    def _wait(self, seconds: float) -> None:
        self._idle += 1
        self._changed.wait(max(0.0, seconds))
        self._idle -= 1
        self._tell()

    def _settle(self, letter: _Letter, outcome: Outcome) -> None:
        """Note what became of a message, answer whoever waits for it, and keep it for later where that helps."""
        self._in_hand -= 1
        self.state.note(outcome)
        is_put_off = outcome.kind == "busy mailbox" or (
            outcome.kind == "not now" and self.state.deferrals < DEFERRALS_MOST
        )
        if not letter.outcome.done() and not is_put_off:
            letter.outcome.set_result(outcome)  # a voter who is told that it failed asks again
        elif outcome.is_worth_another_try:
            self._keep(letter)
        self._tell()

    def _keep(self, letter: _Letter) -> None:
        at = time.monotonic() + RETRY_SECONDS[min(letter.tries, len(RETRY_SECONDS) - 1)]
        letter.tries += 1
        if at > letter.ends_at:
            self.state.given_up += 1
            return
        self._number += 1
        heapq.heappush(self._later, (at, self._number, letter))
        self._changed.notify()

    def _tell(self) -> None:
        self.state.tell(len(self._ready) + self._in_hand, len(self._later), self._threads)


def _refuse_server(server: EmailCodes) -> None:
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
    if any(one.isspace() or not one.isprintable() for one in server.host) or "/" in server.host:
        raise RuleInvalid(
            f"season.toml [vote.live.email] host: {server.host!r} is not a host name",
            'write it as in host = "mail.example.org"',
        )


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
