"""One cycle of a live source: what to ask next, and what an answer leads to. No clock, no network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from plaudit.platforms.contract import Answer, Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.archive.record import Record
    from plaudit.platforms.contract import Ask, Platform
    from plaudit.rulebook.live_source import Fetch

__all__ = ["Cycle", "Due", "begin_of", "wish_of"]

_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND
_FAILED_MOST: Final = 5
_LIMITED_MOST: Final = 12
_LIMITED_SECONDS: Final = 60
_Key = tuple[str, str, str]


def begin_of(wanted: Fetch, now: int) -> int:
    """Give when the cycle that is due began: the last multiple of its interval."""
    step = wanted.every_seconds * _SECOND
    return now // step * step


def wish_of(wanted: Fetch, accounts: Sequence[str], begin: int) -> Wish:
    """Give what a source wants in the cycle that began at an instant."""
    since = begin - wanted.days * _DAY
    return Wish(tuple(accounts), wanted.what, since, wanted.tags, wanted.server, until=begin)


@dataclass(order=True)
class Due:
    """An ask and the instant from which on it may be sent; of several the one that came first is sent first."""

    at: int
    place: int
    ask: Ask = field(compare=False)


class Cycle:
    """The asks of one cycle; each is asked once, and again where that may help.

    given_up : asks that stayed without an answer: the gaps of the cycle
    """

    def __init__(self, asked: Platform, wish: Wish, begin: int) -> None:
        self.begin = begin
        self.given_up: list[Ask] = []
        self._asked, self._wish = asked, wish
        self._heap: list[Due] = []
        self._open: dict[_Key, Due] = {}
        self._known: set[_Key] = set()
        self._tries: Counter[_Key] = Counter()
        self._add(asked.begin(wish))

    def next(self) -> Due | None:
        """Give what is due first, or None if all was asked."""
        while self._heap and self._open.get(_key(self._heap[0].ask)) is not self._heap[0]:
            heappop(self._heap)
        return self._heap[0] if self._heap else None

    def recall(self, record: Record) -> None:
        """Take a record of an earlier process as an answer, if this cycle asks for it."""
        due = self._open.get(_key(record.ask))
        if due is None:
            return
        answer = record.answer
        if answer is None:
            del self._open[_key(due.ask)]
        else:
            self.take(due, answer)

    def take(self, due: Due, answer: Answer) -> int:
        """Take the answer to what was due, and give until when the platform wants nothing more, or 0.

        What failed is tried again after 2, 4, 8, … seconds, what was limited when the platform says so, or after 1, 2,
        4, … minutes; both so many times.
        """
        key = _key(due.ask)
        del self._open[key]
        found = self._asked.outcome(answer)
        if found.verdict in {"absent", "answered", "refused"}:
            if found.verdict == "answered":
                self._add(self._asked.follow(self._wish, answer))
            if found.verdict == "refused":
                self.given_up.append(due.ask)
            return 0
        self._tries[key] += 1
        is_limited = found.verdict == "limited"
        if self._tries[key] >= (_LIMITED_MOST if is_limited else _FAILED_MOST):
            self.given_up.append(due.ask)
            return 0
        wait = (_LIMITED_SECONDS // 2 if is_limited else 1) << min(self._tries[key], 10)
        says_when = found.retry_at > answer.answered_at
        at = found.retry_at if says_when else answer.answered_at + wait * _SECOND
        self._put(Due(at, due.place, due.ask))
        return at if is_limited else 0

    def leave(self) -> None:
        """Give up what is left: the next cycle has begun."""
        self.given_up += [due.ask for due in sorted(self._open.values())]
        self._open.clear()

    def _add(self, asks: Sequence[Ask]) -> None:
        for ask in asks:
            if _key(ask) not in self._known:
                self._known.add(_key(ask))
                self._put(Due(self.begin, len(self._known), ask))

    def _put(self, due: Due) -> None:
        self._open[_key(due.ask)] = due
        heappush(self._heap, due)


def _key(ask: Ask) -> _Key:
    return ask.method, ask.url, ask.body
