"""Text from the data as XML holds it: feeds and drawings."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["xml_text"]

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Give text for an element or an attribute; letters that XML cannot hold are shown as the replacement character.

    Examples
    --------
    >>> xml_text('<b> & "q"')
    '&lt;b&gt; &amp; &quot;q&quot;'
    """
    return escape(_ILLEGAL.sub("\ufffd", text), {'"': "&quot;"})
