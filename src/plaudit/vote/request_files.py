"""Files by which another process asks the one that serves; what cannot be read is set aside and named."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, PlauditError
from plaudit.vote.lock import why

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["CLOSE_REQUEST", "IMPORT_REQUEST", "asked", "refuse_name", "refuse_reason"]

CLOSE_REQUEST: Final = "close-request"
IMPORT_REQUEST: Final = "import-request"
_REASON_MOST: Final = 1_000
_NAME_MOST: Final = 200
_BYTES_MOST: Final = 65_536


def asked(path: Path, refuse: Callable[[str], object]) -> str:
    """Give the words in a request; empty where there is none, or nothing in it yet.

    Parameters
    ----------
    refuse : raises for words that ask for nothing possible

    Raises
    ------
    OutOfTurn : it cannot be read or carried out; it is kept as `….refused`, so that it is met once.
    """
    if not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            words = file.read(_BYTES_MOST).decode("utf-8").strip()
        refuse(words)
    except FileNotFoundError:
        return ""  # withdrawn a moment ago
    except UnicodeDecodeError:
        raise _set_aside(path, "it is not UTF-8") from None
    except (OSError, PlauditError) as error:
        raise _set_aside(path, error.what if isinstance(error, PlauditError) else why(error)) from None
    return words


def refuse_reason(because: str) -> None:
    """Refuse a reason that the last leaf could not hold.

    Raises
    ------
    OutOfTurn : it is too long, or no text.
    """
    if len(because) > _REASON_MOST:
        raise OutOfTurn(f"the reason has {len(because):,} characters, the log takes {_REASON_MOST:,}", "shorten it")
    if any("\ud800" <= letter <= "\udfff" for letter in because):
        raise OutOfTurn("the reason is not UTF-8", "write it in UTF-8")


def refuse_name(name: str) -> None:
    """Refuse a source's name that no season can have.

    Raises
    ------
    OutOfTurn : it is empty or too long.
    """
    if not 0 < len(name) <= _NAME_MOST:
        raise OutOfTurn(f"a source's name has 1 to {_NAME_MOST} characters, this one {len(name):,}", "name a source")


def _set_aside(path: Path, because: str) -> OutOfTurn:
    aside = path.with_name(f"{path.name}.refused")
    with suppress(OSError):
        path.replace(aside)
    kept = "it cannot be moved" if path.exists() else f"it is kept as vote/{aside.name}"
    return OutOfTurn(f"vote/{path.name} was not carried out, {because}; {kept}", "ask again with: plaudit vote")
