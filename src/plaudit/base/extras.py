"""Extras: the packages that some verbs need and `pip install plaudit` leaves out."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from plaudit.base.errors import NotInstalled

__all__ = ["EXTRAS", "lacking", "require"]

EXTRAS: Final = {
    "fetch": ("httpx2", "warcio", "websockets"),
    "serve": ("altcha", "authlib", "httptools", "httpx2", "idna", "jinja2", "joserfc", "litestar", "segno", "uvicorn"),
    "site": ("altair", "jinja2", "markdown_it", "vl_convert"),
    "spark": ("pyspark",),
}
"""By extra, the modules without which what it is for cannot be done."""


def lacking(extra: str) -> list[str]:
    """Give the modules of an extra that are not installed.

    Examples
    --------
    >>> lacking("serve")
    []
    """
    return [name for name in EXTRAS[extra] if not _is_there(name)]


def require(extra: str, what: str) -> None:
    """Refuse to start what an extra is for where it is not installed.

    Parameters
    ----------
    what : the verb or option that needs it, as it is typed

    Raises
    ------
    NotInstalled : names what is missing, and the extra.
    """
    if missing := lacking(extra):
        verb = "is" if len(missing) == 1 else "are"
        raise NotInstalled(
            f"{what} needs {', '.join(missing)}, which {verb} not installed",
            f"install what it needs: pip install 'plaudit[{extra}]'",
            extra=extra,
        )


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # it is half there, or somebody bars it
        return False
