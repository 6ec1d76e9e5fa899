"""The purge notice: who won, what was set aside by which rule, and how anyone repeats it.

One set of figures, from the certificate's tables, is the notice as JSON; one
document made of these figures is the notice as Markdown and as HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plaudit.publish.formats import json_bytes
from plaudit.publish.notice_blocks import document
from plaudit.words.document import as_html, as_markdown
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from plaudit.publish.figures import Figures

__all__ = ["day_rows", "notice"]


def notice(found: Figures) -> dict[str, bytes]:
    """Give `audit/notice.json`, `.md` and `.html`, which say the same.

    References
    ----------
    docs/explanation/reading-a-purge-notice.md
    """
    blocks, words = document(found), words_of(SOURCE_LANGUAGE)
    return {
        "audit/notice.json": json_bytes(msgspec.to_builtins(found)),
        "audit/notice.md": as_markdown(blocks, words).encode(),
        "audit/notice.html": as_html(blocks, words).encode(),
    }


def day_rows(found: Figures) -> list[dict[str, str | int]]:
    """Give the days of the figures as flat rows, one for each nominee, channel and day, every rule a column."""
    return [
        {
            "nominee": day.nominee,
            "channel": day.channel,
            "day": day.day,
            "cast": day.cast,
            **{f"{column}_before": votes for column, votes in day.before.items() if column != "set_aside"},
            **{f"purged by {rule}": day.purged.get(rule, 0) for rule in found.purging},
            **{f"{column}_after": votes for column, votes in day.after.items() if column != "set_aside"},
        }
        for day in found.days
    ]
