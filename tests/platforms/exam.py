"""The exam that every platform sits: one cycle is answered by something that we did not write, then played again.

A platform's test file gives `paper`, and what it did not write is said there. The exam spoils the
answers one field, one item and one byte at a time: what is lost must be that alone.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from plaudit.platforms.contract import Answer, Ask, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plaudit.platforms.contract import Platform, Wish

ASKED_AT = 1_795_000_000_000_000
COUNTED_HERE = {"photos", "videos"}
"""Metrics that no platform states: they are the pictures of a post, counted; none is 0."""
SPOILED: list[Any] = [None, -1, "x", [], {}, True, 1.5, 10**30, ["x"]]
BAD_ITEMS: tuple[Any, ...] = (None, 7, "x", [], {})
MOST_FIELDS = 60


@dataclass
class Paper:
    """One cycle of a platform, asked and answered.

    secrets : a value for each key
    """

    platform: Platform
    wish: Wish
    answers: list[Answer]
    secrets: dict[str, str] = field(default_factory=dict)

    def rows(self) -> list[Said | Unread]:
        return [row for answer in self.answers for row in self.platform.rows(answer)]


def answered(ask: Ask, status: int, body: object, headers: dict[str, str] | None = None) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(ask, ASKED_AT, ASKED_AT + 250_000, status, headers or {}, raw)


def sit(platform: Platform, wish: Wish, serve: Callable[[Ask], Answer], secrets: dict[str, str] | None = None) -> Paper:
    """Walk a cycle to its end; a platform that never ends fails here."""
    asks = list(platform.begin(wish))
    answers: list[Answer] = []
    while asks:
        assert len(answers) < 200
        answer = serve(asks.pop(0))
        answers.append(answer)
        asks += platform.follow(wish, answer)
    return Paper(platform, wish, answers, secrets or {})


def of_kind(rows: list[Said | Unread], kind: str) -> list[dict[str, Any]]:
    return [row.values for row in rows if isinstance(row, Said) and row.kind == kind]


def figures(platform: Platform, rows: list[Said | Unread]) -> set[tuple[Any, ...]]:
    """Give every number that rows state, with whose it is."""
    metrics = set().union(*platform.offers.values()) - COUNTED_HERE
    found: set[tuple[Any, ...]] = set()
    for row in rows:
        if isinstance(row, Said):
            found |= {(name, row.values[name]) for name in metrics & set(row.values)}
            found |= {(row.values["metric"], row.values["value"])} if row.kind == "readings" else set()
    return found


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every field, of the first two items of each list."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(document: Any, path: tuple[Any, ...], *value: Any) -> Any:
    """Give a document without the field at a path, or with another value there."""
    whole = copy.deepcopy(document)
    at = whole
    for key in path[:-1]:
        at = at[key]
    if value:
        at[path[-1]] = value[0]
    else:
        del at[path[-1]]
    return whole


def at(document: Any, path: tuple[Any, ...]) -> Any:
    """Give what stands at a path; nothing where the path ends before."""
    for key in path:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def item_of(path: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Give the path of the item of a list that a field is in; None outside of lists."""
    return next((path[: place + 1] for place, key in enumerate(path) if isinstance(key, int)), None)


