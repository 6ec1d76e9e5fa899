"""AT Protocol sits the exam against a real PDS and PLC, recorded; against a live one it is test_pds.py."""

from __future__ import annotations

from functools import cache
from typing import Any

import libipld
import pytest
from msgspec.structs import replace

from plaudit.platforms.atproto import Atproto
from plaudit.platforms.contract import Wish
from tests.platforms.appview import ANN, BOB, GONE, appview
from tests.platforms.exam import Exam, Paper, answered, of_kind, sit
from tests.platforms.pds.recorded import recorded, recorded_frames, serve
from tests.platforms.pds.server import wishes
from tests.some import some

SINCE = 1_794_000_000_000_000  # 2026-11-06


@cache
def of_appview() -> Paper:
    posts = tuple(f"at://{ANN}/app.bsky.feed.post/{key}" for key in ("photos", "deleted"))
    return sit(Atproto(), Wish((ANN, "@Bob.test", GONE), ("followers", "posts"), SINCE, posts=posts), appview)


@cache
def of_servers(number: int) -> Paper:
    return sit(Atproto(), wishes(recorded()["facts"])[number], serve())


class TestCounters(Exam):
    @pytest.fixture
    def paper(self) -> Paper:
        return of_appview()

    def test_followers_are_told_of_whoever_has_them(self, paper: Paper) -> None:
        rows = paper.rows()

        assert of_kind(rows, "readings") == [{"account": ANN, "metric": "followers", "value": 120_345}]
        states = {row["account"]: (row["state"], row.get("stable_id")) for row in of_kind(rows, "accounts")}
        assert states == {ANN: ("active", ANN), "Bob.test": ("active", BOB), GONE: ("absent", None)}

    def test_a_post_has_its_counters_and_its_kind_of_media(self, paper: Paper) -> None:
        counters = {row["post"].rpartition("/")[2]: row for row in of_kind(paper.rows(), "counters")}

        assert counters["photos"] == {
            "post": f"at://{ANN}/app.bsky.feed.post/photos",
            "account": ANN,
            "is_repost": False,
            "published_at": "2026-11-18T00:00:00.000Z",
            "title": "post photos",
            "media": "photo",
            "photos": 2,
            "videos": 0,
            "likes": 210,
            "reposts": 32,
            "quotes": 4,
            "comments": 1,
        }
        assert {name: row["media"] for name, row in counters.items()} == {
            "pinned": "text",
            "photos": "photo",
            "film": "video",
            "quote": "photo",
            "link": "text",
            "old": "text",
            "older": "text",
            "b1": "text",
        }
        assert counters["quote"]["likes"] == 0
        assert "likes" not in counters["link"]

    def test_what_an_account_reposts_is_not_its_own(self, paper: Paper) -> None:
        owners = {row["account"] for row in of_kind(paper.rows(), "counters") if row["post"].endswith("/b1")}

        assert owners == {"Bob.test"}

    def test_a_feed_ends_where_a_page_is_older_and_a_pinned_post_does_not_end_it(self, paper: Paper) -> None:
        pages = [
            answer.ask.page for answer in paper.answers if answer.ask.accounts == (ANN,) and "Feed" in answer.ask.url
        ]

        assert pages == [1, 2, 3]
        assert not any(row["post"].endswith("/older") for row in of_kind(paper.rows(), "counters")) or pages == [
            1,
            2,
            3,
        ]

    def test_a_known_post_that_is_not_listed_is_a_deletion(self, paper: Paper) -> None:
        assert of_kind(paper.rows(), "deletions") == [
            {"post": f"at://{ANN}/app.bsky.feed.post/deleted", "account": ANN}
        ]


class TestRecords(Exam):
    has_figures = False

    @pytest.fixture
    def paper(self) -> Paper:
        return of_servers(0)

    def test_a_repository_tells_its_posts_and_their_media(self, paper: Paper) -> None:
        told_by_a_repository(recorded()["facts"], paper)


class TestIdentities(Exam):
    has_figures = False
    items_least = 0

    @pytest.fixture
    def paper(self) -> Paper:
        return of_servers(1)

    def test_a_renamed_account_keeps_its_id(self, paper: Paper) -> None:
        told_by_the_directory(recorded()["facts"], paper)


