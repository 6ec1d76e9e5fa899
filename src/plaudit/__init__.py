"""Plaudit: weekly artist charts and fan-voted awards that anyone can recompute."""

from typing import Any

from plaudit.base.version import version

__all__ = ["__version__", "open_season"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version()
    if name == "open_season":
        from importlib import import_module  # noqa: PLC0415 - as above, and the engine comes with it

        return import_module("plaudit.study").open_season
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
