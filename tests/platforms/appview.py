"""What Bluesky's AppView would say of made-up people: written by us, and held to the official lexicons by a test.

The AppView itself needs PostgreSQL and Redis; its counters are the one thing here that no real server made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.platforms.exam import answered

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

ANN, BOB, GONE = "did:plc:" + "a" * 24, "did:plc:" + "b" * 24, "did:plc:" + "z" * 24
CID = "bafyreidwvtpozqblpvkan365zrpq7awe6zjabv4jnr4zcl4pe2lqdd6h5m"
BLOB = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 9}
IMAGE = {"image": BLOB, "alt": ""}
HANDLES = {ANN: "ann.test", BOB: "bob.test"}


def post(author: str, key: str, at: str, embed: dict[str, Any] | None = None, **counts: int) -> dict[str, Any]:
    record = {"$type": "app.bsky.feed.post", "text": f"post {key}", "createdAt": at}
    return {
        "uri": f"at://{author}/app.bsky.feed.post/{key}",
        "cid": CID,
        "author": {"did": author, "handle": HANDLES[author]},
        "record": record | ({"embed": embed} if embed else {}),
        "indexedAt": at,
        **counts,
    }


COUNTS = {"likeCount": 210, "repostCount": 32, "quoteCount": 4, "replyCount": 1}
PHOTOS = {"$type": "app.bsky.embed.images", "images": [IMAGE, IMAGE]}
VIDEO = {"$type": "app.bsky.embed.video", "video": {**BLOB, "mimeType": "video/mp4"}}
QUOTED = {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{BOB}/app.bsky.feed.post/b1", "cid": CID}}
BOTH = {"$type": "app.bsky.embed.recordWithMedia", "record": QUOTED, "media": PHOTOS}
LINK = {"$type": "app.bsky.embed.external", "external": {"uri": "https://there.test/", "title": "", "description": ""}}
POSTS = [
    post(ANN, "pinned", "2026-10-01T00:00:00.000Z", likeCount=5),
    post(ANN, "photos", "2026-11-18T00:00:00.000Z", PHOTOS, **COUNTS),
    post(ANN, "film", "2026-11-17T00:00:00.000Z", VIDEO, **COUNTS),
    post(ANN, "quote", "2026-11-16T00:00:00.000Z", BOTH, likeCount=0),
    post(ANN, "link", "2026-11-15T00:00:00.000Z", LINK),
    post(ANN, "old", "2026-10-15T00:00:00.000Z", likeCount=8),
    post(ANN, "older", "2026-10-14T00:00:00.000Z", likeCount=9),
    post(BOB, "b1", "2026-11-18T00:00:00.000Z", likeCount=1, repostCount=1),
]
REPOSTED = {
    "$type": "app.bsky.feed.defs#reasonRepost",
    "by": {"did": ANN, "handle": HANDLES[ANN]},
    "indexedAt": "2026-11-18T12:00:00.000Z",
}
PROFILES = [
    {"did": ANN, "handle": "ann.test", "followersCount": 120_345, "followsCount": 3, "postsCount": 9},
    {"did": BOB, "handle": "bob.test", "postsCount": 0},
]


def feed(actor: str, cursor: str) -> dict[str, Any]:
    mine = [one for one in POSTS if actor in (one["author"]["did"], one["author"]["handle"])]
    items: list[dict[str, Any]] = [{"post": one} for one in mine]
    if actor in {ANN, "ann.test"}:
        items[0]["reason"] = {"$type": "app.bsky.feed.defs#reasonPin"}
        items.insert(1, {"post": POSTS[-1], "reason": REPOSTED})
    begin = int(cursor or 0)
    further = {"cursor": str(begin + 3)} if begin + 3 < len(items) else {}
    return {"feed": items[begin : begin + 3], **further}


def appview(ask: Ask) -> Answer:
    """Answer as the AppView would."""
    parts = urlsplit(ask.url)
    method, query = parts.path.rpartition("/")[2], parse_qs(parts.query)
    if method == "app.bsky.actor.getProfiles":
        wanted = {one.lower() for one in query["actors"]}
        return answered(ask, 200, {"profiles": [one for one in PROFILES if {one["did"], one["handle"]} & wanted]})
    if method == "app.bsky.feed.getPosts":
        return answered(ask, 200, {"posts": [one for one in POSTS if one["uri"] in query["uris"]]})
    assert method == "app.bsky.feed.getAuthorFeed"
    if query["actor"][0] == GONE:
        return answered(ask, 400, {"error": "InvalidRequest", "message": "Profile not found"})
    return answered(ask, 200, feed(query["actor"][0], query.get("cursor", [""])[0]))