def spread(paths: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Give so many of the paths, evenly, that the exam is quick."""
    step = max(1, len(paths) // MOST_FIELDS)
    return paths[::step]


def gone(rows: list[Said | Unread]) -> set[str]:
    """Give the posts and accounts that rows say are not there any more."""
    absent = {repr(one["account"]) for one in of_kind(rows, "accounts") if one.get("state") == "absent"}
    return absent | {repr(one["post"]) for one in of_kind(rows, "deletions")}


def as_multiset(rows: list[Said | Unread]) -> Counter[str]:
    return Counter(repr(row) for row in rows if isinstance(row, Said) and row.kind not in {"accounts", "deletions"})


class Exam:
    """Each test takes `paper`; a platform's own class adds what only it has."""

    @pytest.fixture
    def documents(self, paper: Paper) -> list[tuple[Answer, Any]]:
        """Give one answer of each method, with its JSON."""
        found: dict[str, tuple[Answer, Any]] = {}
        for answer in paper.answers:
            if paper.platform.outcome(answer).verdict == "answered" and list(paper.platform.rows(answer)):
                method = (
                    answer.ask.what
                    + answer.ask.url.partition("?")[0].rpartition("/")[2][:4]
                    + str(bool(answer.ask.posts))
                )
                found.setdefault(method, (answer, json.loads(answer.body)))
        assert found
        return list(found.values())

    def test_replay_gives_the_same_rows(self, paper: Paper) -> None:
        again = type(paper.platform)()
        first = paper.rows()

        assert bool(figures(paper.platform, first)) == self.has_figures
        assert first
        assert [row for answer in paper.answers for row in again.rows(answer)] == first
        assert [again.follow(paper.wish, answer) for answer in paper.answers] == [
            paper.platform.follow(paper.wish, answer) for answer in paper.answers
        ]

    def test_a_missing_field_is_not_0_and_costs_only_itself(self, paper: Paper, documents: Any) -> None:
        rounds = 0
        for answer, document in documents:
            for path in spread(list(places(document))):
                rounds += self.costs_only_itself(paper, answer, document, path, changed(document, path))
        assert rounds > 5

    def test_a_spoiled_field_costs_only_itself(self, paper: Paper, documents: Any) -> None:
        rounds = 0
        for answer, document in documents:
            for number, path in enumerate(spread(list(places(document)))):
                for value in (SPOILED[number % len(SPOILED)], SPOILED[(number + 4) % len(SPOILED)]):
                    rounds += self.costs_only_itself(paper, answer, document, path, changed(document, path, value))
        assert rounds > 5

    def costs_only_itself(
        self, paper: Paper, answer: Answer, document: Any, path: tuple[Any, ...], spoiled: Any
    ) -> int:
        platform, body = paper.platform, json.dumps(spoiled).encode()
        rows = list(platform.rows(replace(answer, body=body)))
        platform.follow(paper.wish, replace(answer, body=body))

        told = figures(platform, list(platform.rows(answer)))
        assert figures(platform, rows) <= told, path
        item = item_of(path)
        if item is not None and path != item and not isinstance(at(spoiled, path), str):  # a text is another name
            assert gone(rows) <= gone(list(platform.rows(answer))), path
        if item is not None:
            others = list(platform.rows(replace(answer, body=json.dumps(changed(document, item)).encode())))
            assert as_multiset(others) <= as_multiset(rows), path
        return 1

    def test_one_bad_item_costs_only_itself_and_is_listed(self, paper: Paper, documents: Any) -> None:
        rounds = 0
        for answer, document in documents:
            items = {item for path in places(document) if (item := item_of(path))}
            for item in sorted(items, key=repr):
                others = paper.platform.rows(replace(answer, body=json.dumps(changed(document, item)).encode()))
                good = as_multiset(list(others))
                for bad in BAD_ITEMS:
                    body = json.dumps(changed(document, item, bad)).encode()
                    rows = list(paper.platform.rows(replace(answer, body=body)))
                    assert good <= as_multiset(rows)
                    assert gone(rows) <= gone(list(paper.platform.rows(answer))), "unreadable is not gone"
                    assert any(isinstance(row, Unread) for row in rows) or not self.gives_rows(
                        paper, answer, document, item
                    )
                    rounds += 1
        assert rounds >= self.items_least

    items_least = 5
    has_figures = True

    def gives_rows(self, paper: Paper, answer: Answer, document: Any, item: tuple[Any, ...]) -> bool:
        without = paper.platform.rows(replace(answer, body=json.dumps(changed(document, item)).encode()))
        return as_multiset(list(without)) != as_multiset(list(paper.platform.rows(answer)))

    def test_a_body_that_is_cut_gives_no_rows(self, paper: Paper, documents: Any) -> None:
        rounds = 0
        for answer, _ in documents:
            for end in range(0, len(answer.body) - 1, max(1, len(answer.body) // 25)):
                cut = replace(answer, body=answer.body[:end])
                assert paper.platform.outcome(cut).verdict == "failed"
                assert not list(paper.platform.rows(cut))
                assert not list(paper.platform.follow(paper.wish, cut))
                rounds += 1
        assert rounds > 20

    def test_what_is_no_answer_gives_nothing_and_says_whether_to_ask_again(self, paper: Paper) -> None:
        first = paper.answers[0]
        for status, failure, body, verdict in (
            (200, "", b"<!doctype html><title>Sign in", "failed"),
            (200, "", b"[" * 100_000, "failed"),
            (500, "", b"", "failed"),
            (502, "", b"<html>", "failed"),
            (503, "", b"{}", "failed"),
            (401, "", b"{}", "refused"),
            (0, "timeout", b"", "failed"),
            (200, "cut", first.body[:40], "failed"),
            (200, "too large", b"", "failed"),
            (302, "redirect", b"", "refused"),
        ):
            wrong = replace(first, status=status, failure=failure, body=body)
            assert paper.platform.outcome(wrong).verdict == verdict, (status, failure)
            assert not list(paper.platform.rows(wrong))
            assert not list(paper.platform.follow(paper.wish, wrong))

    def test_429_says_when_to_come_back_where_the_platform_does(self, paper: Paper) -> None:
        first = replace(paper.answers[0], status=429, body=b"{}")
        for headers, retry_at in (
            ({}, 0),
            ({"retry-after": "30"}, first.answered_at + 30_000_000),
            ({"retry-after": "Wed, 18 Nov 2026 12:00:00 GMT"}, 1_795_003_200_000_000),
            ({"retry-after": "soon"}, 0),
        ):
            said = paper.platform.outcome(replace(first, headers=headers))
            assert (said.verdict, said.retry_at) == ("limited", retry_at)
            assert set(headers) <= paper.platform.headers

    def test_no_secret_is_in_an_ask_before_it_is_sent(self, paper: Paper) -> None:
        asks = [answer.ask for answer in paper.answers]
        before = repr(asks)
        sent = [paper.platform.with_keys(ask, paper.secrets) for ask in asks]

        assert set(paper.secrets) == set(paper.platform.keys)
        assert repr(asks) == before
        assert not any(secret.split()[-1] in before for secret in paper.secrets.values())
        assert all(secret.split()[-1] in repr(sent) for secret in paper.secrets.values())

    def test_what_is_archived_of_an_answer_gives_the_same_outcome(self, paper: Paper) -> None:
        for answer in (*paper.answers[:1], *paper.answers):
            kept = {name: value for name, value in answer.headers.items() if name in paper.platform.headers}
            archived = replace(answer, headers=kept)
            assert paper.platform.outcome(archived) == paper.platform.outcome(answer)
            assert paper.platform.follow(paper.wish, archived) == paper.platform.follow(paper.wish, answer)
        assert paper.platform.headers == {name.lower() for name in paper.platform.headers}

    def test_each_ask_is_asked_once_and_takes_from_a_published_limit(self, paper: Paper) -> None:
        asks = [answer.ask for answer in paper.answers]

        assert len({(ask.url, ask.body) for ask in asks}) == len(asks)
        assert {ask.pool for ask in asks} <= {limit.pool for limit in paper.platform.limits}
        assert all(limit.source for limit in paper.platform.limits)
        assert {ask.platform for ask in asks} == {paper.platform.id}
        assert all(ask.url.startswith(("https://", "http://")) for ask in asks)
