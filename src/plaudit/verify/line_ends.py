"""Whether a file differs from the certified one by its line ends alone, as after a clone with `core.autocrlf`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.base.digests import bytes_sha256

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["told_line_ends"]

_MOST_BYTES: Final = 1 << 28
_SAID: Final = (
    "only its line ends differ, which a program rewrote: clone it again with git -c core.autocrlf=false clone,"
    " or take the archive"
)


def told_line_ends(path: Path, digest: str) -> str:
    """Say that a file would have the digest with line ends of Unix, or of Windows; nothing if it would not."""
    if path.stat().st_size > _MOST_BYTES:
        return ""
    unix = path.read_bytes().replace(b"\r\n", b"\n")
    return _SAID if digest in (bytes_sha256(unix), bytes_sha256(unix.replace(b"\n", b"\r\n"))) else ""
