"""A fake server of this machine: it answers as four platforms do, about a made-up world.

It is ours, written from what the platforms document, and proves nothing about them; what they really say is
tested in tests/platforms. One address plays all four, because their paths differ:

    Bluesky       /xrpc/app.bsky.actor.getProfiles, app.bsky.feed.getAuthorFeed
    YouTube       /youtube/v3/channels, playlistItems, videos
    Mastodon      /api/v1/accounts/lookup, accounts/ID/statuses
    ListenBrainz  /1/popularity/artist
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from plaudit.base.weeks import instant_text
from scripts.made_up import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.made_up import Post, World

__all__ = ["Fakes", "Fault"]

Query = dict[str, list[str]]
Fault = tuple[str, int, int, int]
"""A platform, the first instant, the first instant after it, and the status that it answers with meanwhile."""
_CID: Final = "bafyreidwvtpozqblpvkan365zrpq7awe6zjabv4jnr4zcl4pe2lqdd6h5m"
_PLATFORMS: Final = {"/xrpc/": "atproto", "/youtube/": "youtube", "/api/v1/": "mastodon", "/1/": "listenbrainz"}


class Fakes:
    """The server, from `with` to its end.

    Parameters
    ----------
    now : gives the instant as of which it answers
    faults : when which platform answers nothing but an error
    port : 0 takes a free one
    """

    def __init__(self, world: World, now: Callable[[], int], faults: Sequence[Fault] = (), port: int = 0) -> None:
        self._world, self._now, self._faults = world, now, faults
        self.asked = 0
        fakes = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, said = fakes.answer(self.path, sent)
                body = json.dumps(said, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 (the base's name)

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (the base's name)

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Fakes:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        """Give status and document of an answer."""
        self.asked += 1
        now, parts = self._now(), urlsplit(path)
        platform = next((name for begin, name in _PLATFORMS.items() if parts.path.startswith(begin)), "")
        for name, first, after, status in self._faults:
            if name == platform and first <= now < after:
                return status, _fault(status)
        query = parse_qs(parts.query)
        match platform:
            case "atproto":
                return self._atproto(parts.path.rpartition("/")[2], query, now)
            case "youtube":
                return self._youtube(parts.path.rpartition("/")[2], query, now)
            case "mastodon":
                return self._mastodon(parts.path, query, now)
            case "listenbrainz":
                return 200, [self._played(one, now) for one in json.loads(body)["artist_mbids"]]
        return 404, {"error": "NotFound"}

    def _atproto(self, method: str, query: Query, now: int) -> tuple[int, Any]:
        if method == "app.bsky.actor.getProfiles":
            profiles = [
                {"did": did, "handle": _handle(did), "followersCount": self._world.followers("atproto", did, now)}
                for did in query["actors"]
            ]
            return 200, {"profiles": profiles}
        if method == "app.bsky.feed.getAuthorFeed":
            return 200, {
                "feed": [{"post": _bluesky_post(post, now)} for post in self._posts("atproto", query["actor"][0], now)]
            }
        return 501, {"error": "MethodNotImplemented"}

    def _youtube(self, resource: str, query: Query, now: int) -> tuple[int, Any]:
        if resource == "channels":
            items = [self._channel(one, now) for one in query["id"][0].split(",")]
        elif resource == "playlistItems":
            items = [_upload(post) for post in self._posts("youtube", "UC" + query["playlistId"][0][2:], now)]
        else:
            wanted = {*query["id"][0].split(",")}
            accounts = self._world.accounts("youtube")
            every = [post for account in accounts for post in self._world.posts("youtube", account, now)]
            items = [_video(post, now) for post in every if post.key in wanted]
        return 200, {"kind": f"youtube#{resource}ListResponse", "items": items}

    def _mastodon(self, path: str, query: Query, now: int) -> tuple[int, Any]:
        users = {str(1_000 + number): user for number, user in enumerate(self._world.accounts("mastodon"))}
        if path.endswith("/lookup"):
            number = next(one for one, user in users.items() if user.partition("@")[0] == query["acct"][0])
            user, home = users[number].split("@")
            count = self._world.followers("mastodon", users[number], now)
            said = {"id": number, "acct": user, "uri": f"https://{home}/users/{user}", "followers_count": count}
            return 200, {**said, "statuses_count": len(self._posts("mastodon", users[number], now))}
        account = users[path.split("/")[-2]]
        return 200, [_status(post, now) for post in self._posts("mastodon", account, now)[:40]]

    def _posts(self, platform: str, account: str, now: int) -> list[Post]:
        return self._world.posts(platform, account, now)[:50]

    def _channel(self, channel: str, now: int) -> dict[str, Any]:
        followers = self._world.followers("youtube", channel, now)
        rounded = followers // (step := 10 ** max(0, len(str(followers)) - 3)) * step
        return {
            "id": channel,
            "snippet": {"title": self._world.artist["youtube", channel]},
            "statistics": {"subscriberCount": str(rounded), "hiddenSubscriberCount": False},
            "contentDetails": {"relatedPlaylists": {"uploads": "UU" + channel[2:]}},
            "status": {"privacyStatus": "public"},
        }

    def _played(self, artist: str, now: int) -> dict[str, Any]:
        said = self._world.plays(artist, now)
        return {
            "artist_mbid": artist,
            "total_listen_count": said["plays"],
            "total_user_count": said["listeners"],
        }


def _fault(status: int) -> dict[str, Any]:
    reason = "quotaExceeded" if status == 403 else "backendError"
    return {"error": {"code": status, "message": reason, "errors": [{"domain": "made-up", "reason": reason}]}}


def _handle(did: str) -> str:
    return f"{did.rpartition(':')[2][:8]}.made-up.test"


def _time(instant: int) -> str:
    return instant_text(instant)


def _bluesky_post(post: Post, now: int) -> dict[str, Any]:
    counts, text = post.counts(now), f"made-up post {post.number}"
    blob = {"$type": "blob", "ref": {"$link": _CID}, "mimeType": "image/jpeg", "size": 9}
    photos = [{"image": blob, "alt": ""}] * drawn(4, "photos", post.account, post.number)
    embed = {"embed": {"$type": "app.bsky.embed.images", "images": photos}} if photos else {}
    return {
        "uri": f"at://{post.account}/app.bsky.feed.post/{post.key}",
        "cid": _CID,
        "author": {"did": post.account, "handle": _handle(post.account)},
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": _time(post.at), **embed},
        "indexedAt": _time(post.at),
        "likeCount": counts["likes"],
        "repostCount": counts["reposts"],
        "quoteCount": counts["quotes"],
        "replyCount": counts["comments"],
    }


def _upload(post: Post) -> dict[str, Any]:
    return {
        "id": f"item-{post.key}",
        "snippet": {"publishedAt": _time(post.at), "channelId": post.account},
        "contentDetails": {"videoId": post.key, "videoPublishedAt": _time(post.at)},
    }


def _video(post: Post, now: int) -> dict[str, Any]:
    counts = post.counts(now)
    return {
        "id": post.key,
        "snippet": {
            "publishedAt": _time(post.at),
            "channelId": post.account,
            "title": f"Made-up video {post.number}",
        },
        "statistics": {
            "viewCount": str(counts["views"]),
            "likeCount": str(counts["likes"]),
            "commentCount": str(counts["comments"]),
        },
    }


def _status(post: Post, now: int) -> dict[str, Any]:
    counts, (user, home) = post.counts(now), post.account.split("@")
    number = str(int(post.key, 16))
    return {
        "id": number,
        "uri": f"https://{home}/users/{user}/statuses/{number}",
        "created_at": _time(post.at),
        "account": {"id": "1", "acct": user},
        "media_attachments": [{"type": "image"}] * drawn(3, "photos", post.account, post.number),
        "favourites_count": counts["likes"],
        "reblogs_count": counts["reposts"],
        "replies_count": counts["comments"],
    }
