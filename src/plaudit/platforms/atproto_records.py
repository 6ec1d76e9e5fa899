"""What one record of a repository says: a post with its tags, a repost, a deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.platforms.answers import Item, dug
from plaudit.platforms.contract import Said

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["account_row", "tagged"]

_POST: Final = "app.bsky.feed.post"
_REPOST: Final = "app.bsky.feed.repost"
_TAG: Final = "app.bsky.richtext.facet#tag"
_MENTION: Final = "app.bsky.richtext.facet#mention"


def tagged(author: str, path: str, operation: str, record: object, cid: str | None) -> Iterator[Said]:
    """Give the row of one operation on a post or a repost; of other collections, nothing.

    A post without tags gives one, too: who counts decides. A deletion names what it deletes and no more.
    """
    collection, _, _ = path.partition("/")
    if collection not in {_POST, _REPOST}:
        return
    post = f"at://{author}/{path}"
    if operation == "delete":
        yield Said("deletions", {"post": post, "account": author})
        return
    item = Item(record)
    of = ("subject", "uri") if collection == _REPOST else ("embed", "record", "uri")
    quoted = item.text("embed", "record", "record", "uri") if collection == _POST else None
    target = item.text(*of) or quoted  # a quote with pictures has its record one deeper
    values: dict[str, str | int | bool] = {"post": post, "author": author, "is_edit": operation == "update"}
    values["gesture"] = "repost" if collection == _REPOST else "quote" if target else "post"
    values |= item.said(published_at=("createdAt",))
    values |= {"of": target} if target else {}
    values |= {"cid": cid} if cid else {}
    if collection == _POST:
        values |= _marks(item)
    yield Said("tagged", values)


def account_row(author: str, said: object) -> Said:
    """Give the row of an event of an account: whether its server shows it, and if not, why."""
    status = dug(said, "status")
    is_active = dug(said, "active") is True
    state = "active" if is_active else status if isinstance(status, str) and status else "absent"
    state = {"takendown": "suspended"}.get(state, state)
    return Said("accounts", {"account": author, "stable_id": author, "state": state})


def _marks(item: Item) -> dict[str, str | int | bool]:
    """Give a post's tags (those of its text, then those beside it) and whom it mentions."""
    features = [feature for facet in item.items("facets") for feature in Item(facet).items("features")]
    tags = [dug(one, "tag") for one in features if dug(one, "$type") == _TAG] + item.items("tags")
    mentions = [dug(one, "did") for one in features if dug(one, "$type") == _MENTION]
    marks = {"tags": _joined(tags), "mentions": _joined(mentions)}
    return {name: text for name, text in marks.items() if text}


def _joined(values: list[object]) -> str:
    return " ".join(dict.fromkeys(text for text in values if isinstance(text, str) and text and not text.isspace()))
