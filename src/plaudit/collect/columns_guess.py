"""What a file's columns may be of ours, guessed from their names; a guess is for a person to check."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plaudit.collect.values import as_said
from plaudit.rulebook.sources import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Guess", "guessed"]

_NAMES: Final = {
    "post": "post post_id postid video_id videoid tweet_id status_id media_id shortcode uri url permalink "
    "게시물 영상 id",
    "account": "account account_id channel_id channel_title channel_name username user_name screen_name author handle "
    "page artist channel 계정 채널 아티스트",
    "published_at": "published_at published publish_time publish_date created_at created upload_date posted_at "
    "게시일 업로드일",
    "observed_at": "observed_at observed seen day date datum fecha trending_date read_at read_at_utc "
    "retrieved_at collected_at snapshot fetched_at "
    "timestamp time at commit_utc 날짜 일자 시각",
    "title": "title text caption name 제목",
    "media": "media media_type type",
    "is_repost": "is_repost is_retweet retweet",
    "metric": "metric measure 지표",
    "value": "value count 값",
    "nominee": "nominee nominee_id candidate song_id song artist_id 후보",
    "voter": "voter voter_id user user_id member_id email phone 투표자 회원",
    "channel": "channel source platform medium 경로",
    "votes": "votes vote_count total count 득표 득표수 투표수",
    "cast_at": "cast_at voted_at vote_time created_at timestamp time date at 투표일시 일시 날짜",
    "gesture": "gesture action",
    "state": "state status",
    "linked": "linked person",
    "network": "network ip asn",
    "tags": "tags",
    "is_deleted": "is_deleted deleted",
    "is_private": "is_private private",
    "account_created_at": "account_created_at registered_at joined_at",
}
_METRICS: Final = {
    "views": "views view_count viewcount plays aufrufe vistas vues 조회수",
    "likes": "likes like_count favorites favourites hearts 좋아요",
    "comments": "comments comment_count replies reply_count 댓글",
    "reposts": "reposts retweets retweet_count shares share_count 공유",
    "quotes": "quotes quote_count",
    "followers": "followers follower_count 팔로워",
    "subscribers": "subscribers subscriber_count 구독자",
}
_KINDS: Final = ("ballots", "voters", "totals", "readings", "counters", "posts")


@dataclass(frozen=True)
class Guess:
    """A kind of source, our columns and metrics by the file's, and which needed ones were not found.

    constants : our columns that have one text for all rows
    """

    kind: str
    columns: dict[str, str]
    metrics: dict[str, str]
    missing: tuple[str, ...]
    doubts: tuple[str, ...]
    constants: dict[str, str] = field(default_factory=dict)


def guessed(names: Sequence[str], rows: Sequence[dict[str, Any]]) -> Guess:
    """Give the kind whose needed columns are best met, and what was found of it."""
    metrics = _found(_METRICS, names, set())
    tried = [_as_kind(kind, names, metrics) for kind in _KINDS]
    best = min(tried, key=lambda guess: (_lack(guess), _KINDS.index(guess.kind)))
    best = _of_accounts(names, metrics) if best.kind == "posts" and "post" in best.missing else best
    doubts = [f"decide: no column looks like {ours}" for ours in best.missing]
    unused = [name for name in names if name not in {*best.columns.values(), *best.metrics.values()}]
    if unused:
        doubts.append(f"not used: {', '.join(f'{name!r}' for name in unused[:12])}{' …' if len(unused) > 12 else ''}")
    if best.kind in {"counters", "posts"} and not best.metrics:
        numbers = [name for name in unused if rows and all(_is_number(row[name]) for row in rows)]
        best = Guess(best.kind, best.columns, {_word(name): name for name in numbers}, best.missing, ())
        if best.kind == "counters" and not best.metrics:
            best = Guess("posts", best.columns, {}, best.missing, ())
    told = tuple(_plain(doubt) for doubt in doubts)
    return Guess(best.kind, best.columns, best.metrics, best.missing, told, best.constants)


def _of_accounts(names: Sequence[str], metrics: dict[str, str]) -> Guess:
    """Give what a file without posts is: readings of the accounts' one metric, where it tells one."""
    metric, column = next(iter(metrics.items()), ("", ""))
    if len(metrics) != 1:
        return _as_kind("posts", names, metrics)
    wanted = {ours: _NAMES[ours] for ours in ("account", "observed_at")}
    columns = {**_found(wanted, names, {column}), "value": column}
    missing = tuple(sorted({"account", "observed_at"} - set(columns)))
    return Guess("readings", columns, {}, missing, (), {"metric": metric})


def _as_kind(kind: str, names: Sequence[str], metrics: dict[str, str]) -> Guess:
    needed, optional = COLUMNS[kind]
    has_metrics = kind in {"counters", "posts"}
    wanted = {ours: _NAMES[ours] for ours in _NAMES if ours in needed} | {
        ours: _NAMES[ours] for ours in _NAMES if ours in optional
    }
    columns = _found(wanted, names, set(metrics.values()) if has_metrics else set())
    missing = tuple(sorted(needed - set(columns)))
    return Guess(kind, columns, metrics if has_metrics else {}, missing, ())


def _lack(guess: Guess) -> tuple[bool, int, int]:
    """Give how badly a kind fits: needed columns not found, and what makes the kind not there at all."""
    telling = {"ballots": "voter", "voters": "voter", "totals": "votes", "readings": "metric"}.get(guess.kind, "post")
    is_off = telling in guess.missing or (guess.kind == "counters" and not guess.metrics)
    is_off |= guess.kind == "voters" and len(guess.columns) < 2
    return is_off and guess.kind != "posts", len(guess.missing) + 10 * is_off, -len(guess.columns) - len(guess.metrics)


def _found(wanted: dict[str, str], names: Sequence[str], taken: set[str]) -> dict[str, str]:
    """Give each wanted word the first column that bears one of its names; no column twice."""
    found: dict[str, str] = {}
    by_word: dict[str, str] = {}
    for name in names:
        by_word.setdefault(_word(name), name)
    for ours, words in wanted.items():
        for word in words.split():
            column = by_word.get(word)
            if column is not None and column not in taken:
                found[ours] = column
                taken = taken | {column}
                break
    return found


def _word(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return re.sub(r"\W+", "_", spaced.lower()).strip("_") or "metric"


def _is_number(value: Any) -> bool:
    said = as_said(value)
    return isinstance(said, str) and (said == "" or re.fullmatch(r"[\d.,' \u00a0\u202f]*\d", said) is not None)


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)