def told_by_a_repository(facts: dict[str, Any], paper: Paper) -> None:
    """What the story made is what the rows say; an account that is suspended or deactivated is absent."""
    names = {uri: name for name, uri in facts["posts"].items()}
    rows = {names.get(row["post"], ""): row for row in of_kind(paper.rows(), "counters")}
    media = {name: (row["media"], row["photos"], row["videos"]) for name, row in rows.items() if name}

    assert media == {
        "tag": ("text", 0, 0),
        "photos": ("photo", 2, 0),
        "video": ("video", 0, 1),
        "link": ("text", 0, 0),
        "quote": ("text", 0, 0),
        "korean": ("text", 0, 0),
        "last": ("text", 0, 0),
    }
    assert {name: rows[name]["account"] for name in ("tag", "quote")} == {
        "tag": facts["dids"]["ann"],
        "quote": facts["dids"]["bob"],
    }
    verdicts = {answer.ask.accounts[0]: paper.platform.outcome(answer).verdict for answer in paper.answers}
    assert {name: verdicts[did] for name, did in facts["dids"].items()} == {
        "ann": "answered",
        "bob": "answered",
        "carol": "answered",
        "dave": "absent",
        "erin": "absent",
    }


def told_by_the_directory(facts: dict[str, Any], paper: Paper) -> None:
    """The account that changed its handle has the new one, under its old id."""
    accounts = {row["stable_id"]: row for row in of_kind(paper.rows(), "accounts")}

    assert accounts[facts["dids"]["ann"]]["name"] == "ann-official.test"
    assert accounts[facts["dids"]["bob"]]["name"] == "bob.test"
    assert all(accounts[did]["server"].startswith("http") for did in facts["dids"].values())
    assert paper.platform.outcome(paper.answers[-1]).verdict == "absent"


def told_by_frames(facts: dict[str, Any], frames: list[bytes]) -> None:
    """What happened is what the frames say: tags, quotes, reposts, what was taken back, who was silenced."""
    platform = Atproto()
    ask = platform.tail(Wish((), ("frames",), 0), "")
    answers = [answered(ask, 101, frame) for frame in frames]
    rows = [row for answer in answers for row in platform.rows(answer)]
    names = {uri: name for name, uri in facts["posts"].items()}
    tagged = {names[row["post"]]: row for row in of_kind(rows, "tagged") if row["post"] in names}

    assert tagged["tag"]["tags"] == "AnnForTheAward TopSocial"
    assert tagged["korean"]["tags"] == "앤에게투표 AnnForTheAward"
    assert tagged["gone"]["tags"] == "AnnForTheAward"
    assert {name: row["gesture"] for name, row in tagged.items()} == {
        **dict.fromkeys(("tag", "photos", "video", "link", "gone", "korean", "daves", "last"), "post"),
        "quote": "quote",
        "repost": "repost",
        "taken": "repost",
    }
    assert {tagged[name]["of"] for name in ("quote", "repost", "taken")} == {facts["posts"]["tag"]}
    assert {names[row["post"]] for row in of_kind(rows, "deletions")} == {"gone", "taken"}
    states = {row["account"]: row["state"] for row in of_kind(rows, "accounts") if "state" in row}
    assert states[facts["dids"]["dave"]] == "suspended"
    assert states[facts["dids"]["erin"]] == "deactivated"
    handles = [
        row["name"] for row in of_kind(rows, "accounts") if row["account"] == facts["dids"]["ann"] and "name" in row
    ]
    assert handles[-1] == "ann-official.test"
    cursors = [int(platform.cursor(answer)) for answer in answers]
    assert cursors == sorted(set(cursors))


def test_frames_of_a_relay_tell_what_happened() -> None:
    told_by_frames(recorded()["facts"], recorded_frames())


def test_frames_that_come_again_give_the_same_rows() -> None:
    ask = Atproto().tail(Wish((), ("frames",), 0), "7")
    once = [list(Atproto().rows(answered(ask, 101, frame))) for frame in recorded_frames()]

    assert ask.url == "wss://bsky.network/xrpc/com.atproto.sync.subscribeRepos?cursor=7"
    assert once == [list(Atproto().rows(answered(ask, 101, frame))) for frame in recorded_frames()]


def test_a_frame_that_is_cut_or_flipped_costs_only_itself() -> None:
    ask = Atproto().tail(Wish((), ("frames",), 0), "")
    rounds = 0
    for frame in some(recorded_frames()):
        for place in range(0, len(frame), 29):
            flipped = frame[:place] + bytes([frame[place] ^ 0x55]) + frame[place + 1 :]
            for wrong in (frame[:place], flipped):
                assert isinstance(list(Atproto().rows(answered(ask, 101, wrong))), list)
                rounds += 1
    assert rounds > 500


@pytest.mark.parametrize("word", ["OutdatedCursor", "FutureCursor", "ConsumerTooSlow"])
def test_a_cursor_too_old_is_a_gap_that_is_stated(word: str) -> None:
    ask = Atproto().tail(Wish((), ("frames",), 0), "1")
    header = {"op": 1, "t": "#info"} if word == "OutdatedCursor" else {"op": -1}
    body = {"name": word} if word == "OutdatedCursor" else {"error": word, "message": "late"}
    frame = libipld.encode_dag_cbor(header) + libipld.encode_dag_cbor(body)

    assert Atproto().gap(answered(ask, 101, frame)) == word
    assert not list(Atproto().rows(answered(ask, 101, frame)))
    assert Atproto().cursor(answered(ask, 101, frame)) == ""


