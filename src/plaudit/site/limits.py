"""What a result cannot show, on a page in one reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.certify.limits import KNOWN
from plaudit.words.message import with_names
from plaudit.words.sentence import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup

    from plaudit.words.words import Words

__all__ = ["limits_html"]


def limits_html(stated: Iterable[Any], names: Mapping[str, Mapping[str, str]], words: Words) -> list[Markup]:
    """Give limits as the certificate states them: codes and values, or of the first certificates prose.

    Parameters
    ----------
    names : of nominees, by id, by language
    """
    each = [value for one in stated for value in told(one if isinstance(one, str) else [one], KNOWN)]
    return [words.html(with_names(value, names)) for value in each]
