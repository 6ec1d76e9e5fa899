"""X sits the exam with answers that we wrote, held to the models that X makes of its OpenAPI document.

The document itself is in no registry; X's own package `xdk` is, and its models were generated from it.
"""

from __future__ import annotations

import sys
import types
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from plaudit.platforms.contract import Wish
from plaudit.platforms.x import X
from tests.platforms.exam import Exam, Paper, answered, of_kind, sit
from tests.platforms.sdists import wheel

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

SECRETS = {"X_BEARER_TOKEN": "canary-of-x"}
SINCE = 1_794_000_000_000_000
POSTED = "2026-11-18T09:00:00.000Z"


def post(number: str, author: str, **more: Any) -> dict[str, Any]:
    counts = {
        "like_count": 210,
        "repost_count": 32,
        "quote_count": 4,
        "reply_count": 0,
        "impression_count": 9,
        "bookmark_count": 1,
    }
    return {
        "id": number,
        "author_id": author,
        "text": f"post {number}",
        "created_at": POSTED,
        "public_metrics": counts,
        **more,
    }


USERS = [
    {
        "id": "7",
        "name": "Ann",
        "username": "Ann",
        "protected": False,
        "public_metrics": {"followers_count": 120, "following_count": 0, "listed_count": 0, "post_count": 3},
    },
    {"id": "8", "name": "Bob", "username": "bob_new", "protected": True},
]
POSTS = [
    post("100", "7", attachments={"media_keys": ["3_1", "3_2"]}),
    post("101", "7", referenced_posts=[{"type": "retweeted", "id": "5"}]),
    post("102", "7", attachments={"media_keys": ["7_1"]}, public_metrics=None),
]
MEDIA = [
    {"media_key": "3_1", "type": "photo"},
    {"media_key": "3_2", "type": "photo"},
    {"media_key": "7_1", "type": "video"},
]
SUSPENDED = {
    "type": "https://api.x.com/2/problems/resource-not-found",
    "title": "Forbidden",
    "detail": "User has been suspended: [gone].",
    "value": "gone",
    "resource_type": "user",
    "parameter": "usernames",
}
DELETED = {
    **SUSPENDED,
    "detail": "Could not find post with ids: [999].",
    "value": "999",
    "resource_type": "post",
    "parameter": "ids",
}
COUNTS = [
    {"start": "2026-11-17T09:00:00.000Z", "end": "2026-11-18T00:00:00.000Z", "post_count": 3},
    {"start": "2026-11-18T00:00:00.000Z", "end": "2026-11-19T00:00:00.000Z", "post_count": 41},
    {"start": "2026-11-19T00:00:00.000Z", "end": "2026-11-20T00:00:00.000Z", "post_count": 0},
]


@cache
def models() -> Any:
    """Give the models that were generated, without the rest of the package."""
    module = types.ModuleType("xdk_schemas")
    sys.modules[module.__name__] = module
    with zipfile.ZipFile(wheel("xdk")) as archive:
        exec(compile(archive.read("xdk/schemas.py"), "xdk/schemas.py", "exec"), module.__dict__)
    return module


