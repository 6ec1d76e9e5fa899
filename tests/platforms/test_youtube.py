"""YouTube sits the exam against a server made from Google's own discovery document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from plaudit.platforms.contract import Said, Wish
from plaudit.platforms.youtube import YouTube
from tests.platforms.discovery import YouTubeServer, check, document, error
from tests.platforms.exam import ASKED_AT, Exam, Paper, answered, of_kind, sit

SECRETS = {"YOUTUBE_API_KEY": "canary-of-youtube"}
LABEL, BAND, QUIET = "UClabel00000000000000000", "UCband000000000000000000", "UCquiet00000000000000000"
SINCE = 1_794_000_000_000_000  # 2026-11-06


def channel(name: str, handle: str, **statistics: Any) -> dict[str, Any]:
    return {
        "kind": "youtube#channel",
        "id": name,
        "snippet": {"title": handle, "customUrl": handle, "publishedAt": "2013-06-12T00:00:00Z"},
        "contentDetails": {"relatedPlaylists": {"uploads": "UU" + name[2:]}},
        "statistics": {"hiddenSubscriberCount": False, "videoCount": "3", **statistics},
        "status": {"privacyStatus": "public"},
    }


def video(name: str, of: str, published: str, uploaded: str = "", **statistics: Any) -> dict[str, Any]:
    return {
        "kind": "youtube#video",
        "id": name,
        "uploaded": uploaded,
        "snippet": {"title": name, "channelId": of, "publishedAt": published},
        "contentDetails": {"duration": "PT3M", "contentRating": {}},
        "status": {"privacyStatus": "public"},
        "statistics": statistics,
    }


CHANNELS = [
    channel(LABEL, "@label", viewCount="9000000000", subscriberCount="123000000"),
    channel(BAND, "@TheBand", viewCount="77", subscriberCount="1230"),
    channel(QUIET, "@quiet", viewCount="5", subscriberCount="0", hiddenSubscriberCount=True),
]
VIDEOS = [
    video("teaser", LABEL, "2026-11-20T09:00:00Z", viewCount="412", likeCount="30", commentCount="7"),
    video("mv", LABEL, "2026-11-19T09:00:00Z", "2026-11-09T09:00:00Z", viewCount="88000000", likeCount="9000000"),
    video("quiet-comments", LABEL, "2026-11-08T09:00:00Z", viewCount="0", likeCount="0"),
    video("late", LABEL, "2026-11-30T09:00:00Z", "2026-11-07T09:00:00Z", viewCount="3"),
    video("old", LABEL, "2026-10-08T09:00:00Z", viewCount="1"),
    video("older", LABEL, "2026-10-07T09:00:00Z", viewCount="1"),
    video("oldest", LABEL, "2026-10-06T09:00:00Z", viewCount="1"),
    video("film", BAND, "2026-11-10T09:00:00Z", viewCount="6", likeCount="2", commentCount="1"),
]


@cache
def cycle() -> Paper:
    wish = Wish((LABEL, "@TheBand", QUIET, "UCgone000000000000000000"), ("followers", "posts"), SINCE)
    return sit(YouTube(), wish, YouTubeServer(CHANNELS, VIDEOS), SECRETS)


class TestChannels(Exam):
    @pytest.fixture
    def paper(self) -> Paper:
        return cycle()

    def test_subscribers_that_are_hidden_are_not_0(self, paper: Paper) -> None:
        readings = of_kind(paper.rows(), "readings")
        followers = {row["account"]: row["value"] for row in readings if row["metric"] == "followers"}

        assert followers == {LABEL: 123_000_000, "@TheBand": 1230}

    def test_a_channel_that_is_not_in_the_answer_is_absent(self, paper: Paper) -> None:
        accounts = {row["account"]: row for row in of_kind(paper.rows(), "accounts")}

        assert accounts["UCgone000000000000000000"]["state"] == "absent"
        assert accounts["@TheBand"]["stable_id"] == BAND
        assert accounts[LABEL]["state"] == "active"

    def test_counters_that_the_owner_hides_are_not_there(self, paper: Paper) -> None:
        counters = {row["post"]: row for row in of_kind(paper.rows(), "counters")}

        assert counters["mv"] == {
            "post": "mv",
            "account": LABEL,
            "is_repost": False,
            "media": "video",
            "published_at": "2026-11-19T09:00:00Z",
            "title": "mv",
            "views": 88_000_000,
            "likes": 9_000_000,
        }
        assert counters["quiet-comments"]["views"] == 0
        assert "comments" not in counters["quiet-comments"]
        assert counters["film"]["account"] == "@TheBand"

    def test_uploads_end_where_a_whole_page_was_uploaded_before(self, paper: Paper) -> None:
        asked = {post for answer in paper.answers for post in answer.ask.posts}

        assert asked == {"teaser", "mv", "quiet-comments", "late", "old", "older", "film"}

    def test_a_video_that_is_uploaded_early_and_published_late_is_asked_for(self, paper: Paper) -> None:
        assert "late" in {row["post"] for row in of_kind(paper.rows(), "counters")}

    def test_a_known_video_that_is_gone_is_a_deletion(self) -> None:
        gone = [{**VIDEOS[0], "gone": True}, *VIDEOS[1:]]
        wish = Wish((), ("posts",), SINCE, posts=("teaser", "mv"))
        rows = sit(YouTube(), wish, YouTubeServer(CHANNELS, gone)).rows()

        assert of_kind(rows, "deletions") == [{"post": "teaser"}]
        assert [(row["post"], row["account"]) for row in of_kind(rows, "counters")] == [("mv", LABEL)]

    def test_items_can_be_missing(self, paper: Paper) -> None:
        first = paper.answers[0]
        rows = list(paper.platform.rows(answered(first.ask, 200, {"kind": "youtube#channelListResponse"})))

        assert {row["account"]: row["state"] for row in of_kind(rows, "accounts")} == dict.fromkeys(
            first.ask.accounts, "absent"
        )


def test_a_spent_quota_comes_back_at_midnight_in_california() -> None:
    paper = sit(YouTube(), Wish((LABEL,), ("posts",), SINCE), YouTubeServer(CHANNELS, VIDEOS, quota=1))
    said = paper.platform.outcome(paper.answers[-1])

    assert (said.verdict, said.detail) == ("limited", "quotaExceeded")
    assert said.retry_at == 1_795_075_200_000_000  # 2026-11-19T08:00Z
    assert said.retry_at > ASKED_AT


def test_midnight_follows_summer_time() -> None:
    spent = answered(
        YouTube().begin(Wish((LABEL,), ("posts",), 0))[0], 403, error(403, "quotaExceeded", "youtube.quota")
    )
    in_july = replace(spent, answered_at=1_783_000_000_000_000)  # 2026-07-02T13:46:40Z

    assert YouTube().outcome(in_july).retry_at == 1_783_062_000_000_000  # 2026-07-03T07:00Z


@pytest.mark.parametrize(
    ("status", "reason", "verdict", "detail"),
    [
        (403, "commentsDisabled", "absent", "commentsDisabled"),
        (404, "playlistNotFound", "absent", "absent"),
        (403, "playlistItemsNotAccessible", "absent", "private"),
        (403, "channelSuspended", "absent", "suspended"),
        (403, "rateLimitExceeded", "limited", "rateLimitExceeded"),
        (429, "rateLimitExceeded", "limited", "rateLimitExceeded"),
        (400, "keyInvalid", "refused", "keyInvalid"),
        (403, "accessNotConfigured", "refused", "accessNotConfigured"),
        (503, "backendError", "failed", "backendError"),
    ],
)
def test_an_error_is_told_by_its_reason(status: int, reason: str, verdict: str, detail: str) -> None:
    ask = YouTube().begin(Wish((LABEL,), ("posts",), 0))[0]
    said = YouTube().outcome(answered(ask, status, error(status, reason, "youtube")))

    assert (said.verdict, said.detail) == (verdict, detail)


def test_videos_are_asked_fifty_at_a_time() -> None:
    posts = tuple(f"v{number}" for number in range(120))
    asks = YouTube().begin(Wish((), ("posts",), 0, posts=posts))

    assert [len(ask.posts) for ask in asks] == [50, 50, 20]
    assert sum(ask.units for ask in asks) == 3


def test_the_key_is_sent_in_a_header() -> None:
    ask = YouTube().begin(Wish((LABEL,), ("posts",), 0))[0]
    sent = YouTube().with_keys(ask, SECRETS)

    assert sent == replace(ask, headers={"x-goog-api-key": "canary-of-youtube"})
    assert YouTube().with_keys(ask, {}) == ask


def test_the_document_is_the_one_that_the_module_was_written_from() -> None:
    assert document()["revision"] >= "20261104"
    assert YouTube().begin(Wish((LABEL,), ("posts",), 0))[0].url.startswith(document()["rootUrl"] + "youtube/v3/")


def test_the_check_of_answers_can_fail() -> None:
    listed = {"$ref": "VideoListResponse"}
    check(listed, {"items": [{"statistics": {"viewCount": "5"}}]})

    for wrong in ({"viewCount": 5}, {"viewCount": "many"}, {"views": "5"}):
        with pytest.raises(AssertionError):
            check(listed, {"items": [{"statistics": wrong}]})


def test_a_row_is_what_was_said() -> None:
    ask = YouTube().begin(Wish((LABEL,), ("followers",), 0))[0]
    body = json.dumps({"items": [{"id": LABEL, "statistics": {"viewCount": "1" * 40}}]}).encode()
    rows = list(YouTube().rows(replace(answered(ask, 200, {}), body=body)))

    assert rows[0] == Said("accounts", {"account": LABEL, "stable_id": LABEL, "state": "active"})
    assert not of_kind(rows, "readings")
