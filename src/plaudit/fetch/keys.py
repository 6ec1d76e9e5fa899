"""Secrets of platforms: from the environment, or from a file outside the season; written down nowhere."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from plaudit.platforms.contract import Answer, Platform

__all__ = ["FILE", "key_variable", "keys_of", "masked", "read_keys", "secrets_in"]

FILE: Final = "PLAUDIT_KEYS"
"""The environment variable that names the file."""
_OTHERS: Final = 0o077
_SHORTEST: Final = 6
"""A shorter text would be found in answers that do not mean it."""
_MASK: Final = b"***"


def key_variable(platform: str, name: str) -> str:
    """Give the environment variable of a platform's secret; the platform is not said twice.

    Examples
    --------
    >>> key_variable("youtube", "YOUTUBE_API_KEY"), key_variable("x", "bearer-token")
    ('PLAUDIT_KEY_YOUTUBE_API_KEY', 'PLAUDIT_KEY_X_BEARER_TOKEN')
    """
    of, plain = (re.sub(r"[^A-Z0-9]+", "_", text.upper()) for text in (platform, name))
    return f"PLAUDIT_KEY_{plain if plain.startswith(f'{of}_') else f'{of}_{plain}'}"


def read_keys(path: Path, season: Path) -> dict[str, str]:
    """Read a file of lines like PLAUDIT_KEY_YOUTUBE_API_KEY=….

    Raises
    ------
    UnknownName : there is no such file.
    OutOfTurn : it lies in the season's folder, or others than its owner may read it.
    """
    if path.resolve().is_relative_to(season.resolve()):
        raise OutOfTurn(f"{path.name} lies in the season's folder, which is published", "move it elsewhere")
    if not path.is_file():
        raise UnknownName(f"no file {path}", f"check --keys, or {FILE}")
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise OutOfTurn(f"{path} can be read by others than its owner", f"chmod 600 {path}")
    found = {}
    for line in path.read_text("utf-8").splitlines():
        name, mark, value = line.partition("=")
        if mark and not name.strip().startswith("#"):
            found[name.strip()] = value.strip().strip("\"'")
    return found


def keys_of(asked: Platform, held: Mapping[str, str]) -> dict[str, str]:
    """Give the secrets of a platform that are there, by the names that it gives them."""
    found = {name: held.get(key_variable(asked.id, name), "") for name in asked.keys}
    return {name: value for name, value in found.items() if value}


def secrets_in(value: str) -> list[str]:
    """Give the secrets in a key's value: several stand by commas, each behind the name of its server.

    Examples
    --------
    >>> secrets_in("token"), secrets_in("far.test token, near.test other")
    (['token'], ['token', 'other'])
    """
    return [words[-1] for part in value.split(",") if (words := part.split())]


def masked(answer: Answer, secrets: Iterable[str]) -> tuple[bytes, dict[str, str], int]:
    """Give body and headers of an answer without any secret in them, and how many there were."""
    body, headers, count = answer.body, dict(answer.headers), 0
    for secret in sorted({one for one in secrets if len(one) >= _SHORTEST}, key=lambda one: (-len(one), one)):
        count += body.count(secret.encode())
        body = body.replace(secret.encode(), _MASK)
        for name, value in headers.items():
            count += value.count(secret)
            headers[name] = value.replace(secret, _MASK.decode())
    return body, headers, count