CREATED = {
    "did": ANN,
    "time_us": 1_795_000_000_000_123,
    "kind": "commit",
    "commit": {
        "rev": "3l3qo2vutsw2b",
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": "k1",
        "record": {
            "$type": "app.bsky.feed.post",
            "createdAt": "1999-01-01T00:00:00Z",
            "text": "#Top",
            "facets": [{"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Top"}]}, None, {"features": 7}],
            "tags": ["Beside", "Top", 4],
        },
        "cid": "bafy",
    },
}


def jetstream(event: object) -> list[Any]:
    return list(Atproto().rows(answered(Atproto().tail(Wish((), ("tags",), 0), ""), 101, event)))


def test_jetstream_tells_posts_with_their_tags_and_a_time_that_is_only_a_claim() -> None:
    (row,) = of_kind(jetstream(CREATED), "tagged")

    assert row == {
        "post": f"at://{ANN}/app.bsky.feed.post/k1",
        "author": ANN,
        "is_edit": False,
        "gesture": "post",
        "published_at": "1999-01-01T00:00:00Z",
        "cid": "bafy",
        "tags": "Top Beside",
    }


def test_jetstream_v2_says_the_same() -> None:
    payload = {"$type": "network.bsky.jetstream.subscribeEvents#commit", "did": ANN, "seq": 77, **CREATED["commit"]}  # type: ignore[dict-item]
    message = {"$type": "message", "payload": payload}

    assert jetstream(message) == jetstream(CREATED)
    ask = Atproto().tail(Wish((), ("tags",), 0), "")
    assert Atproto().cursor(answered(ask, 101, message)) == "77"
    assert Atproto().cursor(answered(ask, 101, CREATED)) == "1795000000000123"
    assert Atproto().gap(answered(ask, 101, {"$type": "error", "error": "CursorTooOld"})) == "CursorTooOld"


def test_jetstream_tells_deletions_edits_and_silenced_accounts() -> None:
    deleted = {
        **CREATED,
        "commit": {"operation": "delete", "collection": "app.bsky.feed.repost", "rkey": "r", "rev": "3"},
    }
    edited = {**CREATED, "commit": {**CREATED["commit"], "operation": "update"}}  # type: ignore[dict-item]
    silenced = {"did": ANN, "time_us": 9, "kind": "account", "account": {"active": False, "status": "takendown"}}
    other = {**CREATED, "commit": {**CREATED["commit"], "collection": "app.bsky.feed.like"}}  # type: ignore[dict-item]

    assert of_kind(jetstream(deleted), "deletions") == [{"post": f"at://{ANN}/app.bsky.feed.repost/r", "account": ANN}]
    assert of_kind(jetstream(edited), "tagged")[0]["is_edit"] is True
    assert of_kind(jetstream(silenced), "accounts")[0]["state"] == "suspended"
    assert jetstream(other) == []


@pytest.mark.parametrize(
    ("status", "said", "detail"),
    [
        (400, {"error": "AccountTakedown", "message": "Account has been suspended"}, "suspended"),
        (400, {"error": "RepoDeactivated"}, "deactivated"),
        (400, {"error": "InvalidRequest", "message": "Profile not found"}, "absent"),
        (400, {"error": "BlockedActor"}, "private"),
    ],
)
def test_an_account_that_is_not_shown_says_why(status: int, said: dict[str, str], detail: str) -> None:
    ask = Atproto().begin(Wish((ANN,), ("posts",), 0))[0]
    outcome = Atproto().outcome(answered(ask, status, said))

    assert (outcome.verdict, outcome.detail) == ("absent", detail)


def test_a_spent_limit_ends_at_the_second_of_its_header() -> None:
    ask = Atproto().begin(Wish((ANN,), ("posts",), 0))[0]
    limited = answered(ask, 429, {"error": "RateLimitExceeded"}, {"ratelimit-reset": "1795000300"})

    assert Atproto().outcome(limited).retry_at == 1_795_000_300_000_000


def test_accounts_are_asked_twenty_five_at_a_time() -> None:
    accounts = tuple(f"did:plc:{number:024}" for number in range(60))
    asks = Atproto().begin(Wish(accounts, ("followers",), 0))

    assert [len(ask.accounts) for ask in asks] == [25, 25, 10]
    assert replace(asks[0], url="").pool == "api"
