"""Damage to a file's bytes, as hands, editors and strangers do it; from a seed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

__all__ = ["mutated"]

_DEEP: Final = 4000
TOKENS: Final[tuple[bytes, ...]] = (
    *(b"", b"0", b"-1", b"1.5", b"1e999", b"nan", b"inf", b"true", b"null", b"None", b"0x1F", b"07", b"1_000", b"1__0"),
    *(b"9" * 19, b"9223372036854775808", b"-9223372036854775809", b"9" * 400, b"9" * 5000, b"1" + b"0" * 60),
    *(
        b'""',
        b"''",
        b'"a"',
        b'"""',
        b"'''",
        b'"',
        b"'",
        b"\\",
        b'"\\u0000"',
        b'"\\ud800"',
        b'"\\U00110000"',
        b"{}",
        b"[]",
    ),
    *(
        b"[[]]",
        b"[{}]",
        b"{ a = 1 }",
        b"[1, 'a']",
        b"[" * _DEEP,
        b"]" * _DEEP,
        b"{" * _DEEP,
        b'{"a":' * _DEEP,
        b"{a=" * _DEEP,
    ),
    *(
        b"2018-05-14",
        b"2018-13-45",
        b"0000-00-00",
        b"9999-12-31T23:59:60Z",
        b"2018-05-14T09:00:00",
        b"24:00",
        b"07:32:00",
    ),
    *(
        b"\x00",
        b"\x1b[2J",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\t",
        b"\x85",
    ),
    *(
        "방탄소년단".encode(),
        "²".encode(),
        "٣".encode(),
        "\u2028".encode(),
        "\u202e".encode(),
        "😀".encode(),
        "— ".encode(),
    ),
    *(
        b"a.b",
        b"[a]",
        b"[[a]]",
        b"a = ",
        b"= 1",
        b"#",
        b",",
        b";",
        b"@",
        b"x@1",
        b"../x",
        b"/etc/passwd",
        b"*",
        b"%",
        b"(",
        b"(?P<a>",
    ),
    *(b"Europe/Nowhere", b"UTC", b"../../UTC", b"Asia/Seoul", b"a+b+c", b"AAAA", b"=====", b"x" * 70_000),
)
_PIECE: Final = re.compile(rb'"[^"\n]*"|[A-Za-z_][\w-]*|-?\d[\d_.:TZ+-]*|[\[\]{}=,]')


def _flip(data: bytearray, chance: random.Random, _others: Sequence[bytes]) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random, _others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data) + 1)
    del data[start : start + chance.choice([1, 2, 10, len(data)])]


def _repeat(data: bytearray, chance: random.Random, _others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data) + 1)
    piece = bytes(data[start : start + chance.choice([1, 5, 60])])
    data[start:start] = piece * chance.choice([1, 2, 30])


def _insert(data: bytearray, chance: random.Random, _others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data) + 1)
    data[start:start] = chance.choice(TOKENS)


def _swap_piece(data: bytearray, chance: random.Random, _others: Sequence[bytes]) -> None:
    """Put a word that means something elsewhere, or nothing, in the place of a word."""
    pieces = [found.span() for found in _PIECE.finditer(data)]
    if pieces:
        start, end = chance.choice(pieces)
        other = chance.choice(pieces)
        data[start:end] = chance.choice(
            [*TOKENS, bytes(data[other[0] : other[1]])] if chance.random() < 0.9 else TOKENS
        )


def _lines(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Drop, repeat, move or take over a line."""
    lines = bytes(data).split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    done = chance.randrange(4)
    if done == 0:
        del lines[at]
    elif done == 1:
        lines.insert(to, lines[at])
    elif done == 2:
        lines.insert(to, lines.pop(at) if len(lines) > 1 else b"")
    else:
        lines.insert(to, chance.choice(chance.choice(others).split(b"\n")))
    data[:] = b"\n".join(lines)


_EDITS: Final[tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...]] = (
    *(_flip, _cut, _repeat, _insert, _swap_piece, _swap_piece, _swap_piece, _lines, _lines),
)


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Give one of the seeds with one to four damages."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice([1, 1, 1, 2, 2, 3, 4])):
        chance.choice(_EDITS)(data, chance, seeds)
    return bytes(data)
