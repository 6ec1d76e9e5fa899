"""Mastodon sits the exam against what real servers (4.7 and 4.8) answered to the tests of Mastodon.py."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from plaudit.platforms.contract import Answer, Ask, Said, Wish
from plaudit.platforms.mastodon import Mastodon
from tests.platforms.exam import ASKED_AT, Exam, Paper, answered, of_kind, sit
from tests.platforms.sdists import interactions, sdist
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER = "http://localhost:3000"
TAG = "fgiztsshwiaqqiztpmmjbtvmescsculuvmgjgopwoeidbcrixp"
ACCOUNTS = ("mastodonpy_test@localhost:3000", "nobody@localhost:3000")
SECRETS = {"MASTODON_ACCESS_TOKEN": "localhost canary-of-mastodon"}


def cassette(name: str) -> list[dict[str, Any]]:
    return interactions(sdist("Mastodon.py") / "tests" / "cassettes" / name)


def recorded(*names: str) -> Callable[[Ask], Answer]:
    """Answer as the servers did; what differs is the size of a page, which they did not have to know."""
    kept = {key(one["request"]["uri"]): one["response"] for name in names for one in reversed(cassette(name))}

    def serve(ask: Ask) -> Answer:
        response = kept[key(ask.url)]
        headers = {name.lower(): value[0] for name, value in response["headers"].items()}
        status = response["status"]["code"]
        return Answer(ask, ASKED_AT, ASKED_AT + 9, status, headers, response["body"]["string"].encode())

    return serve


def key(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return parts.path, next((f"{name} {query[name][0]}" for name in ("acct", "max_id", "min_id") if name in query), "")


@cache
def of_accounts() -> Paper:
    lookup = answered_404_for("nobody", recorded("test_accounts.yaml", "test_fetch_next_previous.yaml"))
    wish = Wish(ACCOUNTS, ("followers", "posts"), since=1_793_000_000_000_000, server=SERVER)
    return sit(Mastodon(), wish, lookup, SECRETS)


@cache
def of_a_tag() -> Paper:
    wish = Wish((), ("tags",), since=0, tags=(TAG,), server=SERVER)
    return sit(Mastodon(), wish, recorded("test_fetch_remaining.yaml"), SECRETS)


class TestAccounts(Exam):
    @pytest.fixture
    def paper(self) -> Paper:
        return of_accounts()

    def test_an_account_tells_its_followers_and_its_lasting_name(self, paper: Paper) -> None:
        rows = paper.rows()

        assert {"account": ACCOUNTS[0], "metric": "followers", "value": 0} in of_kind(rows, "readings")
        (account,) = of_kind(rows, "accounts")
        assert account["stable_id"] == "http://localhost:3000/ap/users/117440810532227399"

    def test_a_status_tells_its_counters(self, paper: Paper) -> None:
        counters = of_kind(paper.rows(), "counters")

        assert len(counters) == 5
        for row in some(counters):
            assert {"likes", "reposts", "comments", "published_at"} < set(row)
            assert row["is_partial"] is False
            assert row["post"].startswith(f"{SERVER}/11744082")

    def test_an_account_that_is_not_there_is_absent(self, paper: Paper) -> None:
        absent = [answer for answer in paper.answers if paper.platform.outcome(answer).verdict == "absent"]

        assert [answer.ask.accounts for answer in absent] == [("nobody@localhost:3000",)]

    def test_a_list_ends_where_all_is_older_than_what_is_wished_for(self, paper: Paper) -> None:
        listed = next(answer for answer in paper.answers if "/statuses" in answer.ask.url)
        wish = replace(paper.wish, since=0)

        (further,) = paper.platform.follow(wish, listed)
        assert "max_id=117440824995689268" in further.url
        assert further.page == 2
        assert not paper.platform.follow(paper.wish, listed)

    def test_the_next_page_is_asked_of_the_same_server(self, paper: Paper) -> None:
        listed = next(answer for answer in paper.answers if "/statuses" in answer.ask.url)
        elsewhere = {"link": '<https://elsewhere.test/api/v1/other?max_id=1>; rel="next"'}

        assert not paper.platform.follow(replace(paper.wish, since=0), replace(listed, headers=elsewhere))

    def test_the_recorded_limit_says_when_it_ends(self, paper: Paper) -> None:
        first = paper.answers[0]
        limited = replace(first, status=429, body=b'{"error":"Too many requests"}')

        assert "x-ratelimit-reset" in first.headers
        assert paper.platform.outcome(limited).retry_at > 1_790_000_000_000_000

    def test_a_status_of_another_server_says_that_its_counts_are_partial(self, paper: Paper) -> None:
        listed = next(answer for answer in paper.answers if "/statuses" in answer.ask.url)
        document = json.loads(listed.body)[:1]
        document[0]["account"]["acct"] = "ann@far.test"
        document[0]["uri"] = "https://far.test/users/ann/statuses/7"

        (row,) = paper.platform.rows(replace(listed, body=json.dumps(document).encode()))
        assert isinstance(row, Said)
        assert (row.values["is_partial"], row.values["post"]) == (True, "https://far.test/users/ann/statuses/7")

    def test_what_is_boosted_gives_no_row(self, paper: Paper) -> None:
        listed = next(answer for answer in paper.answers if "/statuses" in answer.ask.url)
        document = json.loads(listed.body)[:1]
        document[0]["reblog"] = document[0].copy()

        assert not list(paper.platform.rows(replace(listed, body=json.dumps(document).encode())))

    def test_an_account_that_moved_or_is_suspended_says_so(self, paper: Paper) -> None:
        document = json.loads(paper.answers[0].body)
        moved = {**document, "moved": {**document, "acct": "new@far.test"}}
        suspended = {**document, "suspended": True}

        (account, *_) = of_kind(list(paper.platform.rows(answered(paper.answers[0].ask, 200, moved))), "accounts")
        assert (account["state"], account["moved_to"]) == ("moved", "new@far.test")
        rows = list(paper.platform.rows(answered(paper.answers[0].ask, 200, suspended)))
        assert not of_kind(rows, "readings")
        assert of_kind(rows, "accounts")[0]["state"] == "suspended"
        assert paper.platform.outcome(answered(paper.answers[0].ask, 410, {"error": "Gone"})).detail == "suspended"


class TestTags(Exam):
    has_figures = False

    @pytest.fixture
    def paper(self) -> Paper:
        return of_a_tag()

    def test_every_status_of_a_tag_is_read_page_by_page(self, paper: Paper) -> None:
        rows = of_kind(paper.rows(), "tagged")

        assert len(rows) == len({row["post"] for row in rows}) == 30
        assert {row["tags"] for row in rows} == {TAG}
        assert {row["gesture"] for row in rows} == {"post"}
        assert [answer.ask.page for answer in paper.answers] == [1, 2, 3, 4]


def test_what_is_known_and_not_listed_any_more_is_a_deletion() -> None:
    wish = Wish((), ("posts",), 0, posts=("https://far.test/7", "https://far.test/8", "https://near.test/7"))
    first, second = Mastodon().begin(wish)

    assert first.url == "https://far.test/api/v1/statuses?id%5B%5D=7&id%5B%5D=8"
    assert second.posts == ("https://near.test/7",)
    rows = list(Mastodon().rows(answered(first, 200, [])))
    assert of_kind(rows, "deletions") == [{"post": "https://far.test/7"}, {"post": "https://far.test/8"}]


def test_a_stream_of_a_tag_tells_statuses_and_deletions() -> None:
    wish = Wish((), ("tags",), 0, tags=("MastodonPyStreamFirst",), server=SERVER)
    ask = Mastodon().tail(wish, "")
    events = [
        event["receive"]
        for connection in cassette("test_stream_websocket_hashtag[True].ws.yaml")
        for event in connection["interactions"]
        if "receive" in event
    ]
    rows = [row for event in events for row in Mastodon().rows(answered(ask, 101, event))]

    assert ask.url == "ws://localhost:3000/api/v1/streaming?stream=hashtag&tag=MastodonPyStreamFirst"
    assert {"post": "http://localhost:3000/117457746123239786"} in of_kind(rows, "deletions")
    tagged = of_kind(rows, "tagged")
    assert "http://localhost:3000/117457746674657909" in {row["post"] for row in tagged}
    assert {row["author"] for row in tagged} == {"http://localhost:3000/ap/users/117446890889362379"}


def test_a_token_goes_to_its_own_server_alone() -> None:
    asks = Mastodon().begin(Wish(("a@far.test", "b@near.test"), ("followers",), 0))
    sent = [Mastodon().with_keys(ask, {"MASTODON_ACCESS_TOKEN": "far.test secret"}) for ask in asks]

    assert [one.headers for one in sent] == [{"authorization": "Bearer secret"}, {}]


def answered_404_for(user: str, serve: Callable[[Ask], Answer]) -> Callable[[Ask], Answer]:
    """Answer as the server did to whoever looked up an account that is not there."""
    (missing,) = (
        one["response"] for one in cassette("test_account_lookup.yaml") if one["response"]["status"]["code"] == 404
    )

    def answer(ask: Ask) -> Answer:
        if f"acct={user}" in ask.url:
            return answered(ask, 404, missing["body"]["string"].encode())
        return serve(ask)

    return answer
