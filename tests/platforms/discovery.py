"""A server made from Google's discovery document of the YouTube Data API: what it refuses and says is what that allows.

Real are the document's methods, parameters and schemas, against which each answer is checked; the channels and
videos are made up, and a quota is counted by the published price of one unit a call.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.platforms.exam import answered

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

INTEGERS = {"uint64", "int64", "uint32", "int32"}


@cache
def document() -> dict[str, Any]:
    shipped = files("googleapiclient") / "discovery_cache" / "documents" / "youtube.v3.json"
    return dict(json.loads(shipped.read_text("utf-8")))


def check(schema: dict[str, Any], value: Any, at: str = "") -> None:
    """Refuse a value that the document's schema does not allow."""
    if "$ref" in schema:
        name = schema["$ref"]
        check(document()["schemas"][name], value, f"{at}<{name}>")
        return
    kind = schema.get("type", "any")
    if kind == "object":
        assert isinstance(value, dict), at
        known = schema.get("properties", {})
        for key, inner in value.items():
            assert key in known or "additionalProperties" in schema, f"{at}.{key}"
            check(known.get(key) or schema["additionalProperties"], inner, f"{at}.{key}")
    elif kind == "array":
        assert isinstance(value, list), at
        for inner in value:
            check(schema["items"], inner, f"{at}[]")
    elif kind == "string":
        assert isinstance(value, str), at
        assert "enum" not in schema or value in schema["enum"], f"{at} is {value}"
        assert schema.get("format") not in INTEGERS or re.fullmatch(r"-?\d+", value), at
        assert schema.get("format") != "date-time" or re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value), at
    else:
        types: dict[str, Any] = {"integer": int, "boolean": bool, "number": (int, float)}
        assert isinstance(value, types[kind]), at


class YouTubeServer:
    """Channels, their uploads and videos, in parts as they are asked for.

    spent : units so far; `quota` of them are answered, then the day's are spent
    """

    def __init__(self, channels: list[dict[str, Any]], videos: list[dict[str, Any]], quota: int = 10_000) -> None:
        self.channels = channels
        self.videos = videos
        self.quota = quota
        self.spent = 0
        self.page = 2

    def __call__(self, ask: Ask) -> Answer:
        """Answer a request, or refuse one that the document does not allow."""
        parts = urlsplit(ask.url)
        query = dict(parse_qsl(parts.query))
        resource = parts.path.removeprefix("/youtube/v3/")
        method = document()["resources"][resource]["methods"]["list"]
        self.refuse_unknown(method, query)
        self.spent += 1
        if self.spent > self.quota:
            return answered(ask, 403, error(403, "quotaExceeded", "youtube.quota"))
        said = getattr(self, f"list_{resource.lower()}")(query)
        if "error" in said:
            return answered(ask, said["error"]["code"], said)
        check(method["response"], said)
        return answered(ask, 200, said, {"content-type": "application/json; charset=UTF-8"})

    def refuse_unknown(self, method: dict[str, Any], query: dict[str, str]) -> None:
        parameters = {**document()["parameters"], **method["parameters"]}
        assert set(query) <= set(parameters), query
        assert {name for name, one in parameters.items() if one.get("required")} <= set(query)
        for name, text in query.items():
            one = parameters[name]
            if one["type"] == "integer":
                assert int(one.get("minimum", 0)) <= int(text) <= int(one.get("maximum", 2**31)), name
            assert "enum" not in one or text in one["enum"], name
        assert len(query.get("id", "").split(",")) <= 50

    def list_channels(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = query.get("id", "").split(",")
        handle = query.get("forHandle", "").removeprefix("@").lower()
        found = [
            one
            for one in self.channels
            if one["id"] in wanted or (handle and one["snippet"].get("customUrl", "").lower() == f"@{handle}")
        ]
        return self.listed("channel", found, query, omit_empty=True)

    def list_playlistitems(self, query: dict[str, str]) -> dict[str, Any]:
        channel = "UC" + query["playlistId"][2:]
        if channel not in {one["id"] for one in self.channels}:
            return error(404, "playlistNotFound", "youtube.playlistItem")
        mine = [one for one in self.videos if one["snippet"]["channelId"] == channel]
        begin = int(query.get("pageToken", "0"))
        items = [
            {
                "kind": "youtube#playlistItem",
                "id": f"item-{one['id']}",
                "snippet": {"publishedAt": one.get("uploaded") or one["snippet"]["publishedAt"], "channelId": channel},
                "contentDetails": {"videoId": one["id"], "videoPublishedAt": one["snippet"]["publishedAt"]},
            }
            for one in mine[begin : begin + self.page]
        ]
        further = {"nextPageToken": str(begin + self.page)} if begin + self.page < len(mine) else {}
        return {**self.listed("playlistItem", items, query), **further}

    def list_videos(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = query["id"].split(",")
        found = [one for one in self.videos if one["id"] in wanted and not one.get("gone")]
        return self.listed("video", found, query)

    def listed(
        self, kind: str, items: list[dict[str, Any]], query: dict[str, str], *, omit_empty: bool = False
    ) -> dict[str, Any]:
        parts = {*query["part"].split(","), "id", "kind", "etag"}
        said: dict[str, Any] = {"kind": f"youtube#{kind}ListResponse", "etag": "made-up"}
        said["pageInfo"] = {"totalResults": len(items), "resultsPerPage": int(query.get("maxResults", "5"))}
        if items or not omit_empty:
            said["items"] = [{key: one[key] for key in one if key in parts} for one in items]
        return said


def error(code: int, reason: str, domain: str) -> dict[str, Any]:
    """Give an error as Google's APIs give one."""
    one = {"message": reason, "domain": domain, "reason": reason}
    return {"error": {"code": code, "message": reason, "errors": [one]}}