def serve(ask: Ask) -> Answer:
    parts = urlsplit(ask.url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    name, said = say(parts.path, query)
    return answered(ask, 200, held(name, said), {"x-rate-limit-remaining": "299", "x-rate-limit-reset": "1795000900"})


def held(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """Refuse an answer that the model of its endpoint refuses, or that has a key which no model knows."""
    model = getattr(models(), name).model_validate(said)
    assert not unknown(model), unknown(model)
    return said


def unknown(model: Any) -> list[str]:
    if isinstance(model, list):
        return [one for inner in model for one in unknown(inner)]
    if not hasattr(model, "model_extra"):
        return []
    inner = [one for key in type(model).model_fields for one in unknown(getattr(model, key))]
    return [*(model.model_extra or ()), *inner]


def say(path: str, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
    if path == "/2/users/by":
        found = [one for one in USERS if one["username"] in query["usernames"].split(",")]
        return "GetUsersByUsernamesResponse", {"data": found, "errors": [SUSPENDED]}
    if path == "/2/users":
        return "GetUsersByIdsResponse", {"data": [one for one in USERS if one["id"] in query["ids"].split(",")]}
    if path == "/2/tweets":
        found = [one for one in POSTS if one["id"] in query["ids"].split(",")]
        return "GetPostsByIdsResponse", {"data": found, "errors": [DELETED], "includes": {"media": MEDIA}}
    if path == "/2/tweets/counts/recent":
        return "GetPostsCountsRecentResponse", {"data": COUNTS, "meta": {"total_post_count": 44}}
    number = path.split("/")[3]
    begin = int(query.get("pagination_token", "0"))
    mine = [one for one in POSTS if one["author_id"] == number]
    page = [{key: value for key, value in one.items() if value is not None} for one in mine[begin : begin + 2]]
    further = {"next_token": str(begin + 2)} if begin + 2 < len(mine) else {}
    said: dict[str, Any] = {"meta": {"result_count": len(page), **further}, "includes": {"media": MEDIA}}
    return "GetUsersPostsResponse", {**said, **({"data": page} if page else {})}


@cache
def cycle() -> Paper:
    wish = Wish(("@Ann", "8", "gone"), ("followers", "posts", "counts"), SINCE, tags=("Top",), posts=("100", "999"))
    return sit(X(), wish, serve, SECRETS)


class TestX(Exam):
    @pytest.fixture
    def paper(self) -> Paper:
        return cycle()

    def test_an_account_has_a_number_that_stays(self, paper: Paper) -> None:
        accounts = {row["account"]: row for row in of_kind(paper.rows(), "accounts")}

        assert accounts["Ann"] == {"account": "Ann", "stable_id": "7", "state": "active", "name": "Ann"}
        assert (accounts["8"]["name"], accounts["8"]["state"]) == ("bob_new", "private")
        assert accounts["gone"]["state"] == "suspended"

    def test_a_post_has_its_metrics_under_the_names_of_now(self, paper: Paper) -> None:
        counters = {row["post"]: row for row in of_kind(paper.rows(), "counters")}

        assert {name: counters["100"][name] for name in ("likes", "reposts", "quotes", "comments", "views")} == {
            "likes": 210,
            "reposts": 32,
            "quotes": 4,
            "comments": 0,
            "views": 9,
        }
        assert (counters["100"]["media"], counters["100"]["photos"]) == ("photo", 2)
        assert counters["101"]["is_repost"] is True
        assert counters["102"]["media"] == "video"
        assert "likes" not in counters["102"]

    def test_a_post_that_cannot_be_found_is_a_deletion(self, paper: Paper) -> None:
        assert of_kind(paper.rows(), "deletions") == [{"post": "999"}]

    def test_whole_days_of_a_tag_are_counted(self, paper: Paper) -> None:
        counts = [row for row in of_kind(paper.rows(), "readings") if row["metric"] == "mentions"]

        assert [(row["account"], row["day"], row["value"]) for row in counts] == [
            ("#Top", "2026-11-18", 41),
            ("#Top", "2026-11-19", 0),
        ]

    def test_what_a_cycle_can_cost_is_known_before(self, paper: Paper) -> None:
        asks = [answer.ask for answer in paper.answers]

        assert sum(ask.units for ask in asks if ask.pool == "posts") == 302
        assert {ask.pool for ask in asks} == {"posts", "requests"}

    def test_metrics_under_their_former_name_are_read(self, paper: Paper) -> None:
        answer = next(one for one in paper.answers if one.ask.pool == "posts")
        former = replace(answer, body=answer.body.replace(b"repost_count", b"retweet_count"))

        assert list(paper.platform.rows(former)) == list(paper.platform.rows(answer))


def test_a_cap_that_is_reached_is_a_limit() -> None:
    ask = X().begin(Wish(("7",), ("posts",), 0))[0]
    capped = {
        "title": "UsageCapExceeded",
        "type": "https://api.twitter.com/2/problems/usage-capped",
        "detail": "Monthly",
    }

    assert X().outcome(answered(ask, 429, capped)).detail == "usage-capped"
    assert X().outcome(answered(ask, 403, capped)).verdict == "limited"
    reset = answered(ask, 429, {}, {"x-rate-limit-reset": "1795000900"})
    assert X().outcome(reset).retry_at == 1_795_000_900_000_000


def test_the_check_of_answers_can_fail() -> None:
    with pytest.raises(ValueError, match="like_count"):
        held("GetUsersPostsResponse", {"data": [post("1", "7", public_metrics={"retweet_count": 1})]})
    with pytest.raises(AssertionError, match="likes"):
        held("GetUsersByIdsResponse", {"data": [{**USERS[0], "likes": 4}]})
