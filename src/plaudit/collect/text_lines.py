"""The lines of a text file, plain, gz or zst, in the encoding that it has."""

from __future__ import annotations

import codecs
import re
from itertools import chain
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from plaudit.collect.raw import shown, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plaudit.collect.raw import Form

__all__ = [
    "encoding_of",
    "is_spoiled",
    "likely_encoding",
    "marked_encoding",
    "not_decoded",
    "read_head",
    "spoiled_reason",
    "text_lines",
    "whole_text",
]

_CHUNK: Final = 1 << 20
_HEAD: Final = 1 << 18
"""As many bytes of a file may end within a character."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The byte order marks; UTF-32 goes first, for its mark begins with that of UTF-16."""
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_SCRIPTS: Final = (
    ("shift_jis", re.compile("[ぁ-ヿ一-鿿]")),
    ("cp949", re.compile("[가-힣]")),
    ("gb18030", re.compile("[一-鿿]")),
    ("cp1252", re.compile("[À-ÿ€‘’“”–]")),
    ("cp1251", re.compile("[а-яА-Я]")),
)
"""Encodings that offices use, each with the letters that it is taken for."""


def marked_encoding(head: bytes) -> str:
    """Give the encoding that a file's first bytes are the mark of, or nothing."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def likely_encoding(data: bytes) -> str:
    """Give the encoding that bytes are most likely of, once they are not UTF-8; or nothing."""
    return _likely(data, "utf-8")


def encoding_of(head: bytes, form: Form, path: Path) -> str:
    """Give the encoding of a file that begins with `head`: as declared, as its mark says, else UTF-8.

    Raises
    ------
    SourceChanged : the mark says another encoding than the source, or there are zero bytes and no mark.
    """
    mark = marked_encoding(head)
    declared = codecs.lookup(form.encoding).name if form.encoding else ""
    if mark and declared and not declared.startswith(mark):
        raise unreadable(
            path, form, f" begins with the mark of {mark.upper()}, and encoding says {form.encoding}", "remove encoding"
        )
    if not mark and not declared and b"\x00" in head[:400]:
        likely = "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
        raise unreadable(
            path,
            form,
            " has zero bytes: it is UTF-16 without its mark, or no text",
            f'if it is a text, add encoding = "{likely}" to the source, or save it as UTF-8',
        )
    return mark or declared or "utf-8"


def read_head(path: Path, most: int) -> bytes:
    """Give the first bytes of a file, decompressed."""
    with pa.input_stream(path.as_posix(), compression="detect") as stream:
        return bytes(stream.read(most))


def text_lines(path: Path, form: Form) -> Iterator[str]:
    r"""Give the lines of a text file, its byte order mark left out.

    A byte that is not of the encoding comes as a surrogate. Lines end with `\n`, `\r\n`, or,
    where the first one does, with `\r` alone.

    Raises
    ------
    SourceChanged : see `encoding_of`; or a character was cut in two at the file's end.
    """
    decoded = _decoded(path, form)
    pending = ""
    end = ""
    for text in decoded:
        pending += text
        if not end:
            end = _line_end(pending)
            if not end:
                continue
        *whole, pending = pending.split(end)
        yield from whole
    if not end:
        *whole, pending = pending.split("\r")  # one line, that ends with nothing or with \r
        yield from whole
    if pending:
        yield pending


def whole_text(path: Path, form: Form) -> str:
    """Give the whole text of a file; see `text_lines`."""
    return "".join(_decoded(path, form))


def _line_end(text: str) -> str:
    r"""Give what the first line ends with; nothing while that cannot be told."""
    at = min((found for found in (text.find("\n"), text.find("\r")) if found >= 0), default=-1)
    if at < 0 or (at + 1 == len(text) and text[at] == "\r"):
        return ""
    return "\r" if text[at] == "\r" and text[at + 1] != "\n" else "\n"


def _decoded(path: Path, form: Form) -> Iterator[str]:
    with pa.input_stream(path.as_posix(), compression="detect") as stream:
        head = bytes(stream.read(_CHUNK))
        encoding = encoding_of(head, form, path)
        wide = encoding.startswith(("utf-16", "utf-32"))
        decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if wide else "surrogateescape")
        is_first = True
        try:
            for chunk in chain([head], iter(lambda: bytes(stream.read(_CHUNK)), b""), [b""]):
                text = decoder.decode(chunk, final=not chunk)
                if is_first and text:
                    text, is_first = text.removeprefix("\ufeff"), False
                if text:
                    yield text
        except UnicodeDecodeError as error:
            raise unreadable(path, form, f" cannot be read to its end: {error}") from None


def is_spoiled(text: str) -> bool:
    """Say whether a text holds bytes that could not be decoded."""
    return not text.isprintable() and _UNDECODED.search(text) is not None


def spoiled_reason(form: Form) -> str:
    """Give the reason that such a row is set aside for."""
    return f"not {form.encoding or 'UTF-8'}"


def not_decoded(text: str, form: Form) -> str:
    """Say which byte could not be decoded, and which encoding it may be of."""
    found = _UNDECODED.search(text)
    assert found is not None
    encoding = codecs.lookup(form.encoding or "utf-8").name
    try:
        data = text.encode(encoding, "surrogateescape")
        before = len(text[: found.start()].encode(encoding, "surrogateescape"))
    except UnicodeEncodeError:
        return f"half a character of UTF-16: {shown(text)}"
    likely = _likely(data, encoding)
    advice = f'; say encoding = "{likely}", if it is that' if likely else ""
    name = form.encoding or "UTF-8"
    return f"byte 0x{ord(found[0]) - 0xDC00:02x}, number {before + 1} of the line, is not {name}{advice}: {shown(text)}"


def _likely(data: bytes, tried: str) -> str:
    """Give the encoding under which most of the letters that are not ASCII are of its script."""
    found = {encoding: _share(data, encoding, letters) for encoding, letters in _SCRIPTS if encoding != tried}
    best = max(found, key=lambda encoding: found[encoding])
    return best if found[best] >= 50 else ""


def _share(data: bytes, encoding: str, letters: re.Pattern[str]) -> int:
    try:
        text = data.decode(encoding, "ignore" if len(data) >= _HEAD else "strict")
    except UnicodeDecodeError:
        return 0
    return 100 * len(letters.findall(text)) // max(1, sum(not letter.isascii() for letter in text))
