"""Which version of Plaudit this is."""

from __future__ import annotations

__all__ = ["version"]


def version() -> str:
    """Give the installed version, as in 0.1.0."""
    from importlib import metadata  # noqa: PLC0415 - it takes longer than all else that a verb's help needs

    return metadata.version("plaudit")
